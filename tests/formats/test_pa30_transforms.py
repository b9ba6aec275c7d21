"""The transforms of an executable's source, one at a time."""

import struct
from collections.abc import Callable, Sequence

import pytest
from make_workspace import AMD64, CODE, CODE_AT, DATA, DATA_AT, make_workspace

from builder.errors import LimitError
from builder.formats.pa30_relocs import map_relocations
from builder.formats.pa30_tables import (
    map_exports,
    map_imports,
    map_resources,
    unbind,
)
from builder.formats.pa30_workspace import Workspace
from builder.formats.pa30_x86 import map_calls, map_jumps, mark_data

HIGH = 1 << 31
# Code moves by 0x100, data by 0x40.
MOVES = [(CODE, 0x100), (DATA, 0x40)]


def code(work: Workspace, size: int, start: int = 0) -> bytes:
    return bytes(work.data[CODE_AT + start : CODE_AT + start + size])


def dwords(work: Workspace, start: int, count: int) -> list[int]:
    return [work.u32(DATA_AT + start + 4 * index) for index in range(count)]


def near(opcode: str, displacement: int) -> bytes:
    return bytes.fromhex(opcode) + struct.pack("<i", displacement)


# Everything from 0x1200 on moves by 0x10 more.
SPLIT = [(CODE, 0x100), (CODE + 0x200, 0x110)]


@pytest.mark.parametrize("opcode", ["e8"])
def test_a_call_moves_with_both_of_its_ends(opcode: str) -> None:
    work = make_workspace(near(opcode, 0x300), moves=SPLIT)
    map_calls(work)
    assert code(work, 5) == near(opcode, 0x310)


