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
_SIZE = array("i").itemsize
# Bits that one look-up in the first table consumes at most.
_ROOT = 10


def _zeros(count: int) -> MutableSequence[int]:
    """Return numbers in whatever the running form reads fastest."""
    return array("i", bytes(_SIZE * count)) if _COMPILED else [0] * count


class HuffmanTable:
    """A prefix code, ready to be looked up by the next bits of a stream.

    An entry is the symbol times 32 plus the length of its code in bits; 0 is
    a code that does not exist.  A negative entry -(start * 32 + bits) sends
    the reader to a second table, which starts there and is indexed by the bits
    behind the root.

    Attributes:
        entries: The first table, of 2**root entries.
        longer: The second tables, one after the other, from 1 on.
        root: Bits that index the first table.
    """

    __slots__ = ("entries", "longer", "root")

    def __init__(
        self, entries: Sequence[int], longer: Sequence[int], root: int
    ) -> None:
        self.entries = entries
        self.longer = longer
        self.root = root


def _first_codes(lengths: bytes, *, offset: int) -> MutableSequence[int]:
    """Return the smallest code of each length, or refuse an incomplete code."""
    counts = _zeros(_LONGEST + 1)
    for length in lengths:
        counts[length] += 1
    first = _zeros(_LONGEST + 1)
    used = filled = code = 0
    for length in range(_LONGEST, 0, -1):
        first[length] = code
        code = (code + counts[length]) // 2
        used += counts[length]
        filled += counts[length] << (_LONGEST - length)
    if filled != 1 << _LONGEST and not (used == counts[1] <= 1):
        raise DeltaError("a prefix code is not complete", offset=offset)
    return first


def _reverse(code: int, length: int) -> int:
    """Turn a code round: its first bit becomes the lowest one."""
    if not _COMPILED:
        return int(f"{code:0{length}b}"[::-1], 2)
    turned = 0
    for _ in range(length):
        turned = turned << 1 | code & 1
        code >>= 1
    return turned


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
    codes = _first_codes(lengths, offset=offset)
    root = min(max(lengths) or 1, _ROOT)
    entries = _zeros(1 << root)
    turned = _zeros(len(lengths))
    # Bits behind the root, by what they follow.
    widths = _zeros(1 << root)
    mask = (1 << root) - 1
    for symbol in range(len(lengths)):
        length = lengths[symbol]
        if length == 0:
            continue
        code = _reverse(codes[length], length)
        codes[length] += 1
        turned[symbol] = code
        if length <= root:
            _fill(entries, code, 1 << root, 1 << length, symbol << 5 | length)
        elif widths[code & mask] < length - root:
            widths[code & mask] = length - root
    longer = _second_tables(entries, root, widths, lengths, turned)
    return HuffmanTable(entries, longer, root)


def _second_tables(
    entries: MutableSequence[int],
    root: int,
    widths: MutableSequence[int],
    lengths: bytes,
    turned: MutableSequence[int],
) -> MutableSequence[int]:
    """Lay out the second tables, and send readers of the first one there."""
    size = 1
    for prefix in range(1 << root):
        width = widths[prefix]
        if width:
            entries[prefix] = -(size << 5 | width)
            size += 1 << width
    longer = _zeros(size)
    if size == 1:
        return longer
    mask = (1 << root) - 1
    for symbol in range(len(lengths)):
        length = lengths[symbol]
        if length > root:
            code = turned[symbol]
            first = -entries[code & mask] >> 5
            last = first + (1 << widths[code & mask])
            step = 1 << (length - root)
            _fill(longer, first + (code >> root), last, step, symbol << 5 | length)
    return longer


@cache
def default_table(symbols: int) -> HuffmanTable:
    """Return the code of streams without code tables: nearly equal lengths."""
    bits = (symbols - 1).bit_length()
    short = (1 << bits) - symbols
    lengths = bytes([bits - 1]) * short + bytes([bits]) * (symbols - short)
    return build_table(lengths, offset=0)
