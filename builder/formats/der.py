"""Strict DER: a walker that trusts no length, and a writer.

Accepted are definite lengths in their shortest form, of at most four octets,
and tags below 31.  Everything else, and everything that crosses the end of
what contains it, is a `CatalogError` with the offset of the wrong octet.

Source: ITU-T X.690, 8.1 and 10.1 (lengths), 11.1 (booleans), 11.6 (sets).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Self

from builder.errors import CatalogError

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
BMP_STRING = 0x1E
SEQUENCE = 0x30
SET = 0x31

_CONSTRUCTED = 0x20
_HIGH_TAG = 0x1F
_DEPTH = 64  # a signature nested in a genuine one, with its time stamp: 36
_LONGEST_OID = 64  # octets; genuine ones have at most 11


def context(number: int, *, constructed: bool = True) -> int:
    """Return the identifier octet of a context-specific tag."""
    return 0x80 | number | (_CONSTRUCTED if constructed else 0)


def header(data: bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Read the tag and length at `at`; the element must end at or before `stop`.

    Returns:
        The identifier octet, and where the content starts and ends.

    Raises:
        CatalogError: The header is truncated, not DER, or its element crosses
            `stop`.
    """
    start = at + 2
    if start > stop:
        raise CatalogError("an element is cut off", offset=at)
    tag = data[at]
    length = data[at + 1]
    if length > 0x7F:
        start, length = _long_length(data, at, stop)
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise CatalogError(f"tag {tag:#x} has more than one octet", offset=at)
    end = start + length
    if end > stop:
        raise CatalogError(
            f"{length} octets announced, {stop - start} present", offset=at + 1
        )
    return tag, start, end


def _long_length(data: bytes, at: int, stop: int) -> tuple[int, int]:
    count = data[at + 1] & 0x7F
    start = at + 2 + count
    if count == 0:
        raise CatalogError("an indefinite length is not DER", offset=at + 1)
    if count > 4:
        raise CatalogError(f"a length of {count} octets is refused", offset=at + 1)
    if start > stop:
        raise CatalogError("an element is cut off", offset=at)
    length = int.from_bytes(data[at + 2 : start], "big")
    if length < 0x80 or data[at + 2] == 0:
        raise CatalogError("a length is not in its shortest form", offset=at + 1)
    return start, length


def expect(data: bytes, at: int, stop: int, tag: int, what: str) -> tuple[int, int]:
    """Read one header that must have `tag`; return its content's start and end."""
    start = at + 2
    if start <= stop and data[at] == tag and data[at + 1] < 0x80:
        end = start + data[at + 1]  # the common case, and so the short way
        if end <= stop:
            return start, end
    if at < stop and data[at] != tag:
        raise CatalogError(
            f"{what}: tag {data[at]:#04x} where {tag:#04x} belongs", offset=at
        )
    _, start, end = header(data, at, stop)
    return start, end


class Cursor:
    """A position between two octets of a buffer, moving forward only.

    Attributes:
        data: The whole buffer; offsets in errors count from its start.
        at: Where the next element starts.
        stop: Where the content that is walked ends.
    """

    __slots__ = ("at", "data", "stop")

    def __init__(self, data: bytes, at: int = 0, stop: int | None = None) -> None:
        self.data = data
        self.at = at
        self.stop = len(data) if stop is None else stop

    def __bool__(self) -> bool:
        return self.at < self.stop

    def next_is(self, tag: int) -> bool:
        """Whether there is a next element and it has this tag."""
        return self.at < self.stop and self.data[self.at] == tag

    def enter(self, tag: int, what: str) -> Self:
        """Step over an element with `tag`; return a cursor over its content."""
        start, end = expect(self.data, self.at, self.stop, tag, what)
        self.at = end
        return type(self)(self.data, start, end)

    def content(self, tag: int, what: str) -> bytes:
        """Step over an element with `tag`; return its content octets."""
        start, end = expect(self.data, self.at, self.stop, tag, what)
        self.at = end
        return self.data[start:end]

    def raw(self, what: str, tag: int | None = None) -> bytes:
        """Step over an element; return all of it, identifier and length too."""
        at = self.at
        found, _, end = header(self.data, at, self.stop)
        if tag is not None and found != tag:
            raise CatalogError(
                f"{what}: tag {found:#04x} where {tag:#04x} belongs", offset=at
            )
        self.at = end
        return self.data[at:end]

    def rest(self) -> bytes:
        """Return what has not been walked yet, and step over it."""
        at, self.at = self.at, self.stop
        return self.data[at : self.stop]

    def finish(self, what: str) -> None:
        """Require that nothing is left."""
        if self.at != self.stop:
            raise CatalogError(
                f"{what}: {self.stop - self.at} octets too many", offset=self.at
            )

    def integer(self, what: str) -> int:
        """Step over an INTEGER of at most 64 octets."""
        at = self.at
        octets = self.content(INTEGER, what)
        _check_integer(octets, at)
        if len(octets) > 64:
            raise CatalogError(f"{what}: {len(octets)} octets", offset=at)
        return int.from_bytes(octets, "big", signed=True)

    def boolean(self, what: str) -> bool:
        """Step over a BOOLEAN."""
        at = self.at
        octets = self.content(BOOLEAN, what)
        _check_boolean(octets, at)
        return octets == b"\xff"

    def oid(self, what: str) -> str:
        """Step over an OBJECT IDENTIFIER; return it with dots."""
        at = self.at
        return oid_text(self.content(OBJECT_IDENTIFIER, what), offset=at)

    def time(self, what: str) -> datetime:
        """Step over a UTCTime or a GeneralizedTime without fraction; in UTC."""
        at = self.at
        if self.next_is(UTC_TIME):
            return parse_utc_time(self.content(UTC_TIME, what), offset=at)
        octets = self.content(GENERALIZED_TIME, what)
        return parse_generalized_time(octets, offset=at)


