"""Data blocks of a cabinet folder: their chain, their bounds, their checksums."""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from builder.errors import CabError, UnsupportedError

# checksum, packed bytes, unpacked bytes.  Source: [MS-CAB], CFDATA.
CFDATA: Final = Struct("<I2H")

BLOCK: Final = 0x8000
"""Unpacked bytes of every block of a folder but the last."""

MAX_PACKED: Final = BLOCK + 6144
"""Packed bytes that a block may have: what makes room for bad compression."""

MAX_BLOCKS: Final = 0xFFFF
"""Blocks of one folder: its counter has 16 bits."""

# Each step folds a number onto its lower half; blocks have less than 64 KiB.
_HALVES: Final = tuple((1 << n, (1 << (1 << n)) - 1) for n in range(18, 4, -1))


class Block(NamedTuple):
    """One data block, as its header announces it.

    Attributes:
        entry: Offset of the CFDATA structure.
        start: Offset of the packed bytes.
        checksum: As written; 0 means that there is none.
    """

    entry: int
    start: int
    packed: int
    unpacked: int
    checksum: int


def walk_blocks(
    view: memoryview, *, first: int, count: int, reserve: int, end: int, stored: bool
) -> Iterator[Block]:
    """Yield the headers of a folder's data blocks, each within bounds.

    Args:
        view: The whole cabinet.
        first: Offset of the first block.
        count: Number of blocks.
        reserve: Bytes reserved in each CFDATA.
        end: Offset behind the last byte that a block may have.
        stored: The folder is not compressed.

    Raises:
        CabError: A block is cut off, its sizes cannot be, or a block in the
            middle is not full: readers disagree on the history after it.
        UnsupportedError: A block continues in another cabinet.

    Source: [MS-CAB], CFDATA.
    """
    offset = first
    for left in range(count, 0, -1):
        start = offset + CFDATA.size + reserve
        if start > end:
            raise CabError("the header of a data block is cut off", offset=offset)
        checksum, packed, unpacked = CFDATA.unpack_from(view, offset)
        if not 0 < packed <= MAX_PACKED:
            raise CabError(
                f"{packed} packed bytes; a block has 1 to {MAX_PACKED}",
                offset=offset + 4,
            )
        if unpacked == 0:
            raise UnsupportedError(
                "a data block continues in another cabinet: spanned sets are refused",
                offset=offset + 6,
            )
        if unpacked > BLOCK or (left > 1 and unpacked < BLOCK):
            raise CabError(
                f"{unpacked} unpacked bytes; a block has {BLOCK}, the last may have"
                " less",
                offset=offset + 6,
            )
        if stored and packed != unpacked:
            raise CabError(
                f"a stored block of {packed} bytes announces {unpacked}",
                offset=offset + 6,
            )
        if start + packed > end:
            raise CabError("a data block is cut off", offset=offset)
        yield Block(offset, start, packed, unpacked, checksum)
        offset = start + packed


def block_checksum(data: bytes | memoryview) -> int:
    """Fold less than 64 KiB into the 32 bits that CFDATA uses as a checksum.

    The sum of two runs is the exclusive or of their sums when the first one
    is a multiple of 4 bytes long.

    Source: [MS-CAB], CFDATA.csum; little-endian words, and a rest of one to
    three bytes that counts as one big-endian number.
    """
    whole = len(data) & ~3
    number = int.from_bytes(data[:whole], "little")
    for shift, mask in _HALVES:
        if number > mask:
            number = (number >> shift) ^ (number & mask)
    return number ^ int.from_bytes(data[whole:], "big")


def verify_block(view: memoryview, block: Block) -> None:
    """Compare the checksum of a block with its bytes; 0 is not compared.

    Producers disagree whether the reserved area of CFDATA is covered, so
    either reading will do.

    Raises:
        CabError: The bytes are not those that were summed.
    """
    if block.checksum == 0:
        return
    body = block_checksum(view[block.start : block.start + block.packed])
    sizes = block_checksum(view[block.entry + 4 : block.entry + 8])
    if body ^ sizes == block.checksum:
        return
    if body ^ block_checksum(view[block.entry + 4 : block.start]) == block.checksum:
        return
    raise CabError(
        f"the checksum is {body ^ sizes:#010x}, not {block.checksum:#010x}",
        offset=block.entry,
    )
