"""Which decoder unpacks the blocks of a folder."""

from typing import Final, Protocol

from builder.errors import CabError, UnsupportedError
from builder.formats.lzx import LzxDecoder
from builder.formats.mszip import MszipDecoder
from builder.model.cabinet import Compression, Method

_DECODED: Final = (Method.NONE, Method.MSZIP, Method.LZX)


class BlockDecoder(Protocol):
    """Unpacks the blocks of one folder, in order."""

    def decode(self, block: bytes | memoryview, size: int) -> bytes:
        """Unpack the next block to exactly `size` bytes.

        Raises:
            CabError: The block is damaged; an offset counts from its start.
        """
        ...


class StoredDecoder:
    """Hands out blocks as they are."""

    __slots__ = ()

    def decode(self, block: bytes | memoryview, size: int) -> bytes:
        if len(block) != size:
            raise CabError(f"a stored block of {len(block)} bytes announces {size}")
        return bytes(block)


def check_decoded(compression: Compression) -> None:
    """Refuse by name what `decoder` makes no decoder for.

    Raises:
        UnsupportedError: Nothing here decodes this compression.
    """
    if compression.method not in _DECODED:
        raise UnsupportedError(f"{compression} compression is not decoded")


def decoder(compression: Compression) -> BlockDecoder:
    """Make the decoder of one folder.

    Raises:
        UnsupportedError: Nothing here decodes this compression.
    """
    check_decoded(compression)
    match compression.method:
        case Method.NONE:
            return StoredDecoder()
        case Method.MSZIP:
            return MszipDecoder()
        case Method.LZX:
            return LzxDecoder(compression.window_bits)
        case _:
            raise AssertionError(compression)
