"""What .mum and .manifest have in common: the assembly and its identities."""

from collections.abc import Iterable, Iterator

from lxml import etree

from builder.errors import XmlError
from builder.formats.xml import Element
from builder.model.construct import constructor
from builder.model.identity import AssemblyIdentity
from builder.model.sharing import shared, shared_identity

ASM_V1 = "urn:schemas-microsoft-com:asm.v1"
ASM_V3 = "urn:schemas-microsoft-com:asm.v3"

_IDENTITY = f"{{{ASM_V3}}}assemblyIdentity"

COMPONENT_ORDER = (
    "name",
    "version",
    "processorArchitecture",
    "language",
    "buildType",
    "publicKeyToken",
    "type",
    "versionScope",
)
"""Attributes of a component's identity, in the order that all eras write."""

# XML attribute of `assemblyIdentity`, field of the value.
_FIELDS = {
    "name": "name",
    "version": "version",
    "processorArchitecture": "architecture",
    "language": "language",
    "buildType": "build_type",
    "publicKeyToken": "public_key_token",
    "type": "type",
    "versionScope": "version_scope",
}


_identity = constructor(AssemblyIdentity)


def asm(name: str) -> str:
    """Return the name of an asm.v3 element as lxml spells it."""
    return f"{{{ASM_V3}}}{name}"


def require_assembly(root: etree._Element) -> AssemblyIdentity:
    """Check that a document is an asm.v3 assembly; return its identity.

    Raises:
        XmlError: Another root element or namespace, or no identity.
    """
    if root.tag != asm("assembly"):
        name = etree.QName(root)
        raise XmlError(
            f"not a .mum or .manifest: the root is {name.localname!r} "
            f"of {name.namespace or 'no namespace'}",
            line=root.sourceline,
        )
    identity = child_identity(root)
    if identity is None:
        raise XmlError("the assembly has no assemblyIdentity", line=root.sourceline)
    return identity


def _row(element: etree._Element) -> tuple[str | None, ...]:
    get = element.get
    return (
        get("name", ""),
        get("version"),
        get("processorArchitecture"),
        get("language"),
        get("publicKeyToken"),
        get("type"),
        get("versionScope"),
        get("buildType"),
    )


def parse_identity(element: etree._Element) -> AssemblyIdentity:
    """Read an identity; an absent name becomes an empty one."""
    return _identity(*shared(_row(element)), element.sourceline)


def child_identities(element: etree._Element) -> tuple[AssemblyIdentity, ...]:
    """Read the identities directly below an element."""
    return tuple([parse_identity(e) for e in element[:] if e.tag == _IDENTITY])


def child_identity(element: etree._Element) -> AssemblyIdentity | None:
    """Read the first identity directly below an element, if there is one."""
    for child in element:
        if child.tag == _IDENTITY:
            return parse_identity(child)
    return None


def other_identity(element: etree._Element) -> AssemblyIdentity | None:
    """Read the first identity below an element that refers to another document.

    It has no line, so that all who refer to one document share one identity.
    """
    # A loop over few children is several times faster than any search, and a
    # list of them twice as fast as what walks along them.
    for child in element[:]:
        if child.tag == _IDENTITY:
            return shared_identity(_row(child))
    return None


def present(
    values: Iterable[tuple[str, str | None]],
) -> tuple[tuple[str, str], ...]:
    """Keep the attributes that have a value, in their order."""
    return tuple((name, value) for name, value in values if value is not None)


def identity_attributes(
    identity: AssemblyIdentity, order: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the attributes of an identity in the order of an era.

    What the order does not name is written after it, never dropped.
    """

    def names() -> Iterator[str]:
        yield from order
        yield from (name for name in _FIELDS if name not in order)

    return present((name, getattr(identity, _FIELDS[name])) for name in names())


def identity_element(identity: AssemblyIdentity, order: tuple[str, ...]) -> Element:
    """Draft an `assemblyIdentity` element."""
    return Element(
        name="assemblyIdentity", attributes=identity_attributes(identity, order)
    )
