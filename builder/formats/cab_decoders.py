"""Which decoder unpacks the blocks of a folder."""

from typing import Protocol

from builder.errors import CabError, UnsupportedError
from builder.formats.mszip import MszipDecoder
from builder.model.cabinet import Compression, Method


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


def decoder(compression: Compression) -> BlockDecoder:
    """Make the decoder of one folder.

    Raises:
        UnsupportedError: Nothing here decodes this compression.
    """
    match compression.method:
        case Method.NONE:
            return StoredDecoder()
        case Method.MSZIP:
            return MszipDecoder()
        case _:
            raise UnsupportedError(f"{compression} compression is not decoded")
