"""Canonical prefix codes of PA30 deltas.

The longest codes get the smallest values, and a code is transmitted with its
most significant bit first: the mirror image of what deflate does.
"""

from array import array
from collections.abc import MutableSequence, Sequence
from functools import cache

from builder.errors import DeltaError

_COMPILED = not __file__.endswith((".py", ".pyc"))
_LONGEST = 16
# One number, in whatever the running form reads fastest.
_ZERO: "array[int] | list[int]" = array("i", (0,)) if _COMPILED else [0]


def _zeros(count: int) -> MutableSequence[int]:
    return _ZERO * count


class HuffmanTable:
    """A prefix code, ready to be looked up by the next bits of a stream.

    Attributes:
        entries: By the next bits, the symbol times 32 plus the length of its
            code in bits; 0 is a code that does not exist.
        root: Bits that index the entries: the length of the longest code.
    """

    __slots__ = ("entries", "root")

    def __init__(self, entries: Sequence[int], root: int) -> None:
        self.entries = entries
        self.root = root


def _count(lengths: bytes, *, offset: int) -> MutableSequence[int]:
    """Count the codes of each length, or refuse an incomplete code."""
    counts = _zeros(_LONGEST + 1)
    for length in lengths:
        counts[length] += 1
    used = filled = 0
    for length in range(1, _LONGEST + 1):
        used += counts[length]
        filled += counts[length] << (_LONGEST - length)
    if filled != 1 << _LONGEST and not (used == counts[1] <= 1):
        raise DeltaError("a prefix code is not complete", offset=offset)
    return counts


def _sort(lengths: bytes, counts: Sequence[int]) -> MutableSequence[int]:
    """Sort symbols by the length of their codes: long ones first, unused ones last."""
    places = _zeros(_LONGEST + 1)
    place = 0
    for length in range(_LONGEST, -1, -1):
        places[length] = place
        place += counts[length]
    ordered = _zeros(place)
    for symbol in range(place):
        length = lengths[symbol]
        ordered[places[length]] = symbol
        places[length] += 1
    return ordered


def _fill(
    entries: MutableSequence[int], first: int, last: int, step: int, value: int
) -> None:
    if not _COMPILED:
        values = [value] * len(range(first, last, step))
        entries[first:last:step] = values
        return
    while first < last:
        entries[first] = value
        first += step


def build_table(lengths: bytes, *, offset: int) -> HuffmanTable:
    """Build the code whose symbols have these lengths, 0 for unused ones.

    One symbol of length 1 is a legal code (it occurs); so is no symbol at
    all, as long as nobody asks for one.

    Args:
        lengths: 0 to 16, by symbol.
        offset: Of the lengths in the delta, for errors.

    Raises:
        DeltaError: The code is neither complete nor one of the exceptions.
    """
    counts = _count(lengths, offset=offset)
    ordered = _sort(lengths, counts)
    used = len(lengths) - counts[0]
    root = lengths[ordered[0]] or 1
    size = 1 << root
    entries = _zeros(size)
    # Codes as they are read: the first bit of a code is the lowest one.
    code = 0
    for index in range(used):
        symbol = ordered[index]
        length = lengths[symbol]
        _fill(entries, code, size, 1 << length, symbol << 5 | length)
        # Count up, from the highest bit on.  A shorter code follows with no
        # change: the bits that it does without are zeros.
        bit = 1 << (length - 1)
        while code & bit:
            code ^= bit
            bit >>= 1
        code |= bit
    return HuffmanTable(entries, root)


@cache
def default_table(symbols: int) -> HuffmanTable:
    """Return the code of streams without code tables: nearly equal lengths."""
    bits = (symbols - 1).bit_length()
    short = (1 << bits) - symbols
    lengths = bytes([bits - 1]) * short + bytes([bits]) * (symbols - short)
    return build_table(lengths, offset=0)
