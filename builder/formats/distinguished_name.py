"""Distinguished names as people read them.

Source: RFC 4514, 2; RFC 5280, 4.1.2.4.
"""

from collections.abc import Iterator
from functools import lru_cache

from builder.errors import CatalogError
from builder.formats import der

_SHORT = {
    "2.5.4.3": "CN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}
_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
_COMMON = 512  # octets of a name that is worth remembering
_SPECIAL = frozenset('",+;<>\\')


def name_text(raw: bytes) -> str:
    """Write a Name down as RFC 4514 wants it: most specific part first.

    What cannot be decoded or printed is shown in hexadecimal, so that no name
    can look like another or move a terminal's cursor.

    Raises:
        CatalogError: `raw` is not a Name.
    """
    parts = [
        "+".join(f"{_SHORT.get(oid, oid)}={_value_text(value)}" for oid, value in pairs)
        for pairs in _relative_names(raw)
    ]
    return ",".join(reversed(parts))


def common_names(raw: bytes) -> tuple[str, ...]:
    """Return the common names in a Name, unescaped; of one, usually.

    Raises:
        CatalogError: `raw` is not a Name.
    """
    return tuple(
        _decoded(value)
        for pairs in _relative_names(raw)
        for oid, value in pairs
        if _SHORT.get(oid) == "CN"
    )


def _relative_names(raw: bytes) -> Iterator[list[tuple[str, bytes]]]:
    """Yield the types and values, as DER, of each part; least specific first."""
    outer = der.Cursor(raw)
    body = outer.enter(der.SEQUENCE, "name")
    outer.finish("name")
    while body:
        relative = body.enter(der.SET, "relative name")
        pairs: list[tuple[str, bytes]] = []
        while relative:
            pair = relative.enter(der.SEQUENCE, "name attribute")
            oid = pair.oid("name attribute")
            pairs.append((oid, pair.raw("name attribute")))
            pair.finish("name attribute")
        yield pairs


def _value_text(raw: bytes) -> str:
    text = _decoded(raw)
    if text and text.isprintable():
        return _escape(text)
    return "#" + raw.hex()


def _decoded(raw: bytes) -> str:
    """Decode a string; empty where it is none or cannot be decoded."""
    tag, start, _ = der.header(raw, 0, len(raw))
    encoding = _ENCODINGS.get(tag)
    if encoding is None:
        return ""
    try:
        return raw[start:].decode(encoding)
    except UnicodeDecodeError:
        return ""


def _escape(text: str) -> str:
    escaped = "".join("\\" + c if c in _SPECIAL else c for c in text)
    if text[0] in "# ":
        escaped = "\\" + escaped
    if len(text) > 1 and text[-1] == " ":
        escaped = escaped[:-1] + "\\ "
    return escaped


def printable_name(raw: bytes) -> str:
    """Return the RFC 4514 text, or hexadecimal digits of what is no Name."""
    return _common(raw) if len(raw) <= _COMMON else _printable(raw)


def _printable(raw: bytes) -> str:
    try:
        return name_text(raw)
    except CatalogError:
        return "#" + raw[:64].hex()


_common = lru_cache(maxsize=256)(_printable)  # files of one signer share their names
