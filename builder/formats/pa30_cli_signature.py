"""Types that signatures of managed metadata name, moved in place.

Source: ECMA-335, II.23.2; what the creator of deltas makes of it differs in
corners, as others report.
"""

from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_schema import FIELD, MEMBER_REF, TYPE_SPEC
from builder.formats.pa30_workspace import Workspace

_DEEPEST = 64
# Calling conventions.  Source: ECMA-335, II.23.2.1 to II.23.2.6.
_KIND, _IS_FIELD, _IS_LOCALS, _GENERIC = 0x0F, 6, 7, 0x10
# Element types.  Source: ECMA-335, II.23.1.16.
_VOID, _LAST_SIMPLE, _POINTER, _BY_REFERENCE = 0x01, 0x0E, 0x0F, 0x10
_VALUE_TYPE, _CLASS, _VARIABLE, _ARRAY = 0x11, 0x12, 0x13, 0x14
_GENERIC_INSTANCE, _TYPED_REFERENCE, _FUNCTION = 0x15, 0x16, 0x1B
_VECTOR, _METHOD_VARIABLE = 0x1D, 0x1E
# Typed references, native integers, objects.
_SIMPLE = (_TYPED_REFERENCE, 0x18, 0x19, 0x1C)
_NESTING = (_POINTER, _BY_REFERENCE, _VECTOR, _ARRAY, _GENERIC_INSTANCE)
_REQUIRED, _OPTIONAL, _SENTINEL, _PINNED = 0x1F, 0x20, 0x41, 0x45
_MARKS = (0, 0, 0x80, 0, 0xC0)
_TYPE_REF_TAG = 1


