"""Transforms of x64 code, function by function along the exception table."""

from array import array
from collections.abc import Iterator, MutableSequence

from builder.errors import LimitError
from builder.formats.pa30_image import EXCEPTION
from builder.formats.pa30_workspace import Workspace

_ENTRY = 12
_SIGN, _WRAP = 1 << 31, 1 << 32
_LONGEST = 15
# A table whose functions overlap could make the work quadratic.
_MOST_OVERLAP = 4

# What follows an opcode.  The low bits are the size of an immediate.
_MODRM, _REL32, _ADDRESS, _UNKNOWN, _GROUP, _WORD_OR_DOUBLE, _MOVE = (
    0x10,
    0x20,
    0x40,
    0x80,
    0x100,
    0x200,
    0x400,
)
_PREFIX_16, _PREFIX_ADDRESS, _PREFIX_OTHER, _WIDE = 1, 2, 4, 8


def _opcodes(text: str) -> list[int]:
    """Read a list such as "00-03 63"."""
    found: list[int] = []
    for part in text.split():
        low, _, high = part.partition("-")
        found.extend(range(int(low, 16), int(high or low, 16) + 1))
    return found


def _table(*rows: tuple[int, str]) -> MutableSequence[int]:
    table = array("i", [0] * 256)
    for kind, text in rows:
        for opcode in _opcodes(text):
            table[opcode] |= kind
    return table


_ONE = _table(
    (_MODRM, "00-03 08-0B 10-13 18-1B 20-23 28-2B 30-33 38-3B 63 69 6B"),
    (_MODRM, "80 81 83-8F C0 C1 C6 C7 D0-D3 D8-DF F6 F7 FE FF"),
    (1, "70-7F E0-E3 EB"),
    (_REL32 | 4, "E8 E9"),
    (_ADDRESS, "A0-A3"),
    (_UNKNOWN, "06 07 0E 16 17 1E 1F 27 2F 37 3F 60-62 82 9A 9E 9F C4 C5 CE"),
    # A prefix behind a REX prefix is none.
    (_UNKNOWN, "D4-D6 EA 40-4F 66 67 26 2E 36 3E 64 65 F0 F2 F3"),
    (1, "04 0C 14 1C 24 2C 34 3C 6A 6B 80 83 A8 B0-B7 C0 C1 C6 CD E4-E7"),
    (_WORD_OR_DOUBLE, "05 0D 15 1D 25 2D 35 3D 68 69 81 A9 C7"),
    (_MOVE, "B8-BF"),
    (2, "C2 CA"),
    (3, "C8"),
    (_GROUP | 1, "F6"),
    (_GROUP | _WORD_OR_DOUBLE, "F7"),
)
_TWO = _table(
    (_MODRM, "00-03 0D 0F 10-18 20-23 28-2F 40-76 7E 7F 90-9F A3-A5"),
    (_MODRM, "AB-AF B0-B7 B9-C7 D1-EF F1-FE"),
    (_REL32 | 4, "80-8F"),
    (_UNKNOWN, "0A 0C 19-1F 24-27 34-3F 78-7D A6 A7 B8 D0 F0 FF"),
    (1, "0F 70-73 A4 AC BA C2 C4-C6"),
)
# What follows a ModRM byte: a displacement of 1 or 4 bytes, behind a SIB byte
# perhaps; the displacement may be relative to the following instruction.
_SIB, _RELATIVE = 8, 16
_SHAPES = _table(
    (_SIB, "04 0C 14 1C 24 2C 34 3C 44 4C 54 5C 64 6C 74 7C"),
    (_SIB, "84 8C 94 9C A4 AC B4 BC"),
    (_RELATIVE | 4, "05 0D 15 1D 25 2D 35 3D"),
    (1, "40-7F"),
    (4, "80-BF"),
)
_PREFIXES = _table(
    (_PREFIX_16, "66"),
    (_PREFIX_ADDRESS, "67"),
    (_PREFIX_OTHER, "26 2E 36 3E 64 65 F0 F2 F3"),
)


def _immediate(kind: int, prefixes: int) -> int:
    """Return the size of an immediate, or of an address."""
    if kind & _ADDRESS:
        return 4 if prefixes & _PREFIX_ADDRESS else 8
    if kind & _MOVE and prefixes & _WIDE:
        return 8
    if kind & (_MOVE | _WORD_OR_DOUBLE):
        return 2 if prefixes & _PREFIX_16 else 4
    return kind & 15