def _check_integer(octets: bytes, at: int) -> None:
    if not octets:
        raise CatalogError("an integer without octets", offset=at)
    if len(octets) > 1 and (
        (octets[0] == 0 and octets[1] < 0x80)
        or (octets[0] == 0xFF and octets[1] >= 0x80)
    ):
        raise CatalogError("an integer is not in its shortest form", offset=at)


def _check_boolean(octets: bytes, at: int) -> None:
    if octets not in {b"\x00", b"\xff"}:
        raise CatalogError("a boolean is neither 00 nor FF", offset=at)


def oid_text(octets: bytes, *, offset: int | None = None) -> str:
    """Turn the content octets of an OBJECT IDENTIFIER into digits and dots."""
    text = _oid_text(octets) if len(octets) <= _LONGEST_OID else None
    if text is None:
        raise CatalogError("an object identifier is not DER", offset=offset)
    return text


@lru_cache(maxsize=1024)
def _oid_text(octets: bytes) -> str | None:
    if not octets or octets[-1] & 0x80:
        return None
    parts: list[int] = []
    part = 0
    for octet in octets:
        if part == 0 and octet == 0x80:
            return None
        part = part << 7 | octet & 0x7F
        if not octet & 0x80:
            parts.append(part)
            part = 0
    first = min(parts[0] // 40, 2)
    return ".".join(map(str, (first, parts[0] - 40 * first, *parts[1:])))


def parse_utc_time(octets: bytes, *, offset: int | None = None) -> datetime:
    """Read YYMMDDHHMMSSZ; years 50 to 99 are of the last century (RFC 5280)."""
    century = b"19" if octets[:1] >= b"5" else b"20"
    return parse_generalized_time(century + octets, offset=offset)


def parse_generalized_time(octets: bytes, *, offset: int | None = None) -> datetime:
    """Read YYYYMMDDHHMMSSZ."""
    digits = octets[:-1]
    if len(digits) != 14 or octets[-1:] != b"Z" or not digits.isdigit():
        raise CatalogError("a time is not of the form YYMMDDHHMMSSZ", offset=offset)
    fields = [int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, 14, 2))]
    year, month, day, hour, minute, second = fields
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise CatalogError(f"a time is impossible: {error}", offset=offset) from error


def check(data: bytes, start: int = 0, stop: int | None = None) -> None:
    """Walk everything between `start` and `stop` and require DER all the way.

    Covers lengths, nesting (at most 64 levels), the values of booleans,
    integers, nulls and object identifiers, and the order of sets.  What an
    OCTET STRING or BIT STRING wraps is not looked into.

    Raises:
        CatalogError: Something is not DER; the offset says where.
    """
    levels: list[tuple[int, bool, bytes]] = []
    end, ordered, previous = len(data) if stop is None else stop, False, b""
    at = start
    while at < end or levels:
        if at == end:
            end, ordered, previous = levels.pop()
            continue
        tag, inner, after = header(data, at, end)
        if ordered:
            element = data[at:after]
            if element < previous:
                raise CatalogError("a set is not in DER order", offset=at)
            previous = element
        if tag & _CONSTRUCTED:
            if len(levels) == _DEPTH:
                raise CatalogError(f"nested more than {_DEPTH} deep", offset=at)
            levels.append((end, ordered, previous))
            at, end, ordered, previous = inner, after, tag == SET, b""
            continue
        if tag in _VALUES:
            _VALUES[tag](data[inner:after], at)
        at = after


def _check_null(octets: bytes, at: int) -> None:
    if octets:
        raise CatalogError("a null with content", offset=at)


def _check_oid(octets: bytes, at: int) -> None:
    oid_text(octets, offset=at)


def _check_sequence(octets: bytes, at: int) -> None:
    del octets
    raise CatalogError("a sequence or set is not constructed", offset=at)


_VALUES = {
    BOOLEAN: _check_boolean,
    INTEGER: _check_integer,
    NULL: _check_null,
    OBJECT_IDENTIFIER: _check_oid,
    0x10: _check_sequence,
    0x11: _check_sequence,
}


def encode(tag: int, *parts: bytes) -> bytes:
    """Write one element whose content is `parts`, one after the other."""
    length = sum(map(len, parts))
    if length < 0x80:
        return b"".join((bytes((tag, length)), *parts))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return b"".join((bytes((tag, 0x80 | len(octets))), octets, *parts))


def encode_integer(number: int) -> bytes:
    """Write an INTEGER in its shortest form."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return encode(INTEGER, number.to_bytes(size, "big", signed=True))


@lru_cache(maxsize=1024)
def encode_oid(text: str) -> bytes:
    """Write an OBJECT IDENTIFIER given with dots."""
    first, second, *others = map(int, text.split("."))
    return encode(OBJECT_IDENTIFIER, *map(_base128, (40 * first + second, *others)))


def _base128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(0x80 | number & 0x7F)
    return bytes(reversed(octets))


def encode_set(elements: Iterable[bytes]) -> bytes:
    """Write a SET OF, its elements in DER order."""
    return encode(SET, *sorted(elements))


def encode_time(moment: datetime) -> bytes:
    """Write a time to the second: UTCTime up to 2049, GeneralizedTime after it.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be written")
    moment = moment.astimezone(UTC)
    text = (
        f"{moment.year:04}{moment.month:02}{moment.day:02}"
        f"{moment.hour:02}{moment.minute:02}{moment.second:02}Z"
    ).encode()
    if 1950 <= moment.year <= 2049:
        return encode(UTC_TIME, text[2:])
    return encode(GENERALIZED_TIME, text)
