"""Members to documents: .mum and .manifest files, read and held to a schema."""

from builder.errors import CompressedManifestError, FormatError, LimitError
from builder.formats.manifest import component_of
from builder.formats.mum import package_of
from builder.formats.xml import parse_xml
from builder.formats.xsd import SchemaKind, validate
from builder.model.limits import Limits
from builder.model.package import Component, Package
from builder.model.subject import Document
from builder.model.unpacked import Kind, Member


def read_document(member: Member, data: bytes, *, limits: Limits) -> Document:
    """Read a .mum or .manifest; what is wrong with it is in the result."""
    try:
        root = parse_xml(data, limits=limits)
        is_package = member.kind is Kind.MUM
        value: Package | Component = (
            package_of(root) if is_package else component_of(root, has_sections=False)
        )
    except CompressedManifestError:
        return Document(member=member, is_compressed=True)
    except (FormatError, LimitError) as error:
        return Document(member=member, error=error)
    kind: SchemaKind = "mum" if is_package else "manifest"
    faults = validate(root, kind, length=len(data))
    return Document(member=member, value=value, faults=faults)
