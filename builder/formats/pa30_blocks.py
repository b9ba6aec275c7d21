"""The code tables of the PA30 codec: blocks of the target, and their codes."""

from builder.errors import DeltaError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_huffman import HuffmanTable, build_table, default_table

_MAIN, _LENGTHS, _ALIGNED = 600, 256, 16
_ALL = _MAIN + _LENGTHS + _ALIGNED
_PRE_CODE = 39
_MOST_BLOCKS = 1024


class Block:
    """The codes in force from one position of the buffer on."""

    __slots__ = ("_codes", "_offset", "start")

    def __init__(self, start: int, codes: bytes, offset: int) -> None:
        self.start = start
        self._codes = codes
        self._offset = offset

    def tables(self) -> tuple[HuffmanTable, HuffmanTable, HuffmanTable]:
        """Build the tables: late, since a stream may name blocks it never uses.

        Returns:
            Those of the main symbols, of lengths, and of aligned distances.
        """
        codes, offset = self._codes, self._offset
        if not codes:
            return (
                default_table(_MAIN),
                default_table(_LENGTHS),
                default_table(_ALIGNED),
            )
        return (
            build_table(codes[:_MAIN], offset=offset),
            build_table(codes[_MAIN:-_ALIGNED], offset=offset),
            build_table(codes[-_ALIGNED:], offset=offset),
        )


def _run_length(reader: BitReader, index: int) -> int:
    return index + 1 if index < 3 else (1 << (index - 1)) + reader.bits(index - 1)


def _parse_lengths(reader: BitReader, pre_code: HuffmanTable, previous: bytes) -> bytes:
    """Read the code lengths of a block, told against the previous block's."""
    lengths = bytearray(_ALL)
    at = 0
    while at < _ALL:
        symbol = reader.symbol(pre_code)
        count = 1
        value = symbol
        if symbol > 22:
            count = _run_length(reader, (symbol - 23) % 8)
            if count > _ALL - at or (symbol < 31 and at == 0):
                raise DeltaError(
                    "code lengths overflow their table", offset=reader.offset()
                )
            if symbol > 30:
                lengths[at : at + count] = previous[at : at + count]
                at += count
                continue
            value = lengths[at - 1]
        elif symbol > 16:
            value = previous[at] + (symbol - 16 if symbol < 20 else 19 - symbol)
            if not 0 <= value <= 16:
                raise DeltaError("a code length is too long", offset=reader.offset())
        while count > 0:
            lengths[at] = value
            at += 1
            count -= 1
    reader.check()
    return bytes(lengths)


def parse_blocks(reader: BitReader) -> list[Block]:
    """Read the code tables; starts count the source, too."""
    offset = reader.offset()
    if reader.wide(1):
        return [Block(0, b"", offset)]
    count = reader.number()
    if not 1 <= count <= _MOST_BLOCKS:
        raise DeltaError(f"{count} blocks of codes", offset=offset)
    starts = []
    start = 0
    for _ in range(count):
        step = reader.number()
        start += step
        if step < 0 or start >= 1 << 62:
            raise DeltaError("a block starts nowhere", offset=reader.offset())
        starts.append(start)
    offset = reader.offset()
    pre_lengths = bytes([reader.bits(4) for _ in range(_PRE_CODE)])
    pre_code = build_table(pre_lengths, offset=offset)
    lengths = bytes(_ALL)
    blocks = []
    for start in starts:
        offset = reader.offset()
        lengths = _parse_lengths(reader, pre_code, lengths)
        blocks.append(Block(start, lengths, offset))
    return blocks
