"""The bit stream of PA30 deltas: least significant bit first.

A stream starts with three bits: the number of unused high bits in its last
byte.  The stream of a nested buffer is a stream of its own.
"""

import sys
from array import array

from builder.errors import DeltaError
from builder.formats.pa30_huffman import HuffmanTable

_CUT = "the bit stream ends inside a value"


class BitReader:
    """A position in a bit stream.

    The codec's loop takes `accumulator`, `count` and `word` into local
    variables and puts them back; nobody else does.

    Attributes:
        data: The bytes of the stream.
        base: Offset of the first byte in the delta, for errors.
        words: The stream as 32-bit words, and two words of zeros.
        word: Index of the next word.
        accumulator: Bits that were taken out of the words already.
        count: How many these are.
        end: Usable bits of the stream.
    """

    __slots__ = ("accumulator", "base", "count", "data", "end", "word", "words")

    def __init__(self, data: bytes, *, base: int) -> None:
        if not data:
            raise DeltaError("a bit stream of no bytes", offset=base)
        words = array("I")
        words.frombytes(data + bytes(-len(data) % 4 + 8))
        if sys.byteorder == "big":
            words.byteswap()
        self.data = data
        self.base = base
        self.words = words
        self.word = 0
        self.accumulator = 0
        self.count = 0
        self.end = 8 * len(data)
        self.end -= self.bits(3)
        self.check()

    def position(self) -> int:
        """Return how many bits were read, the three of the prefix included."""
        return self.word * 32 - self.count

    def offset(self) -> int:
        """Return the offset in the delta of the byte that is read next."""
        return self.base + min(self.position() // 8, len(self.data))

    def check(self) -> None:
        """Refuse to have read behind the last usable bit."""
        if self.position() > self.end:
            raise DeltaError(_CUT, offset=self.offset())

    def refill(self) -> None:
        """Have at least 32 bits in the accumulator, zeros behind the end."""
        if self.count < 32:
            if self.word >= len(self.words):
                raise DeltaError(_CUT, offset=self.offset())
            ahead = self.words[self.word]
            self.accumulator |= ahead << self.count
            self.word += 1
            self.count += 32

    def bits(self, count: int) -> int:
        """Read up to 32 bits as an unsigned number; the caller checks the end."""
        self.refill()
        one = 1
        value = self.accumulator & ((one << count) - 1)
        self.accumulator >>= count
        self.count -= count
        return value

    def wide(self, count: int) -> int:
        """Read up to 64 bits as an unsigned number."""
        if count <= 32:
            value = self.bits(count)
        else:
            value = self.bits(32)
            value |= self.bits(count - 32) << 32
        self.check()
        return value

    def zeros(self, most: int) -> int:
        """Read zero bits and the one bit behind them; return how many zeros."""
        count = 0
        while self.bits(1) == 0:
            count += 1
            if count > most:
                self.check()
                raise DeltaError("a number is too long", offset=self.offset())
        return count

    def number(self) -> int:
        """Read a number of up to 64 bits; one of 64 bits has a sign."""
        nibbles = self.zeros(15) + 1
        value = self.wide(4 * nibbles)
        return value - (1 << 64) if value >> 63 else value

    def symbol(self, table: HuffmanTable) -> int:
        """Read a symbol; the caller checks the end."""
        self.refill()
        entry = table.entries[self.accumulator & ((1 << table.root) - 1)]
        if entry < 0:
            rest = (self.accumulator >> table.root) & ((1 << (-entry & 31)) - 1)
            entry = table.longer[(-entry >> 5) + rest]
        if entry == 0:
            raise DeltaError("a code stands for no symbol", offset=self.offset())
        self.accumulator >>= entry & 31
        self.count -= entry & 31
        return entry >> 5

    def buffer(self) -> "BitReader | None":
        """Read a nested stream; None where the buffer is empty."""
        start = self.offset_of_buffer()
        size = self.position() // 8 - start
        if size == 0:
            return None
        return BitReader(self.data[start : start + size], base=self.base + start)

    def block(self) -> bytes:
        """Read a buffer of plain bytes."""
        start = self.offset_of_buffer()
        return self.data[start : self.position() // 8]

    def offset_of_buffer(self) -> int:
        """Skip a buffer: its size, the rest of the byte, its bytes.

        Returns:
            Where the bytes start in `data`.
        """
        size = self.number()
        start = (self.position() + 7) // 8
        if not 0 <= size <= self.end // 8 - start:
            raise DeltaError("a buffer is longer than the delta", offset=self.offset())
        self.seek(8 * (start + size))
        return start

    def seek(self, position: int) -> None:
        """Go to a bit, counted from the start of the stream."""
        self.word = position // 32
        self.accumulator = 0
        self.count = 0
        self.bits(position % 32)
        self.check()
