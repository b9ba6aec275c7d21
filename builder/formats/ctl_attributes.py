"""Attributes of catalog members and extensions of catalogs, one at a time.

Source: mscat.h (CRYPTCATATTRIBUTE, CRYPTCATMEMBER) and observation: names are
BMPString, values UTF-16LE with a terminating NUL, in 135 genuine catalogs.
"""

from functools import lru_cache

from builder.errors import CatalogError
from builder.formats import der, oids
from builder.model.catalog import MemberName, SubjectInfo

_NAME_VALUE = der.encode_oid(oids.NAME_VALUE)
_SHORT = 0x80  # octets: below it every length is one octet


def short_name(element: bytes) -> MemberName | None:
    """Read the common form of a CAT_NAMEVALUE attribute, and fast.

    Returns:
        What `parse_attribute` would, or None where that has to look: at
        everything longer than 129 octets, and at everything malformed.
    """
    size = len(element)
    if not 28 <= size < _SHORT + 2 or element[:1] != b"\x30":
        return None
    shape = (size - 2, 0x31, size - 16, 0x30, size - 18, der.BMP_STRING)
    name_end = 20 + element[19]
    if (
        (element[1], *element[14:19]) != shape
        or element[2:14] != _NAME_VALUE
        or name_end + 5 > size
    ):
        return None
    flags_end = name_end + 2 + element[name_end + 1]
    flags = element[name_end + 2 : flags_end]
    if (
        element[name_end] != der.INTEGER
        or not 2 <= len(flags) <= 4
        or not (0x80 <= flags[0] << 8 | flags[1] < 0x8000)
        or element[flags_end : flags_end + 2]
        != bytes((der.OCTET_STRING, max(size - flags_end - 2, 0)))
    ):
        return None
    try:
        name = element[20:name_end].decode("utf-16-be")
        value = element[flags_end + 2 :].decode("utf-16-le")
    except UnicodeDecodeError:
        return None
    if not value.endswith("\0"):
        return None
    number = int.from_bytes(flags, "big")
    return MemberName(name=name, value=value[:-1], flags=number)


def parse_attribute(element: bytes) -> tuple[str, object]:
    """Read an Attribute of a member.

    Returns:
        Its type, and a MemberName, a SubjectInfo, the number of a version 2
        kind, or None for a type that has no value here.

    Raises:
        CatalogError: Not DER, or not what its type demands.
    """
    der.check(element)
    cursor = der.Cursor(element).enter(der.SEQUENCE, "attribute")
    oid = cursor.oid("attribute type")
    values = cursor.enter(der.SET, "attribute values")
    cursor.finish("attribute")
    parsed: object = None
    match oid:
        case oids.NAME_VALUE:
            parsed = _name_value(values)
        case oids.MEMBER_INFO:
            info = values.enter(der.SEQUENCE, "member info")
            guid = _text(info, der.BMP_STRING, "utf-16-be", "member info")
            parsed = SubjectInfo(guid=guid, version=info.integer("member info"))
            info.finish("member info")
        case oids.MEMBER_KIND_V2:
            at = values.at
            tag = values.raw("member kind")
            if len(tag) != 2 or tag[0] & 0xE0 != der.context(0, constructed=False):
                raise CatalogError("member kind: not a choice", offset=at)
            parsed = tag[0] & 0x1F
        case _:
            return oid, None
    values.finish("attribute values")
    return oid, parsed


def _name_value(cursor: der.Cursor) -> MemberName:
    """Step over a CAT_NAMEVALUE; its value is UTF-16LE and ends with a NUL."""
    body = cursor.enter(der.SEQUENCE, "name and value")
    name = _text(body, der.BMP_STRING, "utf-16-be", "name")
    flags = body.integer("name flags")
    at = body.at
    value = _text(body, der.OCTET_STRING, "utf-16-le", "value")
    body.finish("name and value")
    if not value.endswith("\0"):
        raise CatalogError("value: no terminating NUL", offset=at)
    return MemberName(name=name, value=value[:-1], flags=flags)


def _text(cursor: der.Cursor, tag: int, encoding: str, what: str) -> str:
    at = cursor.at
    try:
        return cursor.content(tag, what).decode(encoding)
    except UnicodeDecodeError as error:
        raise CatalogError(f"{what}: not {encoding.upper()}", offset=at) from error


def parse_extension(raw: bytes) -> MemberName | None:
    """Read an Extension of a list; None for a type that has no value here.

    Raises:
        CatalogError: Not DER, not what its type demands, or with a criticality.
    """
    der.check(raw)
    cursor = der.Cursor(raw).enter(der.SEQUENCE, "list extension")
    oid = cursor.oid("list extension")
    if cursor.next_is(der.BOOLEAN):
        raise CatalogError("list extension: criticality is refused", offset=cursor.at)
    at = cursor.at
    octets = cursor.content(der.OCTET_STRING, "list extension")
    cursor.finish("list extension")
    if oid != oids.NAME_VALUE:
        return None
    inner = der.Cursor(octets)
    try:
        name = _name_value(inner)
        inner.finish("list extension")
    except CatalogError as error:
        error.offset = at + 2 + (error.offset or 0)
        raise
    return name


def serialize_attributes(
    names: tuple[MemberName, ...], info: SubjectInfo | None, kind: int | None
) -> list[bytes]:
    """Write the attributes of a member, but not its digest; in no order."""
    written = [_attribute(oids.NAME_VALUE, serialize_name(name)) for name in names]
    if info is not None:
        written.append(_serialize_info(info))
    if kind is not None:
        value = der.encode(der.context(kind, constructed=False))
        written.append(_attribute(oids.MEMBER_KIND_V2, value))
    return written


@lru_cache(maxsize=16)  # members share two or three
def _serialize_info(info: SubjectInfo) -> bytes:
    guid = der.encode(der.BMP_STRING, info.guid.encode("utf-16-be"))
    value = der.encode(der.SEQUENCE, guid, der.encode_integer(info.version))
    return _attribute(oids.MEMBER_INFO, value)


def _attribute(oid: str, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode(der.SET, value))


def serialize_name(name: MemberName) -> bytes:
    """Write a CAT_NAMEVALUE."""
    return der.encode(
        der.SEQUENCE,
        der.encode(der.BMP_STRING, name.name.encode("utf-16-be")),
        der.encode_integer(name.flags),
        der.encode(der.OCTET_STRING, (name.value + "\0").encode("utf-16-le")),
    )


def serialize_extension(name: MemberName) -> bytes:
    """Write a name and value as an Extension of a list."""
    value = der.encode(der.OCTET_STRING, serialize_name(name))
    return der.encode(der.SEQUENCE, der.encode_oid(oids.NAME_VALUE), value)
