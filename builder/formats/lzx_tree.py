"""The Huffman codes of LZX as tables.

Source: [MS-PATCH], "Huffman Trees": canonical, complete codes of up to 16 bits.
"""

from array import array
from collections.abc import MutableSequence
from typing import Final

COMPILED: Final = not __file__.endswith((".py", ".pyc"))
# What begins with "_" is an integer of C in the compiled form.
_COMPILED: Final = COMPILED

# Stands in the first half of a table for "the code is longer".
LONGER: Final = 0xFFFF
_LONGER: Final = LONGER
# The longest code, in bits, and the bits that the first half of a table covers.
_DEEPEST, _WIDTH = 16, 12


def numbers(kind: str, values: list[int]) -> MutableSequence[int]:
    """Hold `values` in whatever the running form reads fastest."""
    return array(kind, values) if COMPILED else values


def _fill(table: MutableSequence[int], first: int, last: int, value: int) -> None:
    if not _COMPILED:
        values = [value] * (last - first)
        table[first:last] = values
        return
    for index in range(first, last):
        table[index] = value


class Tree:
    """A canonical Huffman code, as a table that is asked 16 bits at a time.

    Codes of up to `_WIDTH` bits stand in the first half, by their leading
    bits.  All longer codes come after them in canonical order, so the second
    half is asked with the 16 bits less `longer`.

    Attributes:
        depths: Bits of the code of each symbol, 0 where it has none.
        symbols: The table.
        widths: Bits of the code, for each place of the table.
        shift: 16 less the bits that the first half covers.
        longer: 16 bits less this are a place in the second half.
        empty: Whether no symbol has a code.
    """

    def __init__(self, codes: int) -> None:
        self.codes = codes
        self.depths = bytearray(codes)
        room = (1 << _WIDTH) + codes * (1 << (_DEEPEST - _WIDTH - 1))
        self.symbols = numbers("H", [0] * room)
        self.widths = numbers("H", [0] * room)
        self.starts = numbers("i", [0] * (_DEEPEST + 2))
        self.shift = 0
        self.longer = 0
        self.empty = True

    def clear(self) -> None:
        for symbol in range(self.codes):
            self.depths[symbol] = 0

    def build(self) -> bool:
        """Lay out the table; say whether the depths are a complete code or none."""
        starts = self.starts
        for depth in range(_DEEPEST + 2):
            starts[depth] = 0
        for symbol in range(self.codes):
            starts[self.depths[symbol] + 1] += 1
        starts[1] = 0
        deepest = 0
        for depth in range(1, _DEEPEST + 1):
            if starts[depth + 1]:
                deepest = depth
            starts[depth + 1] = starts[depth] + (
                starts[depth + 1] << (_DEEPEST - depth)
            )
        self.empty = deepest == 0
        if self.empty or starts[_DEEPEST + 1] != 1 << _DEEPEST:
            return self.empty
        width = min(deepest, _WIDTH)
        self.shift = _DEEPEST - width
        self.longer = starts[width + 1] - (1 << width)
        _fill(self.symbols, starts[width + 1] >> self.shift, 1 << width, _LONGER)
        self._place(width)
        return True

    def _place(self, width: int) -> None:
        starts, symbols, widths = self.starts, self.symbols, self.widths
        for symbol in range(self.codes):
            depth = self.depths[symbol]
            if depth == 0:
                continue
            first = starts[depth]
            last = first + (1 << (_DEEPEST - depth))
            starts[depth] = last
            if depth > width:
                first, last = first - self.longer, last - self.longer
            else:
                first, last = first >> self.shift, last >> self.shift
            _fill(symbols, first, last, symbol)
            _fill(widths, first, last, depth)
