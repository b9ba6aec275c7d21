"""Members to documents: .mum and .manifest files, read and held to a schema."""

from collections.abc import Iterable, Iterator

from lxml import etree

from builder.errors import CompressedManifestError, FormatError, LimitError
from builder.formats.manifest import component_of
from builder.formats.mum import package_of
from builder.formats.side_by_side import is_side_by_side
from builder.formats.xml import parse_xml
from builder.formats.xsd import SchemaKind, validate
from builder.model.limits import Limits
from builder.model.package import Component, Package
from builder.model.sharing import forget
from builder.model.subject import Document, SchemaFault
from builder.model.unpacked import Kind, Member

# Trees that are held at the same time: what does one thing to many of them
# stays in the processor's cache, which saves an eighth of the time.
_TREES = 16
_TEXT = 1 << 20  # bytes


def read_document(member: Member, data: bytes, *, limits: Limits) -> Document:
    """Read a .mum or .manifest; what is wrong with it is in the result."""
    (document,) = _read([(member, data)], limits)
    return document


def read_documents(
    texts: Iterable[tuple[Member, bytes]], *, limits: Limits
) -> Iterator[Document]:
    """Read many, in their order; see `read_document`."""
    forget()
    together: list[tuple[Member, bytes]] = []
    size = 0
    for member, data in texts:
        together.append((member, data))
        size += len(data)
        if len(together) == _TREES or size > _TEXT:
            yield from _read(together, limits)
            together, size = [], 0
    yield from _read(together, limits)
    forget()


def _read(texts: list[tuple[Member, bytes]], limits: Limits) -> Iterator[Document]:
    roots = [_parsed(member, data, limits) for member, data in texts]
    values = [
        root if isinstance(root, Document) else _value(member, root)
        for (member, _), root in zip(texts, roots, strict=True)
    ]
    for (member, data), root, value in zip(texts, roots, values, strict=True):
        if isinstance(root, Document):
            yield root
        elif isinstance(value, Document):
            yield value
        else:
            faults = _faults(member, root, value, length=len(data))
            yield Document(member=member, value=value, faults=faults)


def _parsed(member: Member, data: bytes, limits: Limits) -> etree._Element | Document:
    try:
        return parse_xml(data, limits=limits, has_blanks=False)
    except CompressedManifestError:
        return Document(member=member, is_compressed=True)
    except (FormatError, LimitError) as error:
        return _refused(member, error)


def _value(member: Member, root: etree._Element) -> Package | Component | Document:
    try:
        if member.kind is Kind.MUM:
            return package_of(root)
        return component_of(root, has_sections=False)
    except FormatError as error:
        return _refused(member, error)


def _faults(
    member: Member, root: etree._Element, value: Package | Component, *, length: int
) -> tuple[SchemaFault, ...]:
    kind: SchemaKind = "mum"
    if member.kind is not Kind.MUM:
        kind = "asm.v1" if is_side_by_side(root) else "manifest"
    return validate(root, kind, length=length, value=value)


def _refused(member: Member, error: FormatError | LimitError) -> Document:
    """Keep what an error says, without the frames that hold text and tree."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return Document(member=member, error=error)
