"""The copy / insert codec of PA30 deltas.

Source and target form one buffer: the source, then the target as it grows.
A symbol is a literal byte, or a match: a slot that says how far back to copy
from, and a length.
"""

from array import array

from builder.errors import DeltaError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_huffman import HuffmanTable, build_table, default_table
from builder.formats.pa30_rift import Rift, parse_rift

_MAIN, _LENGTHS, _ALIGNED = 600, 256, 16
_ALL = _MAIN + _LENGTHS + _ALIGNED
_PRE_CODE = 39
_MOST_BLOCKS = 1024
_GROWTH = 1 << 20
# Runs up to this length are copied byte by byte: cheap once compiled.
_SHORT = 3 if __file__.endswith(".py") else 48
# Slots 0 to 2: bits of the number, and what is added to its magnitude.
_NEAR_BITS = (14, 16, 18)
_NEAR_BIAS = (0, 0x2000, 0xA000)


class _Block:
    """The codes in force from one position of the buffer on."""

    __slots__ = ("_offset", "aligned", "codes", "length", "main", "start")

    def __init__(self, start: int, codes: bytes, offset: int) -> None:
        self.start = start
        self.codes = codes
        self._offset = offset
        self.main = default_table(_MAIN)
        self.length = default_table(_LENGTHS)
        self.aligned = default_table(_ALIGNED)

    def build(self) -> None:
        """Build the tables: late, since a stream may name blocks it never uses."""
        if self.codes:
            codes, offset = self.codes, self._offset
            self.main = build_table(codes[:_MAIN], offset=offset)
            self.length = build_table(codes[_MAIN:-_ALIGNED], offset=offset)
            self.aligned = build_table(codes[-_ALIGNED:], offset=offset)


def _run_length(reader: BitReader, index: int) -> int:
    return index + 1 if index < 3 else (1 << (index - 1)) + reader.bits(index - 1)


def _parse_lengths(reader: BitReader, pre_code: HuffmanTable, previous: bytes) -> bytes:
    """Read the code lengths of a block, told against the previous block's."""
    lengths = bytearray()
    while len(lengths) < _ALL:
        symbol = reader.symbol(pre_code)
        at = len(lengths)
        if symbol < 17:
            lengths.append(symbol)
        elif symbol < 23:
            value = previous[at] + (symbol - 16 if symbol < 20 else 19 - symbol)
            if not 0 <= value <= 16:
                raise DeltaError("a code length is too long", offset=reader.offset())
            lengths.append(value)
        else:
            count = _run_length(reader, (symbol - 23) % 8)
            if count > _ALL - at or (symbol < 31 and at == 0):
                raise DeltaError(
                    "code lengths overflow their table", offset=reader.offset()
                )
            if symbol < 31:
                lengths += lengths[-1:] * count
            else:
                lengths += previous[at : at + count]
    reader.check()
    return bytes(lengths)


def _parse_blocks(reader: BitReader) -> list[_Block]:
    """Read the code tables; starts count the source, too."""
    offset = reader.offset()
    if reader.wide(1):
        return [_Block(0, b"", offset)]
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
        blocks.append(_Block(start, lengths, offset))
    return blocks


