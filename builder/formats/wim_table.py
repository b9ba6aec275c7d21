"""The lookup table of a WIM file: where each stream lies, and how it is packed.

Source: the public "Windows Imaging File Format (WIM)" paper; what it leaves
out, solid resources above all, was observed in files written by others.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from struct import Struct
from typing import Final, NamedTuple

from builder.errors import LimitError, UnsupportedError, WimError
from builder.model.limits import Limits
from builder.model.wim import WimEntry, WimMethod, WimResource

# size (7 bytes) and flags (1), offset, unpacked size.
_RESOURCE: Final = Struct("<3Q")
# resource, part, references, SHA-1.
_ENTRY: Final = Struct("<24sHI20s")
# In front of a solid resource: unpacked size, size of chunks, method.
_SOLID_HEADER: Final = Struct("<Q2I")
_SOLID_METHODS: Final = dict(enumerate(WimMethod))
_IS_SOLID_RESOURCE: Final = 1 << 32
"""The unpacked size in the row of a solid resource; in those of its streams: 0."""

_FREE, _METADATA, _COMPRESSED, _SPANNED, _SOLID = 1, 2, 4, 8, 16


class Packing(NamedTuple):
    """How the header says that streams are packed; chunks in bytes."""

    method: WimMethod
    chunk_size: int


def parse_resource(view: memoryview, offset: int, packing: Packing) -> WimResource:
    """Read where one stream lies; not of a solid resource.

    Args:
        view: The whole file.
        offset: Of the 24 bytes that say it.

    Raises:
        WimError: It lies outside the file, or contradicts itself.
        UnsupportedError: It is a part of a split file.
    """
    packed, place, unpacked = _RESOURCE.unpack_from(view, offset)
    flags, size = packed >> 56, packed & (1 << 56) - 1
    if flags & _SPANNED and not flags & _SOLID:
        raise UnsupportedError("a stream of a split WIM is refused", offset=offset)
    if flags & _SOLID:
        raise WimError("a solid resource where there can be none", offset=offset)
    if place + size > len(view):
        raise WimError(
            f"{size} bytes at {place:#x} lie outside the file", offset=offset
        )
    is_packed = bool(flags & _COMPRESSED)
    if is_packed and packing.method is WimMethod.NONE:
        raise WimError(
            "a compressed stream in a file without compression", offset=offset
        )
    if not is_packed and size != unpacked:
        raise WimError(
            f"{size} bytes that are not compressed unpack to {unpacked}", offset=offset
        )
    return WimResource(
        offset=place,
        size=size,
        unpacked=unpacked,
        is_metadata=bool(flags & _METADATA),
        method=packing.method if is_packed else WimMethod.NONE,
        chunk_size=packing.chunk_size if is_packed else 0,
    )


def parse_lookup_table(
    view: memoryview, table: WimResource, packing: Packing, limits: Limits
) -> tuple[WimEntry, ...]:
    """Read all rows but those of free space.

    Raises:
        WimError: A row contradicts the file, itself or another one.
        UnsupportedError: A stream lies in another part of a split file.
        LimitError: More rows than `limits` allow.
    """
    count, rest = divmod(table.size, _ENTRY.size)
    if rest:
        raise WimError(
            f"a lookup table of {table.size} bytes; rows have {_ENTRY.size}",
            offset=table.offset,
        )
    if count > limits.members:
        raise LimitError(
            f"{count} streams, at most {limits.members} allowed", offset=table.offset
        )
    entries: list[WimEntry] = []
    run: list[_Row] = []
    for index in range(count):
        row = _row(view, table.offset + index * _ENTRY.size)
        if row.flags & _SOLID:
            run.append(row)
            continue
        entries += _solid_run(view, run)
        run = []
        if not row.flags & _FREE:
            resource = parse_resource(view, row.place, packing)
            entries.append(row.entry(resource))
    entries += _solid_run(view, run)
    return tuple(entries)


class _Row(NamedTuple):
    """One row, as written; `place` is its offset in the file."""

    place: int
    flags: int
    size: int
    offset: int
    unpacked: int
    references: int
    sha1: bytes

    def entry(self, resource: WimResource) -> WimEntry:
        return WimEntry(resource=resource, references=self.references, sha1=self.sha1)


def _row(view: memoryview, place: int) -> _Row:
    resource, part, references, sha1 = _ENTRY.unpack_from(view, place)
    if part != 1:
        raise UnsupportedError(f"a stream lies in part {part}", offset=place + 24)
    packed, offset, unpacked = _RESOURCE.unpack(resource)
    size = packed & (1 << 56) - 1
    return _Row(place, packed >> 56, size, offset, unpacked, references, sha1)


def _solid_run(view: memoryview, rows: Iterable[_Row]) -> Iterator[WimEntry]:
    """Read neighbouring rows of solid resources and of the streams in them.

    The offset of a stream counts through the unpacked bytes of all solid
    resources of the run, one after the other.
    """
    solids: list[WimResource] = []
    streams: list[tuple[int, int]] = []
    shown: list[tuple[_Row, WimResource | None]] = []
    for row in rows:
        if row.unpacked == _IS_SOLID_RESOURCE:
            solids.append(_solid(view, row))
            shown.append((row, solids[-1]))
        else:
            streams.append((row.offset, row.size))
            shown.append((row, None))
    check_ranges(streams)
    for row, resource in shown:
        yield row.entry(resource or _solid_stream(row, solids))


def _solid(view: memoryview, row: _Row) -> WimResource:
    if row.offset + row.size > len(view) or row.size < _SOLID_HEADER.size:
        raise WimError(
            f"a solid resource of {row.size} bytes at {row.offset:#x} lies outside "
            "the file or is none",
            offset=row.place,
        )
    unpacked, chunk_size, number = _SOLID_HEADER.unpack_from(view, row.offset)
    method = _SOLID_METHODS.get(number)
    if method is None:
        raise WimError(f"solid compression {number} is unknown", offset=row.offset + 12)
    if chunk_size.bit_count() != 1:
        raise WimError(f"solid chunks of {chunk_size} bytes", offset=row.offset + 8)
    return WimResource(
        offset=row.offset,
        size=row.size,
        unpacked=unpacked,
        is_metadata=bool(row.flags & _METADATA),
        method=method,
        chunk_size=chunk_size,
        is_solid=True,
    )


def _solid_stream(row: _Row, solids: list[WimResource]) -> WimResource:
    start = row.offset
    for solid in solids:
        if start + row.size <= solid.unpacked:
            return WimResource(
                offset=start,
                size=0,
                unpacked=row.size,
                is_metadata=bool(row.flags & _METADATA),
                method=solid.method,
                chunk_size=solid.chunk_size,
                is_solid=True,
            )
        start -= solid.unpacked
    raise WimError(
        f"{row.size} bytes at {row.offset:#x} lie outside of the solid resources",
        offset=row.place,
    )


def check_ranges(ranges: Iterable[tuple[int, int]]) -> None:
    """Refuse what shares bytes: one of two streams is not what its hash says.

    Args:
        ranges: Offsets and sizes in bytes; empty ones share nothing.

    Raises:
        WimError: Two of them do.
    """
    placed = sorted(item for item in ranges if item[1])
    for (before, size), (after, _) in pairwise(placed):
        if before + size > after:
            raise WimError(
                f"what lies at {before:#x} and at {after:#x} shares bytes", offset=after
            )
