"""MSZIP: deflate in blocks of 32 KiB that may refer to the block before."""

import zlib
from collections.abc import Callable
from typing import Final, Protocol

from builder.errors import CabError, PlanError
from builder.model.cabinet import Deflate

DEFAULT_LEVEL: Final = 6
"""Level 9 makes 0.4 % smaller files of libraries, five times slower."""

_MARK: Final = b"CK"
_WINDOW: Final = 0x8000
# A deflate stream of one stored block: final bit, type 0, length, complement.
_STORED_HEADER: Final = 5


class MszipDecoder:
    """Decodes the blocks of one folder, in order."""

    __slots__ = ("_history",)

    def __init__(self) -> None:
        self._history = b""

    def decode(self, block: bytes | memoryview, size: int) -> bytes:
        """Unpack the next block to exactly `size` bytes, at most 32 KiB.

        Raises:
            CabError: No CK mark, a broken deflate stream, another size, or
                bytes after the stream.  The offset counts from the block.

        Source: [MS-MCI], 2.1; RFC 1951.
        """
        if bytes(block[:2]) != _MARK:
            raise CabError(f"a block starts with {bytes(block[:2])!r}, not b'CK'")
        stream = zlib.decompressobj(-zlib.MAX_WBITS, self._history)
        try:
            # One byte more than allowed, so that the end of the stream is read.
            chunk = stream.decompress(block[2:], size + 1)
        except zlib.error as error:
            raise CabError(f"the deflate stream is broken: {error}") from error
        if len(chunk) != size:
            seen = "more than" if len(chunk) > size else f"{len(chunk)}, not"
            raise CabError(f"a block unpacks to {seen} {size} bytes")
        if not stream.eof:
            raise CabError("the deflate stream does not end in its block")
        if stream.unused_data:
            raise CabError(
                f"{len(stream.unused_data)} bytes after the deflate stream",
                offset=len(block) - len(stream.unused_data),
            )
        if size < _WINDOW:
            self._history = (self._history + chunk)[-_WINDOW:]
        else:
            self._history = chunk
        return chunk


class Compressor(Protocol):
    """One deflate stream, as both libraries give it."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


StartCompressor = Callable[..., Compressor]
"""`zlib.compressobj`, or what takes the same arguments."""


def compressor_of(library: Deflate) -> StartCompressor:
    """Return what starts a deflate stream.

    Raises:
        PlanError: The library is not installed.
    """
    if library is Deflate.ZLIB:
        return zlib.compressobj
    try:
        from zlib_ng import zlib_ng  # noqa: PLC0415 - optional
    except ImportError as error:
        raise PlanError(
            "zlib-ng is not installed; see: pip install 'hotfix-builder[zlib-ng]'"
        ) from error
    return zlib_ng.compressobj


def encode_block(
    block: bytes,
    *,
    history: bytes = b"",
    level: int = DEFAULT_LEVEL,
    start: StartCompressor = zlib.compressobj,
) -> bytes:
    """Pack at most 32 KiB into one MSZIP block, never above 7 bytes more.

    Args:
        block: What to pack.
        history: The unpacked block before it in the folder, or nothing.
        level: Of zlib, 1 to 9.
        start: Of `compressor_of`.

    Source: [MS-MCI], 2.1; RFC 1951, 3.2.4 for the stored block.
    """
    if history:
        stream = start(
            level, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, 0, history
        )
    else:
        stream = start(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = stream.compress(block) + stream.flush()
    if len(packed) > _STORED_HEADER + len(block):
        length = len(block)
        header = b"\1" + length.to_bytes(2, "little")
        packed = header + (length ^ 0xFFFF).to_bytes(2, "little") + block
    return _MARK + packed