class _Codec:
    """The state of one run: buffer, position, codes, rift, last distances."""

    __slots__ = (
        "aligned",
        "blocks",
        "buffer",
        "end",
        "lengths",
        "main",
        "main_longer",
        "main_root",
        "next_block",
        "pos",
        "reader",
        "recent0",
        "recent1",
        "recent2",
        "rift_at",
        "rift_offsets",
        "rift_starts",
    )

    def __init__(
        self, reader: BitReader, buffer: bytearray, size: int, rift: Rift
    ) -> None:
        start = len(buffer)
        effective = _effective(parse_rift(reader), rift, start)
        self.reader = reader
        self.buffer = buffer
        self.pos = start
        self.end = start + size
        self.rift_starts = array("q", effective.starts)
        self.rift_offsets = array("q", effective.offsets)
        self.rift_at = 0
        self.recent0 = self.recent1 = self.recent2 = 0
        self.blocks = _parse_blocks(reader)
        self.next_block = 0
        self.use(_Block(0, b"", 0))

    def run(self) -> None:
        """Decode symbols until the target is full."""
        while self.pos < self.end:
            stop = self.enter_block()
            while self.pos < stop:
                symbol = self.literals(stop)
                if symbol >= 0:
                    self.match(symbol - 256)
                self.reader.check()

    def enter_block(self) -> int:
        """Put the block at the position in force; return where it ends."""
        at = self.next_block
        while at < len(self.blocks) and self.blocks[at].start <= self.pos:
            at += 1
        if at == 0:
            raise DeltaError("no codes are in force", offset=self.reader.offset())
        self.next_block = at
        block = self.blocks[at - 1]
        block.build()
        self.use(block)
        if at < len(self.blocks):
            return min(self.end, self.blocks[at].start)
        return self.end

    def use(self, block: _Block) -> None:
        """Take the codes of a block."""
        main = block.main
        self.main = main.entries
        self.main_longer = main.longer
        self.main_root = main.root
        self.lengths = block.length
        self.aligned = block.aligned

    def literals(self, stop: int) -> int:
        """Decode literals; return the first other symbol, or -1 without one.

        The reader's state lives in local variables here: this is the loop
        that decides about the speed of the whole.
        """
        if self.pos == len(self.buffer):
            self.grow(1)
        reader, table, longer = self.reader, self.main, self.main_longer
        root = self.main_root
        words, buffer, pos = reader.words, self.buffer, self.pos
        word, acc, count = reader.word, reader.accumulator, reader.count
        mask = (1 << root) - 1
        room = min(stop, len(buffer))
        last = len(words)
        symbol = -1
        while pos < room:
            if count < 32:
                if word == last:
                    break
                ahead = words[word]
                acc |= ahead << count
                word += 1
                count += 32
            entry = table[acc & mask]
            if entry < 0:
                start = -entry
                entry = longer[(start >> 5) + (acc >> root & (1 << (start & 31)) - 1)]
            acc >>= entry & 31
            count -= entry & 31
            symbol = entry >> 5
            if symbol > 255 or entry == 0:
                break
            buffer[pos] = symbol
            pos += 1
            symbol = -1
        reader.word, reader.accumulator, reader.count = word, acc, count
        self.pos = pos
        if symbol == 0:
            raise DeltaError("a code stands for no symbol", offset=reader.offset())
        return symbol

    def grow(self, size: int) -> None:
        """Make room for `size` bytes at the position, and for some more."""
        room = len(self.buffer)
        wanted = max(self.pos + size, room + min(max(_GROWTH, room // 2), 1 << 26))
        self.buffer.extend(bytes(min(wanted, self.end) - room))

    def match(self, symbol: int) -> None:
        """Copy what a symbol behind the literals stands for."""
        slot = symbol >> 3
        if slot == 3:
            self.follow(self.match_length(symbol & 7))
            return
        if slot > 6:
            distance = self.far(slot)
        elif slot == 4:
            distance = self.recent0
        elif slot == 5:
            distance = self.recent1
        elif slot == 6:
            distance = self.recent2
        else:
            distance = self.near(slot)
        length = self.match_length(symbol & 7)
        self.copy(distance, length)
        self.remember(distance)

    def near(self, slot: int) -> int:
        """Read a distance that is close to what the rift expects."""
        width = _NEAR_BITS[slot]
        value = self.reader.bits(width) - (1 << (width - 1))
        value += -_NEAR_BIAS[slot] if value < 0 else _NEAR_BIAS[slot]
        return value - self.rift_offset()

    def far(self, slot: int) -> int:
        """Read a distance as such, in the manner of LZX."""
        reader = self.reader
        number = slot - 7
        if number == 0:
            if reader.bits(1) == 0:
                number = 36 + reader.bits(2)
            elif reader.bits(1) == 0:
                number = 40 + reader.bits(3)
            else:
                number = 48 + reader.bits(4)
        if number <= 3:
            return number
        width = number // 2 - 1
        top = 2 + number % 2
        if width < 4:
            return (top << width) + reader.bits(width)
        high = (top << (width - 4)) + reader.bits(width - 4)
        return (high << 4) + reader.symbol(self.aligned)

    def match_length(self, small: int) -> int:
        """Read the rest of a match's length."""
        if small > 0:
            return small + 1
        reader = self.reader
        symbol = reader.symbol(self.lengths)
        if symbol > 0:
            return symbol + 8
        width = reader.zeros(23) + 8
        length = 1
        length = (length << width) + reader.bits(width)
        return length + 8

    def rift_offset(self) -> int:
        """Return what the rift adds at the position, which only grows."""
        starts = self.rift_starts
        at = self.rift_at + 1
        while at < len(starts) and starts[at] <= self.pos:
            at += 1
        self.rift_at = at - 1
        return self.rift_offsets[at - 1]

    def follow(self, length: int) -> None:
        """Copy along the rift, piece by piece; remember the first distance."""
        first = -self.rift_offset()
        while length > 0:
            offset = self.rift_offset()
            piece = length
            at = self.rift_at + 1
            if at < len(self.rift_starts):
                piece = min(piece, self.rift_starts[at] - self.pos)
            self.copy(-offset, piece)
            length -= piece
        self.remember(first)

    def remember(self, distance: int) -> None:
        """Move a distance to the front of the last three."""
        if distance == self.recent0:
            return
        if distance != self.recent1:
            self.recent2 = self.recent1
        self.recent1 = self.recent0
        self.recent0 = distance

    def copy(self, distance: int, length: int) -> None:
        """Append `length` bytes from `distance` back; they may overlap."""
        pos, buffer = self.pos, self.buffer
        if not 1 <= distance <= pos or length > self.end - pos:
            self.reader.check()
            place = "starts outside the buffer" if length <= self.end - pos else ""
            raise DeltaError(
                f"a match {place or 'ends behind the target'}",
                offset=self.reader.offset(),
            )
        if pos + length > len(buffer):
            self.grow(length)
        start = pos - distance
        if length <= _SHORT:
            for i in range(length):
                buffer[pos + i] = buffer[start + i]
        elif distance >= length:
            buffer[pos : pos + length] = buffer[start : start + length]
        else:
            pattern = buffer[start:pos] * (min(length, _GROWTH) // distance + 1)
            for at in range(pos, pos + length, len(pattern)):
                piece = min(pos + length - at, len(pattern))
                buffer[at : at + piece] = pattern[:piece]
        self.pos = pos + length


def _effective(base: Rift, rift: Rift, start: int) -> Rift:
    """Merge the rift of the stream with the caller's.

    Only what lies behind the start of the target counts: at the start
    itself the position in the source is 0.
    """
    pieces = [(start, -start)]
    for table in (base, rift):
        for at, offset in zip(table.starts, table.offsets, strict=True):
            if start < at < 1 << 62 and abs(offset) < 1 << 62:
                pieces.append((at, offset))
    return Rift(pieces)


def decode_patch(
    patch: BitReader, buffer: bytearray, size: int, *, rift: Rift
) -> bytearray:
    """Apply a patch to a source.

    Args:
        buffer: The source, which the target is appended to.
        size: Of the target, in bytes; the caller has bounded it.
        rift: Maps positions of the target, counted from the start of the
            buffer, to positions of the source.

    Returns:
        The target; `buffer` is used up.

    Raises:
        DeltaError: The patch is damaged, or does not fit the source.
        LimitError: A table is larger than any real one.
    """
    start = len(buffer)
    _Codec(patch, buffer, size, rift).run()
    del buffer[:start]
    return buffer