def _measure_operands(
    code: bytearray, at: int, stop: int, kind: int, prefixes: int
) -> int:
    """Measure what follows an opcode, in the manner of `measure`."""
    field = at if kind & _REL32 else 0
    if kind & _MODRM:
        if at == stop:
            return at << 4
        modrm = code[at]
        at += 1
        shape = _SHAPES[modrm]
        if kind & _GROUP and modrm & 0x30:
            kind = 0
        if shape & _SIB:
            if at == stop:
                return at << 4
            if modrm < 0x40 and code[at] & 7 == 5:
                shape |= 4
            at += 1
        if at + (shape & 7) > stop:
            return at << 4
        field = at if shape & _RELATIVE else 0
        at += shape & 7
    size = _immediate(kind, prefixes)
    if at + size > stop:
        return at << 4
    at += size
    return at << 4 | (at - field if field else 0)


def measure(code: bytearray, at: int, end: int) -> int:
    """Measure the instruction at `at`.

    An unknown one ends behind its opcode; one that is cut off ends before
    the operand that has no room.

    Args:
        code: Holds at least the bytes from `at` to `end`.
        end: Of the function; at least `at` + 1.

    Returns:
        Where the instruction ends, times 16; added to it, how far in front
        of that end a 32-bit displacement from there lies, or 0 without one.
    """
    stop = min(end, at + _LONGEST)
    byte = code[at]
    at += 1
    prefixes = 0
    while _PREFIXES[byte]:
        prefixes |= _PREFIXES[byte]
        if at == stop:
            return at << 4
        byte = code[at]
        at += 1
    if byte & 0xF0 == 0x40:
        prefixes |= byte & _WIDE
        if at == stop:
            return at << 4
        byte = code[at]
        at += 1
    kind = _ONE[byte]
    if byte == 0x0F:
        if at == stop:
            return at << 4
        kind = _TWO[code[at]]
        at += 1
    if kind == 0 or kind & _UNKNOWN:
        return at << 4
    return _measure_operands(code, at, stop, kind, prefixes)


def _functions(work: Workspace) -> Iterator[int]:
    """Yield the file offsets of the exception table's entries."""
    rva, size = work.image.directory(EXCEPTION)
    start = work.offset(rva) if rva else -1
    if start >= 0:
        end = min(start + size, work.size) - _ENTRY
        yield from range(start, end + 1, _ENTRY)


def map_code(work: Workspace) -> None:
    """Move branches and RIP-relative operands of every function."""
    if not work.has_moves:
        return
    budget = _MOST_OVERLAP * work.size
    for entry in _functions(work):
        begin, end = work.u32(entry), work.u32(entry + 4)
        at = work.offset_in_file(begin)
        if at < 0 or begin >= end or not work.has(at, end - begin):
            continue
        budget -= end - begin
        if budget < 0:
            raise LimitError("the functions of an executable overlap")
        _map_function(work, at, at + end - begin, begin - at)


def _map_function(work: Workspace, at: int, end: int, delta: int) -> None:
    """Move one function; `delta` leads from file offsets to RVAs."""
    code, rift, steady = work.data, work.rift, work.steady
    reported = work.reported
    while at < end:
        if reported and work.owned[at]:
            at += 1
            continue
        measured = measure(code, at, end)
        if reported:
            measured = _stop_at_closed(work, at, measured)
        at = measured >> 4
        if measured & 15:
            field = at - (measured & 15)
            value = work.uint(field, 4)
            if value >= _SIGN:
                value -= _WRAP
            following = at + delta
            moved = rift.map(following + value) - steady.map(following)
            work.put(field, moved, 4)


def _stop_at_closed(work: Workspace, at: int, measured: int) -> int:
    """Return what was measured; less if it reaches into a closed byte."""
    closed = work.closed
    for index in range(at + 1, measured >> 4):
        if closed[index]:
            return index << 4
    return measured


def map_exception_table(work: Workspace) -> None:
    """Move the exception table and the handlers that unwind data names."""
    rva, size = work.image.directory(EXCEPTION)
    for entry in _functions(work):
        unwind = work.u32(entry + 8)
        at = work.offset_in_file(unwind)
        is_outside = not rva <= unwind < rva + size
        # Version (3 bits) and flags; a handler or a chained entry follows
        # the codes.  Source: x64 exception handling, UNWIND_INFO.
        if at >= 0 and is_outside and work.has(at, 4) and work.data[at] & 0x38:
            work.field(at + 4 + 4 * ((work.data[at + 2] + 1) // 2))
        for field in (0, 4, 8):
            work.field(entry + field)
