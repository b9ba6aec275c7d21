"""The two documents beside the cabinet in a .msu: unattend and properties.

Source: observed in five genuine .msu files of Windows 6.0 to 8.1.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from builder.errors import FormatError, LimitError, XmlError
from builder.formats.assembly import identity_attributes, parse_identity
from builder.formats.buffer import Buffer
from builder.formats.xml import Element, XmlStyle, parse_xml, serialize_xml
from builder.model.identity import AssemblyIdentity
from builder.model.limits import DEFAULT_LIMITS, Limits

UNATTEND = "urn:schemas-microsoft-com:unattend"

_IDENTITY_ORDER = (
    "name",
    "version",
    "language",
    "processorArchitecture",
    "publicKeyToken",
)
# Attributes and children that each element has in genuine documents, and the
# children that may occur more than once.
_SKELETON: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unattend": ((), ("servicing",)),
    "servicing": ((), ("package",)),
    "package": (("action",), ("assemblyIdentity", "source")),
    "assemblyIdentity": (_IDENTITY_ORDER, ()),
    "source": (("location",), ()),
}
_REPEATED = "package"
# Genuine documents are written by hand: doubled blanks, two final line ends.
# Ours keep the four columns and the line ends, and leave the slips out.
_STYLE = XmlStyle(indent="    ", final_newline=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Servicing:
    r"""One `package` of an unattend document.

    Attributes:
        action: "install" in every genuine one.
        location: Such as "%configsetroot%\\Windows6.0-KB967724-x86.CAB".
    """

    identity: AssemblyIdentity
    location: str
    action: str = "install"
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattend:
    """What the unattend document of a .msu asks Windows to service."""

    packages: tuple[Servicing, ...]


def parse_unattend(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Unattend:
    """Read the unattend document of a .msu.

    A package without a source has an empty location.  Such documents can ask
    Windows for much more than to service a package, so nothing is skipped.

    Raises:
        XmlError: Not well-formed, no unattend document, a package without
            an identity, or anything that genuine documents do not have.
        LimitError: Larger than `limits` allows.
    """
    root = parse_xml(data, limits=limits)
    if root.tag != _unattend("unattend"):
        raise XmlError("not an unattend document", line=root.sourceline)
    _require_known(root)
    path = f"{_unattend('servicing')}/{_unattend('package')}"
    return Unattend(packages=tuple(map(_servicing, root.iterfind(path))))


def _require_known(root: etree._Element) -> None:
    """Hold a document to the elements and attributes of genuine ones."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        attributes, children = _SKELETON[name]
        for attribute in map(str, element.attrib):
            if attribute not in attributes:
                reason = f"unknown attribute {attribute!r} of {name!r}"
                raise XmlError(reason, line=element.sourceline)
        known = {_unattend(child) for child in children}
        seen: set[str] = set()
        for child in element.iterchildren(etree.Element):
            tag = str(child.tag)
            if tag not in known:
                reason = f"unknown element {etree.QName(child).localname!r} in {name!r}"
                raise XmlError(reason, line=child.sourceline)
            if tag in seen and tag != _unattend(_REPEATED):
                reason = f"a second {etree.QName(child).localname!r} in {name!r}"
                raise XmlError(reason, line=child.sourceline)
            seen.add(tag)
        texts = (element.text, *(child.tail for child in element))
        if any(text and text.strip() for text in texts):
            raise XmlError(f"text in {name!r}", line=element.sourceline)


def _unattend(name: str) -> str:
    return f"{{{UNATTEND}}}{name}"


def _servicing(element: etree._Element) -> Servicing:
    identity = element.find(_unattend("assemblyIdentity"))
    if identity is None:
        raise XmlError("a package without an identity", line=element.sourceline)
    source = element.find(_unattend("source"))
    return Servicing(
        identity=parse_identity(identity),
        location="" if source is None else source.get("location", ""),
        action=element.get("action", ""),
        line=element.sourceline,
    )


def serialize_unattend(unattend: Unattend) -> bytes:
    """Write an unattend document: UTF-8, CRLF, four columns a level.

    Raises:
        XmlError: A value holds a character that XML forbids.
    """
    packages = tuple(map(_servicing_element, unattend.packages))
    root = Element(
        name="unattend",
        attributes=(("xmlns", UNATTEND),),
        children=(Element(name="servicing", children=packages),),
    )
    return serialize_xml(root, _STYLE)


def _servicing_element(servicing: Servicing) -> Element:
    identity = identity_attributes(servicing.identity, _IDENTITY_ORDER)
    location = (("location", servicing.location),)
    return Element(
        name="package",
        attributes=(("action", servicing.action),),
        children=(
            Element(name="assemblyIdentity", attributes=identity),
            Element(name="source", attributes=location),
        ),
    )


_PROPERTY = re.compile(r'(?P<name>[^="\r\n]+)="(?P<value>[^"\r\n]*)"[ \t]*\Z')
_PRINTABLE = re.compile(r"[ !#-~]*\Z")


def parse_properties(
    data: Buffer, *, limits: Limits = DEFAULT_LIMITS
) -> dict[str, str]:
    """Read a `-pkgProperties.txt`: lines of `Name="value"`, in file order.

    Blank lines are skipped.  The text is UTF-8 here, of which the ASCII of
    genuine lists is a part, with or without a byte order mark; or UTF-16 with
    one, as others report of Windows 11.

    Raises:
        FormatError: Another encoding, a line of another shape, or a name that
            occurs twice.
        LimitError: Larger than `limits` allows.
    """
    view = memoryview(data)
    if view.nbytes > limits.held:
        raise LimitError(f"{view.nbytes:,} bytes of text; at most {limits.held:,}")
    data = bytes(view)
    is_wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        name = "UTF-16" if is_wide else "UTF-8"
        raise FormatError(f"not {name}", offset=error.start) from error
    properties: dict[str, str] = {}
    for line, name, value in _properties(text):
        if name in properties:
            raise FormatError(f"property {name!r} occurs twice", line=line)
        properties[name] = value
    return properties


def _properties(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.removesuffix("\r")
        if not content.strip():
            continue
        found = _PROPERTY.match(content)
        if found is None:
            raise FormatError('a line that is not Name="value"', line=number)
        yield number, found["name"].strip(), found["value"]


def serialize_properties(properties: Mapping[str, str]) -> bytes:
    """Write a `-pkgProperties.txt`: ASCII, CRLF, sorted by name.

    Raises:
        FormatError: A name or value that cannot stand in such a line.
    """
    lines = []
    for name in sorted(properties, key=lambda name: (name.casefold(), name)):
        value = properties[name]
        is_name = name.strip() == name != "" and "=" not in name
        if not (is_name and _PRINTABLE.match(name) and _PRINTABLE.match(value)):
            raise FormatError(f"property {name!r} cannot be written")
        lines.append(f'{name}="{value}"\r\n')
    return "".join(lines).encode("ascii")
