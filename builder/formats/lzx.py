"""LZX, the compression of cabinets and of WIM images: packed frames to bytes.

One source runs in two forms: as it stands, and compiled by Cython with the C
types of the `.pxd` files.  `COMPILED` says which one is running.  The bounds
checks are on in both; whatever a stream asks for, a decoder holds two windows.

Source: [MS-PATCH], LZX DELTA without its extensions; "LZX Data Compression
Format" in the documents of the Cabinet SDK.  How WIM differs: observed.
"""

import struct
import sys
from array import array
from typing import Final

from builder.errors import CabError
from builder.formats.lzx_calls import restore_calls
from builder.formats.lzx_tree import LONGER, Tree, numbers

COMPILED: Final = not __file__.endswith((".py", ".pyc"))

# Bytes that one block of a cabinet unpacks to; only the last may hold fewer.
_FRAME: Final = 32768
# Position slots by the size of the window in bits.
_SLOTS: Final = {15: 30, 16: 32, 17: 34, 18: 36, 19: 38, 20: 42, 21: 50}
_MAIN_CODES: Final = 256 + 8 * 50
_LENGTH_CODES: Final = 249
_PRETREE_CODES: Final = 20
_ALIGNED_CODES: Final = 8
_VERBATIM, _ALIGNED, _UNCOMPRESSED = 1, 2, 3
# As an integer of C.
_LONGER: Final = LONGER
# The first position slot, as it stands in a symbol; three mean recent offsets.
_RECENT: Final = 32
# More extra bits than an offset has: it is a recent one.
_NO_EXTRA: Final = 99
_WIM_CALL_SIZE: Final = 12_000_000


def _repeat(out: bytearray, place: int, end: int, offset: int) -> None:
    """Copy byte by byte what lies `offset` back, even if it begins to exist here."""
    for index in range(place, end):
        out[index] = out[index - offset]


