"""Streams of a WIM file, unpacked chunk by chunk."""

from collections.abc import Iterator
from struct import Struct
from typing import Final

from builder.errors import CabError, UnsupportedError, WimError
from builder.formats.buffer import Buffer
from builder.formats.lzx import LzxDecoder
from builder.model.wim import WimMethod, WimResource

_PIECE: Final = 1 << 15
# Entries of the table of chunks, in streams of up to 4 GiB and above.
_SHORT, _LONG = Struct("<I"), Struct("<Q")


def not_decoded(resource: WimResource) -> str | None:
    """Say how a stream is packed, where `unpack_resource` does not decode that."""
    if resource.is_solid or resource.method not in (WimMethod.NONE, WimMethod.LZX):
        solid = "solid " if resource.is_solid else ""
        return (
            f"{solid}{resource.method} compression in chunks of "
            f"{resource.chunk_size:,} bytes (WIM), not decoded"
        )
    return None


def unpack_resource(data: Buffer, resource: WimResource) -> Iterator[bytes]:
    """Yield the bytes of a stream, in chunks of at most 2 MiB.

    Args:
        data: The whole WIM file.

    Raises:
        WimError: The table of chunks or a chunk is damaged.
        UnsupportedError: Packed in a way that is not decoded.
    """
    reason = not_decoded(resource)
    if reason is not None:
        raise UnsupportedError(reason, offset=resource.offset)
    with memoryview(data) as view:
        if resource.offset + resource.size > len(view):
            raise WimError("a stream lies outside the file", offset=resource.offset)
        if resource.method is not WimMethod.NONE:
            yield from _unpack(view, resource)
            return
        end = resource.offset + resource.size
        for start in range(resource.offset, end, _PIECE):
            yield bytes(view[start : min(start + _PIECE, end)])


def _unpack(view: memoryview, resource: WimResource) -> Iterator[bytes]:
    decoder: LzxDecoder | None = None
    left = resource.unpacked
    for start, end in _chunks(view, resource):
        size = min(resource.chunk_size, left)
        left -= size
        packed = view[start:end]
        if len(packed) == size:
            yield bytes(packed)
            continue
        if decoder is None:
            decoder = LzxDecoder(resource.chunk_size.bit_length() - 1, wim=True)
        try:
            chunk = decoder.decode(packed, size, offset=start)
        except CabError as error:
            raise WimError(error.reason, offset=error.offset) from error
        yield chunk


def _chunks(view: memoryview, resource: WimResource) -> Iterator[tuple[int, int]]:
    """Yield where each chunk starts and ends.

    The table holds the offset of every chunk but the first, counted from its
    own end.
    """
    chunk_size = resource.chunk_size
    count = -(-resource.unpacked // chunk_size)
    entry = _LONG if resource.unpacked > 0xFFFF_FFFF else _SHORT
    first = resource.offset + max(count - 1, 0) * entry.size
    end = resource.offset + resource.size
    if first + count > end:  # a chunk has one byte at the least
        raise WimError(
            f"{count} chunks do not fit into {resource.size} bytes",
            offset=resource.offset,
        )
    start, left = first, resource.unpacked
    for index in range(count):
        size = min(chunk_size, left)
        left -= size
        place = resource.offset + index * entry.size
        last = index == count - 1
        stop = end if last else first + entry.unpack_from(view, place)[0]
        if not start < stop <= min(start + size, end):
            raise WimError(
                f"a chunk from {start:#x} to {stop:#x} for {size} bytes", offset=place
            )
        yield start, stop
        start = stop
