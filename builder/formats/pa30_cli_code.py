"""The transform of managed code: metadata tokens in the bodies of methods.

Source: ECMA-335, II.25.4 (bodies) and III (instructions); which bodies and
which operands count was observed in deltas by others.
"""

from builder.errors import LimitError
from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_metadata import Metadata
from builder.formats.pa30_cli_schema import METHOD_DEF
from builder.formats.pa30_workspace import Workspace

_TINY, _FAT = 2, 3
_FAT_HEADER = 12
_CODE_TYPE = 3
# Kinds of operands beside those of 1, 2, 4 and 8 bytes.
_TOKEN, _SWITCH = 5, 6
_TWO_BYTES = 0xFE
_CALLI = 0x29
_MOST_OVERLAP = 4


def _operands(listed: dict[int, str]) -> bytearray:
    """Spell the table of operands: what they are, for opcodes and ranges."""
    table = bytearray(256)
    for operand, opcodes in listed.items():
        for word in opcodes.split():
            first, _, last = word.partition("-")
            for opcode in range(int(first, 16), int(last or first, 16) + 1):
                table[opcode] = operand
    return table


_ONE = _operands(
    {
        1: "0E-13 1F 2B-37 DE",
        4: "20 22 29 38-44 DD",
        8: "21 23",
        _SWITCH: "45",
        _TOKEN: "27 28 6F-75 79 7B-81 8C 8D 8F A3-A5 C2 C6 D0",
    }
)
_TWO = _operands({1: "12", 2: "09-0E", _TOKEN: "06 07 15 16 1C"})
# Others report that the signature of an indirect call is mapped as well.
_ONE_REPORTED = bytearray(_ONE)
_ONE_REPORTED[_CALLI] = _TOKEN


def _body(work: Workspace, rva: int) -> tuple[int, int, int] | None:
    """Return where a method's header and code start and end in the file."""
    for section in work.image.sections:
        if section.rva <= rva < section.rva + section.raw_size:
            start = section.raw + rva - section.rva
            limit = min(section.raw + section.raw_size, work.size)
            break
    else:
        return None
    if start >= limit:
        return None
    form = work.data[start] & 3
    if form == _TINY:
        code, size = start + 1, work.data[start] >> 2
    elif form == _FAT and start + _FAT_HEADER <= limit:
        code = start + 4 * (work.uint(start, 2) >> 12)
        size = work.u32(start + 4)
    else:
        return None
    return (start, code, code + size) if code + size <= limit else None


def find_bodies(work: Workspace, metadata: Metadata) -> list[tuple[int, int, int]]:
    """Return where headers and code of methods lie, in the order of their rows.

    The last row is left out: the creator's list of bodies ends before it.
    """
    found = []
    start, size = metadata.starts[METHOD_DEF], metadata.row_sizes[METHOD_DEF]
    for row in range(metadata.rows[METHOD_DEF] - 1):
        at = start + row * size
        rva = work.u32(at)
        is_code = not work.reported or work.uint(at + 4, 2) & _CODE_TYPE == 0
        body = _body(work, rva) if rva and is_code else None
        if body is not None:
            found.append(body)
    if sum(end - code for _, code, end in found) > _MOST_OVERLAP * work.size:
        raise LimitError("the methods of an executable overlap")
    return found


def map_tokens(
    work: Workspace, bodies: list[tuple[int, int, int]], moves: CliMap
) -> None:
    """Move the tokens in the code of methods; shared code moves repeatedly."""
    operands = _ONE_REPORTED if work.reported else _ONE
    for _, code, end in bodies:
        _map_code(work, code, end, operands, moves)


def _map_code(
    work: Workspace, at: int, end: int, operands: bytearray, moves: CliMap
) -> None:
    """Move the tokens of one method, up to an instruction that is cut off."""
    data = work.data
    while at < end:
        opcode = data[at]
        at += 1
        size = operands[opcode]
        if opcode == _TWO_BYTES:
            if at == end:
                return
            size = _TWO[data[at]]
            at += 1
        if size in (_TOKEN, _SWITCH):
            if end - at < 4:
                return
            value = work.u32(at)
            if size == _TOKEN:
                work.put(at, moves.token(value), 4)
                value = 0
            size = 4 + 4 * value
        at += size