class LzxDecoder:
    """Decodes the blocks of one cabinet folder, in order, or chunks of a WIM.

    Args:
        window_bits: The size of the window, 15 to 21, as the folder says.
        wim: Take each block for a chunk of a WIM resource: nothing is carried
            from one to the next, a chunk may be as long as the window, and
            calls are translated as in a file of 12,000,000 bytes.

    Raises:
        CabError: The window has no such size.
    """

    def __init__(self, window_bits: int, *, wim: bool = False) -> None:
        if window_bits not in _SLOTS:
            raise CabError(f"LZX window of {window_bits} bits is not 15 to 21")
        self._window = 1 << window_bits
        self._main_codes = 256 + 8 * _SLOTS[window_bits]
        self._wim = wim
        self._history = bytearray(2 * self._window)
        self._out = self._history
        self._main = Tree(_MAIN_CODES)
        self._long = Tree(_LENGTH_CODES)
        self._low = Tree(_ALIGNED_CODES)
        self._pre = Tree(_PRETREE_CODES)
        self._ahead = numbers("I", [0])
        self._lay_out_slots()
        self._offset = 0
        self._ended = False
        self._restart()

    def _lay_out_slots(self) -> None:
        """Set, for each symbol of a match, its extra bits and its least offset."""
        extras, bases = [_NO_EXTRA] * 280, [0] * 280
        base = 1
        for slot in range(3, 50):
            extra = 0 if slot < 4 else min(slot // 2 - 1, 17)
            extras += [extra] * 8
            bases += [base] * 8
            base += 1 << extra
        self._extras = numbers("B", extras)
        self._bases = numbers("I", bases)

    def _restart(self) -> None:
        self._bit = self._base = self._limit = 0
        self._position = 0
        self._total = 0
        self._kind = 0
        self._left = 0
        self._odd = self._owed = 0
        self._begun = self._wim
        self._call_size = _WIM_CALL_SIZE if self._wim else 0
        self._recent0 = self._recent1 = self._recent2 = 1
        self._main.clear()
        self._long.clear()

    def decode(
        self, block: bytes | bytearray | memoryview, size: int, *, offset: int = 0
    ) -> bytes:
        """Unpack the next block, which holds `size` bytes.

        After an error, and after a frame of fewer than 32,768 bytes, a
        decoder takes no further block (chunks of a WIM are never the last).

        Args:
            block: The packed bytes of one CFDATA, or of one chunk.
            size: What the block must unpack to, in bytes.
            offset: Where the block begins in its file; errors count from it.

        Raises:
            CabError: The block is damaged, too short, or follows the last one.
        """
        most = self._window if self._wim else _FRAME
        if not 0 < size <= most:
            raise CabError(f"LZX block of {size} bytes, not 1 to {most}", offset=offset)
        if self._wim:
            self._restart()
        elif self._ended:
            raise CabError("LZX block follows the last one", offset=offset)
        self._ended = True
        self._offset = offset
        packed = bytes(block)
        self._look_at(packed, self._owed)
        self._owed = 0
        start = self._make_room(size)
        try:
            self._decode_frame(packed, start + size)
        except IndexError:
            # Only the view ahead can be shorter than what a stream asks for.
            raise self._wrong("block ends too early") from None
        frame = self._history[start : start + size]
        if self._call_size:
            restore_calls(frame, self._total, self._call_size)
        self._total += size
        self._ended = size < _FRAME
        return bytes(frame)

    def _look_at(self, packed: bytes, first: int) -> None:
        """See what is packed as 32 bits from each 16-bit word on, high bits first."""
        rest = packed[first:]
        words = array("H", rest + bytes(4 + (len(rest) & 1)))
        words.byteswap()
        stream = words.tobytes()
        count = len(words) - 1
        ahead = array("I", bytes(4 * count))
        ahead[0::2] = array("I", stream[: len(stream) & ~3])
        ahead[1::2] = array("I", stream[2 : 2 + (len(stream) - 2 & ~3)])
        if sys.byteorder == "little":
            ahead.byteswap()
        self._ahead = ahead if COMPILED else ahead.tolist()
        self._base, self._bit, self._limit = first, 0, 16 * (count - 1)

    def _make_room(self, size: int) -> int:
        """Keep one window of what came out; return where the next byte goes."""
        if self._position + size > 2 * self._window:
            keep = self._history[self._position - self._window : self._position]
            self._history[: self._window] = keep
            self._position = self._window
        return self._position

    def _decode_frame(self, packed: bytes, stop: int) -> None:
        if not self._begun:
            self._begun = True
            if self._take(1):
                high = self._take(16)
                self._call_size = high << 16 | self._take(16)
                if high >= 1 << 15:
                    raise self._wrong("size for call translation is beyond 2 GiB")
        while self._position < stop:
            if self._left == 0:
                self._begin_block(packed, stop - self._position)
            last = min(stop, self._position + self._left)
            self._left -= last - self._position
            if self._kind == _UNCOMPRESSED:
                self._copy_raw(packed, last)
            else:
                self._decode_tokens(last)
        if not self._wim:
            self._end_frame(len(packed))

    def _end_frame(self, size: int) -> None:
        used = (self._bit + 15 >> 4) * 2
        if self._kind == _UNCOMPRESSED and self._left:
            used = self._bit >> 3
        used += self._base
        if used < size:
            raise self._wrong(f"block holds {size - used} bytes more than its frame")
        if used > size + self._owed:
            raise self._wrong("block ends too early")

    def _wrong(self, reason: str) -> CabError:
        place = self._offset + self._base + (self._bit >> 4) * 2
        return CabError(f"LZX {reason}", offset=place)

    def _take(self, count: int) -> int:
        """Read up to 17 bits."""
        if self._bit + count > self._limit:
            raise self._wrong("block ends too early")
        word = self._ahead[self._bit >> 4]
        value = word >> (32 - count - (self._bit & 15)) & ((1 << count) - 1)
        self._bit += count
        return value

    def _begin_block(self, packed: bytes, most: int) -> None:
        kind = self._take(3)
        if not _VERBATIM <= kind <= _UNCOMPRESSED:
            raise self._wrong(f"block has the unknown type {kind}")
        self._kind = kind
        self._left = self._take_length(most)
        if kind == _UNCOMPRESSED:
            self._begin_raw(packed)
            return
        if kind == _ALIGNED:
            for symbol in range(_ALIGNED_CODES):
                self._low.depths[symbol] = self._take(3)
            self._build(self._low, "aligned offset tree")
        self._read_depths(self._main, 0, 256)
        self._read_depths(self._main, 256, self._main_codes)
        self._build(self._main, "main tree")
        self._read_depths(self._long, 0, _LENGTH_CODES)
        if not self._long.build():
            raise self._wrong("length tree is not a complete code")

    def _take_length(self, most: int) -> int:
        """Read how many bytes the block unpacks to."""
        if not self._wim:
            high = self._take(8)
            return high << 16 | self._take(16)
        length = _FRAME
        if not self._take(1):
            length = self._take(16)
            if self._window > 1 << 15:
                length = length << 8 | self._take(8)
        if length > most:
            raise self._wrong(f"block of {length} bytes is longer than its chunk")
        return length

    def _begin_raw(self, packed: bytes) -> None:
        """Skip to the next word, over a whole one if there already; read offsets."""
        first = self._base + ((self._bit >> 4) + 1) * 2
        if first + 12 > len(packed):
            raise self._wrong("block ends too early")
        offsets = struct.unpack_from("<3I", packed, first)
        # What no match may use becomes what every match refuses.
        beyond = 4 * self._window
        self._recent0, self._recent1, self._recent2 = [
            offset if 0 < offset <= self._window else beyond for offset in offsets
        ]
        self._odd = self._left & 1
        self._bit = (first + 12 - self._base) * 8

    def _copy_raw(self, packed: bytes, last: int) -> None:
        size = last - self._position
        first = self._base + (self._bit >> 3)
        if first + size > len(packed):
            raise self._wrong("block ends too early")
        self._history[self._position : last] = packed[first : first + size]
        self._position = last
        self._bit += size * 8
        if self._left == 0:
            # One byte follows an odd block, be it in the next frame.  Bits go on
            # where bytes end: at an odd place, perhaps, of a later frame.
            first += size + self._odd
            self._owed = int(first > len(packed))
            if first & 1 != self._base:
                self._look_at(packed, first & 1)
            self._bit = (first - self._base) * 8

    def _build(self, tree: Tree, name: str) -> None:
        if not tree.build() or tree.empty:
            raise self._wrong(f"{name} is not a complete code")

    def _symbol(self, tree: Tree) -> int:
        """Read one code of a tree that is not empty."""
        code = self._ahead[self._bit >> 4] >> (16 - (self._bit & 15)) & 0xFFFF
        index = code >> tree.shift
        symbol = tree.symbols[index]
        if symbol == _LONGER:
            index = code - tree.longer
            symbol = tree.symbols[index]
        self._bit += tree.widths[index]
        return symbol

    def _read_depths(self, tree: Tree, first: int, last: int) -> None:
        """Read the code lengths of some symbols, as changes to the former ones."""
        pre, depths = self._pre, tree.depths
        for symbol in range(_PRETREE_CODES):
            pre.depths[symbol] = self._take(4)
        self._build(pre, "pretree")
        while first < last:
            code = self._symbol(pre)
            run = 1
            if code == 17:
                run = 4 + self._take(4)
            elif code == 18:
                run = 20 + self._take(5)
            elif code == 19:
                run = 4 + self._take(1)
                code = self._symbol(pre)
                if code > 16:
                    raise self._wrong("code lengths repeat what is none")
            if first + run > last:
                raise self._wrong("code lengths run past their part of the tree")
            depth = (depths[first] + 17 - code) % 17 if code <= 16 else 0
            for symbol in range(first, first + run):
                depths[symbol] = depth
            first += run

    def _long_length(self) -> int:
        if self._long.empty:
            raise self._wrong("match uses an empty length tree")
        return self._symbol(self._long)

    def _aligned_bits(self, extra: int) -> int:
        """Read the `extra` low bits of an offset, the last three as a code."""
        high = self._ahead[self._bit >> 4]
        high = high >> (35 - extra - (self._bit & 15)) & ((1 << extra - 3) - 1)
        self._bit += extra - 3
        return high << 3 | self._symbol(self._low)

    def _decode_tokens(self, last: int) -> None:
        """Decode the literals and matches of one block up to the place `last`."""
        # Longer than a function should be: with a call for each match, both
        # forms lose a fifth of their speed.
        ahead, history, out = self._ahead, self._history, self._out
        symbols, widths, longer = (
            self._main.symbols,
            self._main.widths,
            self._main.longer,
        )
        top, mask = 16 + self._main.shift, 0xFFFF >> self._main.shift
        extras, bases, plain = (
            self._extras,
            self._bases,
            3 if self._kind == _ALIGNED else 18,
        )
        position, bit, compiled = self._position, self._bit, COMPILED
        while position < last:
            index = ahead[bit >> 4] >> (top - (bit & 15)) & mask
            symbol = symbols[index]
            if symbol == _LONGER:
                index = (ahead[bit >> 4] >> (16 - (bit & 15)) & 0xFFFF) - longer
                symbol = symbols[index]
            bit += widths[index]
            if symbol < 256:
                out[position] = symbol
                position += 1
                continue
            length, extra = (symbol & 7) + 2, extras[symbol]
            if length == 9:
                self._bit = bit
                length += self._long_length()
                bit = self._bit
            if extra < plain:
                word = ahead[bit >> 4] >> (32 - extra - (bit & 15))
                offset = bases[symbol] + (word & ((1 << extra) - 1))
                bit += extra
                self._recent2, self._recent1 = self._recent1, self._recent0
                self._recent0 = offset
            else:
                self._bit = bit
                offset = self._other_offset(symbol)
                bit = self._bit
            end = position + length
            if offset > position or end > last:
                self._bit = bit
                raise self._wrong("match leaves the window or its block")
            if compiled:
                _repeat(out, position, end, offset)
            elif length <= offset:
                history[position:end] = history[position - offset : end - offset]
            else:
                piece = history[position - offset : position]
                history[position:end] = (piece * (length // offset + 1))[:length]
            position = end
        self._position, self._bit = position, bit
        if bit > self._limit:
            raise self._wrong("block ends too early")

    def _other_offset(self, symbol: int) -> int:
        """Take a recent offset or one whose last bits are a code; put it first."""
        slot, offset = symbol >> 3, self._recent0
        if slot == _RECENT + 1:
            offset, self._recent1 = self._recent1, offset
        elif slot == _RECENT + 2:
            offset, self._recent2 = self._recent2, offset
        elif slot != _RECENT:
            offset = self._bases[symbol] + self._aligned_bits(self._extras[symbol])
            self._recent2, self._recent1 = self._recent1, self._recent0
        self._recent0 = offset
        return offset
