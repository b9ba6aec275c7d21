"""XML: the one safe reader and the one canonical writer.

The reader refuses every document type, knows UTF-8 and UTF-16 and no other
encoding, and touches neither network nor file system.  The writer makes the
exact bytes of an era from a small tree of values.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from builder.errors import CompressedManifestError, LimitError, XmlError
from builder.formats.buffer import Buffer
from builder.model.limits import DEFAULT_LIMITS, Limits

_COMPRESSED = b"DCM\x01"
_BLANKS = b" \t\r\n"
_DECLARATION_LIMIT = 256
_PIECE = 1 << 16

# Marks at the start of a document, longest first.  None: refused by name.
# Source: XML 1.0, appendix F.1.
_MARKS: tuple[tuple[bytes, str | None, str], ...] = (
    (b"\x00\x00\xfe\xff", None, "UTF-32"),
    (b"\xff\xfe\x00\x00", None, "UTF-32"),
    (b"\x00\x00\x00<", None, "UTF-32"),
    (b"<\x00\x00\x00", None, "UTF-32"),
    (b"\x4c\x6f\xa7\x94", None, "EBCDIC"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    (b"<\x00", "utf-16-le", "UTF-16"),
    (b"\x00<", "utf-16-be", "UTF-16"),
)
_DECLARED_AS = {
    "utf-8": ("utf-8",),
    "utf-16-le": ("utf-16", "utf-16le"),
    "utf-16-be": ("utf-16", "utf-16be"),
}
# What nearly all documents start with, in several ways to write UTF-8.
_USUAL = tuple(
    b'<?xml version="1.0" encoding="%s"%s?>' % (name, more)
    for name in (b"utf-8", b"UTF-8")
    for more in (b"", b' standalone="yes"')
)
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*(["'])(?P<version>[^"'<]{1,16})\1"""
    rb"""(?:\s+encoding\s*=\s*(["'])(?P<encoding>[^"'<]{1,40})\3)?"""
    rb"""(?:\s+standalone\s*=\s*(["'])(?:yes|no)\5)?\s*\?>"""
)


def parse_xml(
    data: Buffer, *, limits: Limits = DEFAULT_LIMITS, has_blanks: bool = True
) -> etree._Element:
    """Parse a document and return its root element.

    Elements keep their line in `sourceline`.  Comments and processing
    instructions stay in the tree; entities other than the five of XML and
    character references cannot occur, because a document type is refused
    before the XML library sees it.

    Args:
        data: UTF-8 or UTF-16, with or without a byte order mark.
        limits: `held` bounds the bytes, `markup` the tags and attributes.
        has_blanks: Otherwise blanks between elements, which are the indentation,
            are left out of the tree: a quarter of its nodes.

    Raises:
        CompressedManifestError: A manifest in the DCM form.
        XmlError: Not well-formed, a document type, another encoding, an
            encoding declaration that contradicts the bytes, or nested deeper
            than 256 elements.
        LimitError: Larger than `limits` allows.
    """
    raw = _text(data, limits)
    _check_prolog(raw)
    if len(raw) > limits.markup and raw.count(b"<") + raw.count(b"=") > limits.markup:
        raise LimitError(f"more than {limits.markup:,} tags and attributes")
    parser = _parser(has_blanks)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error) from error
    # A warning further on makes the library forget a prefix without meaning.
    for entry in parser.error_log.filter_from_errors():
        raise XmlError(f"{entry.message} (column {entry.column})", line=entry.line)
    if root.getroottree().docinfo.doctype:
        raise XmlError("a document type is refused")
    return root


@cache
def _parser(has_blanks: bool) -> etree.XMLParser:  # noqa: FBT001 - a cache has no keywords
    """Return a parser that was made once: that costs a fifth of a document.

    It carries nothing from one document to the next, and takes one at a time.
    """
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_blank_text=not has_blanks,
        collect_ids=False,
    )


def _text(data: Buffer, limits: Limits) -> bytes:
    """Check the encoding and return the document as UTF-8 without a mark."""
    view = memoryview(data)
    if view.nbytes > limits.held:
        raise LimitError(f"{view.nbytes:,} bytes of XML; at most {limits.held:,}")
    raw = bytes(view)
    if raw.startswith(_COMPRESSED):
        raise CompressedManifestError("compressed manifest (DCM), not XML", offset=0)
    encoding, skipped = _encoding(raw)
    text = _transcode(raw, encoding, skipped)
    if text.startswith(codecs.BOM_UTF8):
        raise XmlError("a second byte order mark", offset=skipped)
    _check_declaration(text, encoding)
    return text


def _encoding(raw: bytes) -> tuple[str, int]:
    if raw.startswith(b"<?xml"):
        return "utf-8", 0  # as nearly all of them do
    for mark, encoding, name in _MARKS:
        if raw.startswith(mark):
            if encoding is None:
                raise XmlError(f"{name} is neither UTF-8 nor UTF-16", offset=0)
            return encoding, 0 if b"<" in mark else len(mark)
    return "utf-8", 0


def _transcode(raw: bytes, encoding: str, skipped: int) -> bytes:
    """Check every byte, piece by piece; a decoded copy would cost four times."""
    if encoding == "utf-8" and raw.isascii():
        return raw  # a mark would not be ASCII
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    kept = bytearray()
    for start in range(skipped, len(raw), _PIECE):
        piece = raw[start : start + _PIECE]
        try:
            text = decoder.decode(piece, final=start + _PIECE >= len(raw))
        except UnicodeDecodeError as error:
            # `start` of the error counts from bytes kept of the piece before
            at = start + error.start - (len(error.object) - len(piece))
            raise XmlError(f"not {encoding.upper()}", offset=max(at, 0)) from error
        if encoding != "utf-8":
            kept += text.encode("utf-8")
    return bytes(kept) if encoding != "utf-8" else raw[skipped:]