class Signature:
    """A walk along one signature, as far as it makes sense.

    Every step says whether the walk goes on.
    """

    __slots__ = ("at", "end", "moves", "reported", "work")

    def __init__(self, work: Workspace, at: int, end: int, moves: CliMap) -> None:
        """Take a signature without its length: from `at` to `end` in the file."""
        self.work = work
        self.at = at
        self.end = end
        self.moves = moves
        self.reported = work.reported

    def byte(self) -> int:
        """Read a byte; -1 at the end."""
        if self.at >= self.end:
            return -1
        self.at += 1
        return self.work.data[self.at - 1]

    def peek(self) -> int:
        """Return the next byte; -1 at the end."""
        return self.work.data[self.at] if self.at < self.end else -1

    def number(self) -> int:
        """Read a compressed number of 1, 2 or 4 bytes; -1 for nonsense."""
        first = self.peek()
        width = 1 if first < 0x80 else 2 if first < 0xC0 else 4
        if first < 0 or first >= 0xE0 or self.end - self.at < width:
            return -1
        value = first & (0x7F if width == 1 else 0x3F if width == 2 else 0x1F)
        for index in range(1, width):
            value = value << 8 | self.work.data[self.at + index]
        self.at += width
        return value

    def token(self) -> bool:
        """Move a type that the signature names."""
        start = self.at
        value = self.number()
        if value < 0:
            return False
        if self.reported and value & 3 == _TYPE_REF_TAG:
            # References are moved by the map of definitions.
            mapped = self.moves.coded(0, value & -4) | _TYPE_REF_TAG
        else:
            mapped = self.moves.coded(0, value)
        self.replace(start, mapped)
        return True

    def replace(self, start: int, value: int) -> None:
        """Write a number where another one was, if it has room there."""
        width = self.at - start
        needed = 1 if value < 0x80 else 2 if value < 0x4000 else 4
        if needed > width or value >= 1 << 29:
            return
        if needed < width and not self.reported:
            return  # it would have another width
        data = self.work.data
        for index in range(needed):
            data[start + index] = value >> 8 * (needed - 1 - index) & 0xFF
        data[start] |= _MARKS[needed]

    def modifiers(self) -> bool:
        """Move the custom modifiers that come next."""
        while self.peek() in (_REQUIRED, _OPTIONAL):
            self.at += 1
            if not self.token():
                return False
        return True

    def types(self, count: int, depth: int) -> bool:
        """Walk along `count` types; fewer than none make no sense."""
        for _ in range(count):
            if not self.one_type(depth):
                return False
        return count >= 0

    def one_type(self, depth: int) -> bool:
        """Walk along one type with all that belongs to it."""
        if depth >= _DEEPEST:
            return False
        while True:
            kind = self.byte()
            if kind in (_REQUIRED, _OPTIONAL):
                if not self.token():
                    return False
            elif kind not in (_SENTINEL, _PINNED) and not (
                self.reported and kind >> 4 == _SENTINEL >> 4
            ):
                return self.element(kind, depth)

    def element(self, kind: int, depth: int) -> bool:
        """Walk along what follows the element type of a type."""
        if kind in (_CLASS, _VALUE_TYPE):
            return self.token()
        if kind in (_VARIABLE, _METHOD_VARIABLE):
            return self.number() >= 0
        if kind == _FUNCTION:
            return not self.reported and self.method(depth + 1)
        if kind in _NESTING:
            return self.one_type(depth + 1) and self.trailer(kind, depth)
        return _VOID <= kind <= _LAST_SIMPLE or kind in _SIMPLE

    def trailer(self, kind: int, depth: int) -> bool:
        """Walk along what stands behind the type that an element type nests."""
        if kind == _ARRAY:
            return self.shape()
        # As reported, generic arguments are taken for whatever comes next.
        is_whole = kind != _GENERIC_INSTANCE or self.reported
        return is_whole or self.types(self.number(), depth + 1)

    def shape(self) -> bool:
        """Skip the shape of an array: its rank, sizes and lower bounds."""
        if self.number() < 0:
            return False
        for _ in range(2):
            count = self.number()
            for _ in range(count):
                if self.number() < 0:
                    return False
            if count < 0:
                return False
        return True

    def method(self, depth: int) -> bool:
        """Walk along the signature of a method, property, field or of locals."""
        convention = self.byte()
        if convention < 0:
            return False
        if self.reported:
            return self.method_reported(convention & _KIND, depth)
        if convention & _KIND == _IS_FIELD:
            return self.one_type(depth)
        if convention & _GENERIC and self.number() < 0:
            return False
        count = self.number()
        if count < 0:
            return False
        # All but locals start with what is returned.
        return self.types(count + (convention & _KIND != _IS_LOCALS), depth)

    def method_reported(self, convention: int, depth: int) -> bool:
        """Walk along a signature as the creator is reported to do.

        It does not skip the number of generic parameters, looks at the first
        local alone, and stays where nothing is returned.
        """
        if convention == _IS_FIELD:
            return self.peek() != _BY_REFERENCE and self.one_type(depth + 1)
        count = self.number()
        if count < 0:
            return False
        is_locals = convention == _IS_LOCALS
        count = min(count, 1) if is_locals else count + 1
        for _ in range(count):
            if not self.modifiers():
                return False
            if not is_locals and self.peek() in (_VOID, _TYPED_REFERENCE):
                return True
            if not self.one_type(depth + 1):
                return False
        return True


def map_signature(
    work: Workspace, heap: tuple[int, int], offset: int, table: int, moves: CliMap
) -> int:
    """Move the types in a signature.

    Args:
        heap: Place and size of #Blob in the file.
        offset: Of the signature in the heap.
        table: That refers to it, which tells what it is.

    Returns:
        The bytes that the signature has.
    """
    start, size = heap
    if offset >= size:
        return 0
    walk = Signature(work, start + offset, start + size, moves)
    length = walk.number()
    if not 0 <= length <= walk.end - walk.at:
        return 0
    walk.end = walk.at + length
    first = walk.peek()
    if table == TYPE_SPEC:
        if not walk.reported or first not in (_REQUIRED, _OPTIONAL):
            walk.one_type(0)
    elif walk.reported and (
        table == FIELD or (table == MEMBER_REF and first == _IS_FIELD)
    ):
        walk.at += 1
        walk.one_type(0)
    else:
        walk.method(0)
    return length
