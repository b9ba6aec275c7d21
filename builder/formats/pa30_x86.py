"""Transforms of x86 code: calls and jumps, found without disassembling."""

import re
from collections.abc import Iterator

from builder.errors import LimitError
from builder.formats.pa30_image import Section
from builder.formats.pa30_workspace import Workspace

_COMPILED = not __file__.endswith((".py", ".pyc"))
_JUMP = re.compile(rb"\xe9|\x0f[\x80-\x8f]", re.DOTALL)
_SIGN = 1 << 31
_WRAP = 1 << 32


def _raw(section: Section) -> int:
    return section.raw


def mark_data(work: Workspace) -> None:
    """Own what is not code: a jump does not lead there.

    As reported, jumps may lead to the padding of a section of code as well.
    """
    at = 0
    for section in sorted(work.image.sections, key=_raw):
        if section.is_executable:
            work.own(at, section.raw - at)
            end = section.code_end
            if work.reported:
                end = section.raw + section.raw_size
            at = max(at, end)
    work.own(at, work.size - at)


def _accepts(work: Workspace, rva: int) -> bool:
    """Whether a branch may lead to an RVA: to code that nothing else owns."""
    if not 0 < rva < work.image_size:
        return False
    at = work.offset_in_file(rva)
    return 0 <= at < work.size and not work.flags[at]


def _signed(value: int) -> int:
    value &= _WRAP - 1
    return value - _WRAP if value >= _SIGN else value


def _map_branch(work: Workspace, opcode: int, delta: int) -> int:
    """Return the new displacement of a branch; `_WRAP` where it is none."""
    if work.is_owned(opcode, 5):
        return _WRAP
    following = opcode + 5 + delta
    target = (following + work.u32(opcode + 1)) & (_WRAP - 1)
    if not _accepts(work, target):
        return _WRAP
    return _signed(work.rift.map(target) - work.steady.map(following))


def _code(work: Workspace) -> Iterator[tuple[Section, int, int]]:
    """Yield sections of code, and where their bytes start and end."""
    budget = work.size
    for section in work.image.sections:
        if section.is_executable:
            end = min(section.code_end, work.size)
            budget -= max(end - section.raw, 0)
            if budget < 0:
                raise LimitError("the sections of an executable overlap")
            yield section, section.raw, end


def _find_jump(code: bytearray, at: int, end: int) -> int:
    """Return where the next jump starts, or `end`."""
    if not _COMPILED:
        found = _JUMP.search(code, at, end)
        return found.start() if found else end
    while at < end:
        byte = code[at]
        if byte == 0xE9:
            return at
        if byte == 0x0F and at + 1 < end and code[at + 1] & 0xF0 == 0x80:
            return at
        at += 1
    return end


def _find_call(code: bytearray, at: int, end: int) -> int:
    """Return where the next call starts, or `end`."""
    if not _COMPILED:
        place = code.find(0xE8, at, end) if at < end else -1
        return end if place < 0 else place
    while at < end and code[at] != 0xE8:
        at += 1
    return min(at, end)


def _map_jump(work: Workspace, at: int, end: int, delta: int) -> int:
    """Move the jump at `at`, if it is one; return where to look next."""
    opcode = at if work.raw[at] == 0xE9 else at + 1
    # As reported, a jump that ends with its section stays.
    if opcode + 5 + work.reported > end or -128 <= _signed(work.u32(opcode + 1)) <= 127:
        return at + 1
    new = _map_branch(work, opcode, delta)
    if new == _WRAP:
        return at + 1
    is_short = -128 <= new <= 127
    if is_short and at == opcode:
        work.raw[at] = 0xEB
        work.raw[at + 1] = new & 0xFF
    elif is_short and not work.flags[at]:
        work.raw[at] = work.raw[opcode] - 0x10
        work.raw[at + 1] = new & 0xFF
    else:
        work.put(opcode + 1, new, 4)
    return opcode + 5


def map_jumps(work: Workspace) -> None:
    """Move jumps; one that becomes short takes the short form."""
    for section, start, end in _code(work):
        at = _find_jump(work.data, start, end)
        while at < end:
            at = _map_jump(work, at, end, section.rva - section.raw)
            at = _find_jump(work.data, at, end)


def map_calls(work: Workspace) -> None:
    """Move calls."""
    for section, start, end in _code(work):
        at = _find_call(work.data, start, end)
        while at + 5 <= end:
            new = _map_branch(work, at, section.rva - section.raw)
            if new == _WRAP:
                at += 1
            else:
                work.put(at + 1, new, 4)
                at += 5
            at = _find_call(work.data, at, end)


def restore_calls(target: bytearray, tail: int) -> None:
    """Turn absolute call targets of the output back into displacements.

    Unlike everything else here, this changes the target, not the source.

    Args:
        tail: Bytes at the end where no call starts; 4 at least.
    """
    size = len(target)
    end = size - tail
    at = _find_call(target, 0, end)
    while at < end:
        value = target[at + 1] | target[at + 2] << 8 | target[at + 3] << 16
        value = _signed(value | target[at + 4] << 24)
        if -at <= value < size:
            value = value - at if value >= 0 else value + size
            for index in range(1, 5):
                target[at + index] = value & 0xFF
                value >>= 8
        at = _find_call(target, at + 5, end)