def _check_declaration(text: bytes, encoding: str) -> None:
    is_usual = encoding == "utf-8" and text.startswith(_USUAL)
    if is_usual or not re.match(rb"<\?xml\s", text):
        return
    found = _DECLARATION.match(text, 0, _DECLARATION_LIMIT)
    if found is None:
        raise XmlError("malformed XML declaration", line=1)
    if found["version"] != b"1.0":
        version = found["version"].decode("ascii", "replace")
        raise XmlError(f"XML version {version!r}, not 1.0", line=1)
    declared = (found["encoding"] or b"").decode("ascii", "replace")
    if declared and declared.lower() not in _DECLARED_AS[encoding]:
        raise XmlError(
            f"declares encoding {declared!r}, but the bytes are {encoding.upper()}",
            line=1,
        )


def _check_prolog(text: bytes) -> None:
    """Refuse a document type before the XML library reads it."""
    at = 0
    while True:
        at = _after_blanks(text, at)
        if text.startswith(b"<?", at):
            end = text.find(b"?>", at + 2)
        elif text.startswith(b"<!--", at):
            end = text.find(b"-->", at + 4)
        else:
            break
        if end < 0:
            return  # the library names the unfinished comment and its line
        at = end + 2
        at += text.startswith(b">", at)
    if text.startswith(b"<!", at):
        line = text.count(b"\n", 0, at) + 1
        raise XmlError("a document type is refused", line=line)


def _after_blanks(text: bytes, at: int) -> int:
    end = len(text)
    while at < end and text[at] in _BLANKS:
        at += 1
    return at


def _syntax_error(error: etree.XMLSyntaxError) -> XmlError:
    reason = (error.msg or "not well-formed").rpartition(", line ")[0]
    line, column = error.position
    if "Excessive depth" in reason:
        reason = "elements are nested deeper than 256"
    reason = reason.strip() or (error.msg or "not well-formed").strip()
    if column:
        reason = f"{reason} (column {column})"
    return XmlError(reason, line=line or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlStyle:
    """The bytes around the words of a document.

    Attributes:
        declaration: The whole XML declaration; no line end.
        bom: The document starts with a UTF-8 byte order mark.
        indent: Of one level.
        empty: What ends an element without content.
        final_newline: The document ends with a line end.
    """

    declaration: str = '<?xml version="1.0" encoding="utf-8"?>'
    bom: bool = False
    indent: str = "  "
    newline: str = "\r\n"
    empty: str = " />"
    final_newline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element as it will be written; names carry their prefix.

    Attributes:
        attributes: In writing order, namespace declarations included.
        text: The only content, where there are no children.
        fragment: The lines of one element, written in place of all else; they
            may use prefixes only as far as they declare them.
    """

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element", ...] = ()
    text: str = ""
    fragment: tuple[str, ...] = ()


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*(?::[A-Za-z_][A-Za-z0-9_.\-]*)?\Z")
# Source: XML 1.0, production 2 (Char).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 13: "&#xD;"}
_ATTRIBUTE_ESCAPES = {**_ESCAPES, ord('"'): "&quot;", 9: "&#x9;", 10: "&#xA;"}


def serialize_xml(root: Element, style: XmlStyle) -> bytes:
    """Write a document in UTF-8, byte for byte in one style.

    Raises:
        XmlError: A name that is none, a character that XML 1.0 forbids, an
            attribute that occurs twice, or text beside children.
    """
    lines = [style.declaration, *_lines(root, style, 0)]
    text = style.newline.join(lines)
    if style.final_newline:
        text += style.newline
    return (codecs.BOM_UTF8 if style.bom else b"") + text.encode("utf-8")


def _lines(element: Element, style: XmlStyle, depth: int) -> Iterator[str]:
    indent = style.indent * depth
    if element.fragment:
        _require_fragment(element.fragment)
        yield from (f"{indent}{line}" for line in element.fragment)
        return
    start = f"{indent}<{_start(element)}"
    if element.children:
        if element.text:
            raise XmlError(f"text beside the children of {element.name!r}")
        yield f"{start}>"
        for child in element.children:
            yield from _lines(child, style, depth + 1)
        yield f"{indent}</{element.name}>"
    elif element.text:
        text = _checked(element.text).translate(_ESCAPES)
        yield f"{start}>{text}</{element.name}>"
    else:
        yield f"{start}{style.empty}"


def _require_fragment(lines: tuple[str, ...]) -> None:
    """Hold a fragment to what a document of ours may contain.

    Raises:
        XmlError: It is not one element, or has a character that XML forbids.
    """
    text = _checked("\n".join(lines))
    if not text.startswith("<") or text.startswith(("<?", "<!")):
        raise XmlError("a fragment does not start with its element")
    parse_xml(text.encode("utf-8"))


def _start(element: Element) -> str:
    names = [name for name, _ in element.attributes]
    if len(set(names)) != len(names):
        raise XmlError(f"an attribute of {element.name!r} occurs twice")
    for name in (element.name, *names):
        if not _NAME.match(name):
            raise XmlError(f"{name!r} is no name for an element or attribute")
    pairs = (
        f'{name}="{_checked(value).translate(_ATTRIBUTE_ESCAPES)}"'
        for name, value in element.attributes
    )
    return " ".join((element.name, *pairs))


def _checked(text: str) -> str:
    wrong = _FORBIDDEN.search(text)
    if wrong:
        raise XmlError(f"U+{ord(wrong[0]):04X} cannot stand in XML")
    return text