@pytest.mark.parametrize("opcode", ["e9", "0f84", "0f8f"])
def test_a_jump_moves_with_both_of_its_ends(opcode: str) -> None:
    work = make_workspace(near(opcode, 0x300), moves=SPLIT)
    map_jumps(work)
    assert code(work, len(opcode) // 2 + 4) == near(opcode, 0x310)


@pytest.mark.parametrize(("opcode", "short"), [("e9", "eb"), ("0f84", "74")])
def test_a_jump_that_becomes_short_takes_the_short_form(
    opcode: str, short: str
) -> None:
    """The bytes behind the short form stay."""
    moves = [(CODE, 0x100), (CODE + 0x100, 0x20)]
    work = make_workspace(near(opcode, 0x120), moves=moves)
    map_jumps(work)
    size = len(opcode) // 2 + 4
    assert code(work, size) == (
        bytes.fromhex(short) + b"\x40" + near(opcode, 0x120)[2:]
    )


def test_a_jump_whose_first_byte_is_owned_stays_long() -> None:
    moves = [(CODE, 0x100), (CODE + 0x100, 0x20)]
    work = make_workspace(near("0f84", 0x120), moves=moves)
    work.own(CODE_AT, 1)
    map_jumps(work)
    assert code(work, 6) == near("0f84", 0x40)


def test_a_jump_that_is_short_already_stays_as_it_is() -> None:
    moves = [(CODE, 0x100), (CODE + 0x40, 0x200)]
    work = make_workspace(near("e9", 127) + near("e9", -128), moves=moves)
    before = bytes(work.data)
    map_jumps(work)
    assert work.data == before
    work = make_workspace(near("e8", 127), moves=moves)
    map_calls(work)
    assert code(work, 5) == near("e8", 127 + 0x100)


@pytest.mark.parametrize(
    ("displacement", "own"),
    [
        (0x300, (CODE_AT + 2, 1)),  # the call itself
        (0x300, (CODE_AT + 0x305, 1)),  # where it leads
        (0x2000, None),  # behind the image
        (-0x2000, None),  # in front of it
    ],
)
def test_what_is_no_call_stays_as_it_is(
    displacement: int, own: tuple[int, int] | None
) -> None:
    work = make_workspace(near("e8", displacement), moves=SPLIT)
    if own:
        work.own(*own)
    before = bytes(work.data)
    map_calls(work)
    assert work.data == before


def test_behind_a_rejected_byte_the_search_goes_on() -> None:
    """E8 E8 d d d d: the first leads nowhere, the second is a call."""
    work = make_workspace(b"\xe8" + near("e8", 0x300), moves=SPLIT)
    map_calls(work)
    assert code(work, 6) == b"\xe8" + near("e8", 0x310)


def test_behind_a_call_its_displacement_is_skipped() -> None:
    text = near("e8", 0x2E8) + near("e8", 0x300)
    work = make_workspace(text, moves=SPLIT)
    map_calls(work)
    assert code(work, 10) == near("e8", 0x2F8) + near("e8", 0x310)


def test_branches_into_data_are_none_once_data_is_marked() -> None:
    work = make_workspace(near("e8", DATA - CODE), moves=MOVES)
    mark_data(work)
    before = bytes(work.data)
    map_calls(work)
    assert work.data == before
    assert work.owned.count(0) == 0x400


def test_a_call_at_the_end_of_its_section_needs_five_bytes() -> None:
    text = b"\x90" * 0x3FC + b"\xe8\xff\xff\xff"
    work = make_workspace(text, moves=SPLIT)
    before = bytes(work.data)
    map_calls(work)
    map_jumps(work)
    assert work.data == before


@pytest.mark.parametrize("run", [map_jumps, map_calls])
def test_code_sections_that_overlap_are_refused(
    run: Callable[[Workspace], None],
) -> None:
    """Each of them would be searched."""
    work = make_workspace(b"\xe8" * 0x400, moves=SPLIT, copies=4)
    with pytest.raises(LimitError, match="overlap"):
        run(work)


def relocations(*blocks: tuple[int, Sequence[int]]) -> bytes:
    out = b""
    for page, entries in blocks:
        body = struct.pack(f"<{len(entries)}H", *entries)
        out += struct.pack("<2I", page, 8 + len(body)) + body
    return out


def test_relocated_addresses_move_and_the_table_is_written_anew() -> None:
    """Two targets in one page, sorted; an odd count is padded."""
    table = relocations((CODE, [0x3010, 0x3004]), (DATA, [0x3100, 0]))
    text = struct.pack("<8I", 0, 0x400000 + CODE, 0, 0, 0x400000 + DATA, 0, 0, 0)
    moves = [(CODE, 0x1000), (DATA, 0)]
    work = make_workspace(text, table, moves=moves, directories={5: (DATA, len(table))})
    map_relocations(work)
    assert struct.unpack_from("<8I", work.data, CODE_AT)[1:5:3] == (
        0x10000000 + DATA,
        0x10000000 + DATA,
    )
    wanted = relocations((DATA, [0x3004, 0x3010, 0x3100, 0]))
    assert work.data[DATA_AT : DATA_AT + len(wanted)] == wanted


def test_relocations_may_be_wide_or_have_a_second_word() -> None:
    text = struct.pack("<QI", 0x400000 + CODE, 7)
    table = relocations((CODE, [0xA000, 0x4008, 0xBEEF, 0x100A]))
    work = make_workspace(
        text,
        table,
        machine=AMD64,
        moves=MOVES,
        directories={5: (DATA, len(table))},
    )
    map_relocations(work)
    assert struct.unpack_from("<QI", work.data, CODE_AT) == (0x10000000 + 0x1100, 7)
    wanted = relocations((CODE, [0xA100, 0x4108, 0xBEEF, 0x110A]))
    assert work.data[DATA_AT : DATA_AT + len(wanted)] == wanted
    assert work.is_owned(CODE_AT + 10, 1)


def test_a_relocation_table_may_grow_up_to_the_end_of_its_section() -> None:
    """One block becomes four: what has no room is cut off."""
    entries = [0x3000 + 0x10 * index for index in range(200)]
    table = relocations((CODE, entries[:64]))
    moves = [(CODE + 0x10 * index, 0x1000 * index) for index in range(64)]
    work = make_workspace(b"", table, moves=moves, directories={5: (DATA, len(table))})
    map_relocations(work)
    whole = relocations(
        *((CODE + 0x1000 * index, [entries[index], 0]) for index in range(64))
    )
    assert len(whole) > len(table)
    assert work.data[DATA_AT : DATA_AT + len(whole)] == whole[:0x400]
    assert len(work.data) == 0xC00


def test_a_block_without_a_size_ends_the_table() -> None:
    table = relocations((CODE, [0x3000])) + struct.pack("<2I", CODE, 4)
    work = make_workspace(b"", table, moves=MOVES, directories={5: (DATA, 200)})
    map_relocations(work)
    wanted = relocations((CODE, [0x3100, 0]))
    assert work.data[DATA_AT : DATA_AT + len(wanted)] == wanted


IMPORT = 0x100
NAMES, TABLE = DATA + 0x40, DATA + 0x80


def imports(*, stamp: int = 0, wide: bool = False) -> bytes:
    """One library, two functions by name and number; the table may be bound."""
    ordinal = 1 << 63 if wide else HIGH
    element = "<3Q" if wide else "<3I"
    names = struct.pack(element, DATA + IMPORT, ordinal | 5, 0)
    table = struct.pack(element, 0x77001000, 0x77002000, 0) if stamp else names
    descriptor = struct.pack("<5I", NAMES, stamp, 9, DATA + 0x180, TABLE)
    data = bytearray(descriptor.ljust(0x400, b"\0"))
    data[0x40 : 0x40 + len(names)] = names
    data[0x80 : 0x80 + len(table)] = table
    data[IMPORT : IMPORT + 8] = b"\x01\x00Beep\0\0"
    return bytes(data)


@pytest.mark.parametrize("wide", [False, True])
def test_imports_move_with_what_they_name(wide: bool) -> None:  # noqa: FBT001  # a parameter of the test
    machine = AMD64 if wide else 0x14C
    work = make_workspace(
        b"",
        imports(wide=wide),
        machine=machine,
        moves=MOVES,
        directories={1: (DATA, 40)},
    )
    map_imports(work)
    moved = 0x40
    descriptor = [NAMES + moved, 0, 9, DATA + 0x180 + moved, TABLE + moved]
    assert dwords(work, 0, 5) == descriptor
    size = 8 if wide else 4
    for start in (0x40, 0x80):
        assert work.uint(DATA_AT + start, size) == DATA + IMPORT + moved
        assert work.uint(DATA_AT + start + size, size) >> (8 * size - 1) == 1
        assert work.owned[DATA_AT + start : DATA_AT + start + 2 * size] == (
            b"\1" * 2 * size
        )
    # Hint, name and zero are known; what follows is not.
    assert work.owned[DATA_AT + IMPORT : DATA_AT + IMPORT + 8] == b"\1" * 7 + b"\0"


def test_unbinding_takes_the_names_back() -> None:
    work = make_workspace(
        b"",
        imports(stamp=0x1234),
        moves=MOVES,
        directories={1: (DATA, 40), 11: (0x300, 0x20)},
        name=b".idata\0\0",
    )
    work.data[0x300:0x320] = b"bound imports of an old library!"
    entry = work.image.directory_entry(11)
    work.put(entry, 0x300, 4)
    work.put(entry + 4, 0x20, 4)
    unbind(work)
    assert dwords(work, 0, 5) == [NAMES, 0, 0, DATA + 0x180, TABLE]
    assert dwords(work, 0x80, 3) == dwords(work, 0x40, 3)
    assert work.data[0x300:0x320] == bytes(32)
    assert work.uint(entry, 8) == 0
    assert work.u32(0x128 + 36) == 0xC000_0040


def test_a_bound_table_is_made_of_addresses() -> None:
    data = bytearray(imports(stamp=0x1234))
    struct.pack_into("<2I", data, 0x80, 0x400000 + CODE, 0x400000 + DATA)
    work = make_workspace(b"", bytes(data), moves=MOVES, directories={1: (DATA, 40)})
    map_imports(work)
    assert dwords(work, 0x80, 2) == [0x10000000 + 0x1100, 0x10000000 + 0x2040]


def test_exports_move() -> None:
    data = bytearray(0x400)
    directory = (0, 0, 0, DATA + 0x90, 1, 2, 1, DATA + 0x40, DATA + 0x60, DATA + 0x70)
    struct.pack_into("<10I", data, 0, *directory)
    struct.pack_into("<2I", data, 0x40, CODE, 0)
    struct.pack_into("<I", data, 0x60, DATA + 0x98)
    work = make_workspace(b"", bytes(data), moves=MOVES, directories={0: (DATA, 40)})
    map_exports(work)
    moved = [
        *(0, 0, 0, DATA + 0xD0, 1, 2, 1),
        *(DATA + 0x80, DATA + 0xA0, DATA + 0xB0),
    ]
    assert dwords(work, 0, 10) == moved
    assert dwords(work, 0x40, 2) == [CODE + 0x100, 0]
    assert dwords(work, 0x60, 1) == [DATA + 0xD8]


def test_resources_move_and_their_data_by_the_full_address() -> None:
    """Offsets below 0x20 stay; from there on everything moves by 0x10."""
    data = bytearray(0x400)
    struct.pack_into("<2H", data, 12, 1, 0)
    struct.pack_into("<2I", data, 16, HIGH | 0x80, HIGH | 0x20)
    struct.pack_into("<2H", data, 0x20 + 12, 0, 1)
    struct.pack_into("<2I", data, 0x20 + 16, 1033, 0x40)
    struct.pack_into("<4I", data, 0x40, DATA + 0x60, 4, 0, 0)
    moves = [(CODE, 0), (DATA, 0x100), (DATA + 0x20, 0x110), (2 * DATA, 0x500)]
    work = make_workspace(b"", bytes(data), moves=moves, directories={2: (DATA, 0x100)})
    map_resources(work)
    assert dwords(work, 16, 2) == [HIGH | 0x90, HIGH | 0x30]
    assert dwords(work, 0x20 + 16, 2) == [1033, 0x40]
    # 2 * DATA + 0x60 lies in the last piece: 0x500 - 0x100 more.
    assert dwords(work, 0x40, 2) == [DATA + 0x60 + 0x400, 4]


def test_resource_directories_that_go_round_are_visited_once() -> None:
    data = bytearray(0x400)
    struct.pack_into("<2H", data, 12, 2, 0)
    struct.pack_into("<4I", data, 16, 1, HIGH, 2, HIGH | 16)
    work = make_workspace(b"", bytes(data), moves=MOVES, directories={2: (DATA, 64)})
    map_resources(work)
    assert dwords(work, 16, 4) == [1, HIGH, 2, HIGH | 16]


def test_resource_directories_that_overlap_are_refused() -> None:
    data = struct.pack("<2I", 0xFFFF_FFFF, HIGH | 64) * 128
    work = make_workspace(b"", data, moves=MOVES, directories={2: (DATA, 0x400)})
    for index in range(2, 128):
        work.put(DATA_AT + 8 * index + 4, HIGH | (8 * index + 8), 4)
    with pytest.raises(LimitError, match="overlap"):
        map_resources(work)


@pytest.mark.parametrize("index", [0, 1, 2, 5, 11])
@pytest.mark.parametrize("rva", [1, 0x200, DATA + 0x3FE, DATA + 0x400, 0xFFFF_FFFF])
def test_a_directory_that_leads_nowhere_is_skipped(index: int, rva: int) -> None:
    work = make_workspace(
        b"", b"\xff" * 0x400, moves=MOVES, directories={index: (rva, 0xFFFF_FFFF)}
    )
    for run in (unbind, map_imports, map_exports, map_resources, map_relocations):
        run(work)
    assert len(work.data) == 0xC00
