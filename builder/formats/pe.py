"""Headers of portable executables: bytes -> value.

Source: "PE Format" in Microsoft's documentation of Windows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from types import MappingProxyType

from builder.errors import PeError

HEADERS_LIMIT = 1 << 20
"""Bytes of headers that are held; genuine ones end before byte 4,096."""

TABLE_LIMIT = 1 << 20
"""Bytes of a certificate table that are held; genuine ones have 40 kB."""

DOS_SIZE = 64
OPTIONAL_START = 24
PE32, PE32_PLUS = 0x10B, 0x20B
RESOURCES, CERTIFICATES, MANAGED = 2, 4, 14

# signature, machine, sections, time, symbols, symbol count, optional size, flags.
COFF = Struct("<4s2H3I2H")
# virtual size, address, raw size, raw start: of a section header, after its name.
_SECTION = Struct("<8x4I16x")
_PAIR = Struct("<2I")
_U16, _U32 = Struct("<H"), Struct("<I")

# Offsets in the optional header; only the last differs between PE32 and PE32+.
FILE_ALIGNMENT_AT, CHECKSUM_AT = 36, 64
DIRECTORIES_AT: Mapping[int, int] = MappingProxyType({PE32: 96, PE32_PLUS: 112})
_DIRECTORIES_LIMIT = 16
# From this file alignment on, Windows rounds the raw start of sections down to it.
_SECTOR = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes of a file, from `start` up to but not including `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section header; sizes, offsets and addresses in bytes."""

    address: int
    virtual_size: int
    raw: Span

    @property
    def used_end(self) -> int:
        """The end of the bytes that are more than padding, as a file offset."""
        size = self.raw.end - self.raw.start
        return self.raw.start + min(size, self.virtual_size or size)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeHeaders:
    """What the headers say, as far as we ask.

    Attributes:
        machine: The COFF machine number, such as 0x14C.
        checksum: Where the CheckSum field lies.
        security: Where the security directory's entry lies; None without one.
        certificates: The certificate table; None without one.
        resources: Address of the resource directory; None without one.
        is_managed: There is a header of the .NET runtime.
        sections: Those that have bytes in the file, in table order.
        end: Where the section table ends.
    """

    machine: int
    checksum: Span
    security: Span | None
    certificates: Span | None
    resources: int | None
    is_managed: bool
    sections: tuple[Section, ...]
    end: int

    def section_of(self, address: int) -> Section:
        """Find the section whose bytes in the file hold a relative address.

        Raises:
            PeError: There is none.
        """
        for section in self.sections:
            size = section.raw.end - section.raw.start
            if section.address <= address < section.address + size:
                return section
        raise PeError(f"address {address:#x} lies in no section")


def headers_length(prefix: bytes | bytearray) -> int:
    """Return how long the headers are, as far as `prefix` tells.

    The answer is final once it is no more than the length of `prefix`.

    Raises:
        PeError: This is no portable executable, or its headers end beyond
            `HEADERS_LIMIT`.
    """
    if len(prefix) < DOS_SIZE:
        return DOS_SIZE
    (start,) = _U32.unpack_from(prefix, 60)
    if start + COFF.size > HEADERS_LIMIT:
        raise PeError(f"the PE header would lie at byte {start:#x}", offset=60)
    if len(prefix) < start + COFF.size:
        return int(start + COFF.size)
    signature, _, sections, _, _, _, optional, _ = COFF.unpack_from(prefix, start)
    if signature != b"PE\0\0":
        raise PeError(f"signature is {signature!r}, not b'PE\\x00\\x00'", offset=start)
    length = int(start + COFF.size + optional + _section_bytes(sections))
    if length > HEADERS_LIMIT:
        raise PeError(f"{length} bytes of headers are too many", offset=start)
    return length


def parse_headers(data: bytes | bytearray) -> PeHeaders:
    """Parse the headers of a file that starts with "MZ".

    Args:
        data: At least the bytes up to the end of the section table.

    Raises:
        PeError: They are none, too short, or contradict themselves.
    """
    end = headers_length(data)
    if len(data) < end:
        raise PeError(f"ends inside the headers, which need {end} bytes", offset=0)
    (start,) = _U32.unpack_from(data, 60)
    _, machine, count, _, _, _, size, _ = COFF.unpack_from(data, start)
    optional = start + OPTIONAL_START
    directories = _parse_directories(data, optional, size)
    security = certificates = None
    if len(directories) > CERTIFICATES:
        at, (table, length) = directories[CERTIFICATES]
        security = Span(start=at, end=at + _PAIR.size)
        certificates = _certificates(table, length, entry=at, headers_end=end)
    resources = None
    if len(directories) > RESOURCES:
        _, (address, length) = directories[RESOURCES]
        resources = address if address and length else None
    is_managed = len(directories) > MANAGED and all(directories[MANAGED][1])
    checksum = optional + CHECKSUM_AT
    return PeHeaders(
        machine=machine,
        checksum=Span(start=checksum, end=checksum + _U32.size),
        security=security,
        certificates=certificates,
        resources=resources,
        is_managed=is_managed,
        sections=_parse_sections(
            data,
            end - _section_bytes(count),
            count,
            alignment=_U32.unpack_from(data, optional + FILE_ALIGNMENT_AT)[0],
        ),
        end=end,
    )


def _section_bytes(count: int) -> int:
    return count * _SECTION.size


def _parse_directories(
    data: bytes | bytearray, optional: int, size: int
) -> list[tuple[int, tuple[int, int]]]:
    """Return where each entry lies, and what it says: a place and a length."""
    if size < _U16.size:
        raise PeError(f"{size} bytes cannot hold an optional header", offset=optional)
    (magic,) = _U16.unpack_from(data, optional)
    first = DIRECTORIES_AT.get(magic)
    if first is None:
        raise PeError(f"optional header has the number {magic:#x}", offset=optional)
    if size < first:
        raise PeError(f"{size} bytes cut the optional header short", offset=optional)
    count_at = optional + first - _U32.size
    # Windows reads 16 entries at most, whatever the field says.
    count = min(_U32.unpack_from(data, count_at)[0], _DIRECTORIES_LIMIT)
    if first + count * _PAIR.size > size:
        raise PeError(f"{count} directories overrun the header", offset=count_at)
    places = range(optional + first, optional + first + count * _PAIR.size, _PAIR.size)
    return [(at, _PAIR.unpack_from(data, at)) for at in places]


def _certificates(
    start: int, length: int, *, entry: int, headers_end: int
) -> Span | None:
    if not start or not length:
        return None
    if start < headers_end:
        raise PeError(
            f"certificate table at {start:#x} is in the headers", offset=entry
        )
    return Span(start=start, end=start + length)


def _parse_sections(
    data: bytes | bytearray, at: int, count: int, *, alignment: int
) -> tuple[Section, ...]:
    table = memoryview(data)[at : at + _section_bytes(count)]
    sections = []
    for virtual_size, address, size, start in _SECTION.iter_unpack(table):
        if start and size:
            raw = start - start % _SECTOR if alignment >= _SECTOR else start
            sections.append(
                Section(
                    address=address,
                    virtual_size=virtual_size,
                    raw=Span(start=raw, end=start + size),
                )
            )
    table.release()
    return tuple(sections)
