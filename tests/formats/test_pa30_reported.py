"""Transforms as others report them, where genuine deltas here cannot tell.

What is expected is worked out by hand from the description.
"""

import struct

import pytest
from make_image import DATA as IMAGE_DATA
from make_image import make_image
from make_pa30 import Patch, insert, make_delta, preprocess
from make_workspace import (
    AMD64,
    BASE,
    CODE,
    CODE_AT,
    DATA,
    DATA_AT,
    I386,
    TARGET_BASE,
    make_workspace,
)

from builder.errors import DeltaError, LimitError, UnknownTransformError
from builder.formats.pa30 import decode_pa30
from builder.formats.pa30_amd64 import map_code
from builder.formats.pa30_relocs import map_relocations
from builder.formats.pa30_reported import close_tables
from builder.formats.pa30_tables import map_imports
from builder.formats.pa30_workspace import Workspace
from builder.formats.pa30_x86 import map_calls, map_jumps, mark_data

HIGH, WIDE_HIGH = 1 << 31, 1 << 63
BOTH = pytest.mark.parametrize("reported", [False, True])
# Code moves by 0x100; what lies behind its first 0x200 bytes by 0x110.
SPLIT = [(CODE, 0x100), (CODE + 0x200, 0x110)]


def code(work: Workspace, at: int, size: int) -> bytes:
    return bytes(work.data[CODE_AT + at : CODE_AT + at + size])


def jump_at_the_end(*, reported: bool, spare: int) -> bytes:
    jump = b"\xe9" + struct.pack("<i", -0x400)
    text = bytes(0x3FB - spare) + jump
    moves = [(CODE - 0x100, 0), (CODE, 0x100), (CODE + 0x300, 0x110)]
    work = make_workspace(text, moves=moves, reported=reported)
    map_jumps(work)
    return code(work, 0x3FB - spare, 5)


def test_a_jump_that_ends_with_its_section_stays() -> None:
    stays, moved = (b"\xe9" + struct.pack("<i", -n) for n in (0x400, 0x410))
    assert jump_at_the_end(reported=True, spare=0) == stays
    assert jump_at_the_end(reported=True, spare=1)[0] == 0xE9
    assert jump_at_the_end(reported=False, spare=0) == moved


@BOTH
def test_calls_may_lead_into_the_padding_of_code(*, reported: bool) -> None:
    """The section has 0x400 bytes in the file, 0x300 of which count as code."""
    work = make_workspace(
        b"\xe8" + struct.pack("<i", 0x37B),
        moves=SPLIT,
        reported=reported,
        virtual=0x300,
    )
    mark_data(work)
    map_calls(work)
    assert code(work, 1, 4) == struct.pack("<i", 0x38B if reported else 0x37B)


@BOTH
def test_calls_do_not_lead_between_headers_and_sections(*, reported: bool) -> None:
    """RVA 0x900 is in no section; as a file offset it would be code."""
    text = b"\xe8" + struct.pack("<i", 0x900 - CODE - 5)
    moves = [(0, 0), (CODE, 0x100)]
    work = make_workspace(text, moves=moves, reported=reported)
    map_calls(work)
    moved = struct.pack("<i", 0x900 - CODE - 0x105)
    assert code(work, 0, 5) == (text if reported else b"\xe8" + moved)


def test_tables_are_closed_to_instructions() -> None:
    """Even certificates, whose place is a file offset, are taken for an RVA."""
    work = make_workspace(
        machine=AMD64,
        directories={1: (DATA + 8, 4), 4: (CODE + 0x10, 2), 6: (0x9000_0000, 9)},
        reported=True,
    )
    close_tables(work)
    closed = [at for at in range(work.size) if work.closed[at]]
    tables = [*range(CODE_AT + 0x10, CODE_AT + 0x12), *range(DATA_AT + 8, DATA_AT + 12)]
    assert closed == [*range(CODE_AT), *tables]
    assert [at for at in range(work.size) if work.owned[at]] == closed


def test_nothing_is_closed_where_nothing_is_reported() -> None:
    work = make_workspace()
    work.close(3, 4)
    assert work.closed == b""
    assert work.owned[:8] == b"\0\0\0\1\1\1\1\0"


CALL = b"\xe8" + struct.pack("<i", 0x2FB)  # from 0x1000 to 0x1300
MOVED = b"\xe8" + struct.pack("<i", 0x30B)


def x64_code(*, own: int | None = None, close: int | None = None) -> Workspace:
    """Two calls; a byte may be owned or closed."""
    work = make_workspace(
        CALL + CALL,
        machine=AMD64,
        moves=SPLIT,
        functions=[(CODE, CODE + 10, 0)],
        reported=True,
    )
    if own is not None:
        work.own(CODE_AT + own, 1)
    if close is not None:
        work.close(CODE_AT + close, 1)
    map_code(work)
    return work


def test_no_instruction_starts_at_a_byte_that_is_owned() -> None:
    """Behind 0xE8, the rest of the call is read as instructions of its own."""
    assert code(x64_code(), 0, 10) == MOVED + MOVED
    assert code(x64_code(own=0), 0, 5) == CALL
    # Owned bytes in the middle do no harm.
    assert code(x64_code(own=3), 0, 10) == MOVED + MOVED


def test_an_instruction_ends_before_a_byte_that_is_closed() -> None:
    assert code(x64_code(close=4), 0, 10) == CALL + MOVED
    assert code(x64_code(close=9), 0, 10) == MOVED + CALL


def import_table(*thunks: int, wide: bool) -> tuple[Workspace, list[int]]:
    """Return what becomes of a table of names and of the addresses behind it."""
    size = 8 if wide else 4
    data = bytearray(0x400)
    struct.pack_into("<5I", data, 0, DATA + 0x40, 0, 0, DATA + 0x180, DATA + 0x80)
    for at in (0x40, 0x80):
        struct.pack_into(f"<{len(thunks)}{'Q' if wide else 'I'}", data, at, *thunks)
    data[0x100:0x108] = b"\x01\x00Beep\0\0"
    work = make_workspace(
        b"",
        bytes(data),
        machine=AMD64 if wide else I386,
        moves=[(DATA, 0x40)],
        directories={1: (DATA, 40)},
        reported=True,
    )
    map_imports(work)
    values = [
        work.uint(DATA_AT + at + size * index, size)
        for at in (0x40, 0x80)
        for index in range(len(thunks))
    ]
    return work, values


@BOTH
def test_a_table_that_starts_with_a_number_keeps_its_names(*, reported: bool) -> None:
    """The parallel table of addresses does not."""
    wide = reported  # either width
    number, name = (WIDE_HIGH if wide else HIGH) | 5, DATA + 0x100
    work, values = import_table(number, name, wide=wide)
    assert values == [number, name, number, name + 0x40]
    start = DATA_AT + 0x40
    assert set(work.owned[start : start + 2 * (8 if wide else 4)]) == {1}
    _, values = import_table(name, number, wide=wide)
    assert values == [name + 0x40, number] * 2


def test_an_address_in_place_of_a_name_is_left_to_the_relocations() -> None:
    address = 0x1_8000_0000 + DATA + 0x100
    _, values = import_table(DATA + 0x100, address, wide=True)
    assert values == [DATA + 0x140, address] * 2


def test_tables_of_numbers_that_overlap_are_refused() -> None:
    descriptor = struct.pack("<5I", DATA + 0x200, 0, 0, 1, 0)
    data = (descriptor * 25).ljust(0x200, b"\0") + b"\5\0\0\x80" * 128
    work = make_workspace(b"", data, directories={1: (DATA, 40)}, reported=True)
    with pytest.raises(LimitError, match="larger than their file"):
        map_imports(work)


def test_names_of_imports_are_closed() -> None:
    work, _ = import_table(DATA + 0x100, wide=False)
    closed = [at - DATA_AT for at in range(work.size) if work.closed[at]]
    assert closed == list(range(0x100, 0x107))


ADDRESS = struct.pack("<I", BASE + CODE + 0x20)
ITS_TARGET = struct.pack("<I", TARGET_BASE + CODE + 0x120)


def without_relocations(data: bytes, *, close: int | None = None) -> Workspace:
    work = make_workspace(b"", data, moves=[(CODE, 0x100)], reported=True)
    if close is not None:
        work.close(DATA_AT + close, 1)
    map_relocations(work)
    return work


def test_without_relocations_all_that_looks_like_an_address_moves() -> None:
    """At any byte; what lies in the headers and the last four bytes do not."""
    data = b"?" + ADDRESS + b"??" + ADDRESS
    data = data.ljust(0x3FC, b"\0") + ADDRESS
    work = without_relocations(data)
    moved = data.replace(ADDRESS, ITS_TARGET, 2)
    assert work.data[DATA_AT:] == moved
    work = make_workspace(moves=[(CODE, 0x100)], reported=True)
    work.data[0x3FC:0x400] = ADDRESS
    map_relocations(work)
    assert work.data[0x3FC:0x400] == ADDRESS


def test_an_address_is_one_inside_the_image() -> None:
    """The image has 0x3000 bytes; its first one is none."""
    for value, is_address in [
        (BASE, False),
        (BASE + 1, True),
        (BASE + 0x2FFF, True),
        (BASE + 0x3000, False),
        (BASE + 0x8000, False),
    ]:
        data = b"\xff" * 4 + struct.pack("<I", value) + b"\xff" * 4
        assert (without_relocations(data).u32(DATA_AT + 4) != value) is is_address


def test_a_closed_byte_keeps_an_address_from_being_one() -> None:
    """Its four bytes are passed over all the same."""
    work = without_relocations(b"?" + ADDRESS + ADDRESS, close=2)
    assert work.data[DATA_AT : DATA_AT + 9] == b"?" + ADDRESS + ITS_TARGET


@pytest.mark.parametrize(("machine", "size"), [(AMD64, 0x3000), (I386, 1)])
def test_other_images_have_no_addresses_to_look_for(machine: int, size: int) -> None:
    work = make_workspace(
        b"", ADDRESS, machine=machine, size=size, moves=[(CODE, 0x100)], reported=True
    )
    map_relocations(work)
    assert work.data[DATA_AT : DATA_AT + 4] == ADDRESS


def test_an_image_may_reach_over_several_upper_bytes() -> None:
    values = (BASE + 0x00FF_FFFF, BASE + 0x0100_1111, BASE + 0x02BF_FFFF)
    data = b"".join(b"\xff" * 4 + struct.pack("<I", value) for value in values)
    work = make_workspace(
        b"", data, size=0x2C0_0000, moves=[(CODE, 0x100)], reported=True
    )
    map_relocations(work)
    for index, value in enumerate(values):
        moved = work.u32(DATA_AT + 8 * index + 4)
        assert moved == value - BASE + TARGET_BASE + 0x100


def relocations(*blocks: tuple[int, list[int]]) -> bytes:
    out = b""
    for page, entries in blocks:
        out += struct.pack("<2I", page, 8 + 2 * len(entries))
        out += struct.pack(f"<{len(entries)}H", *entries)
    return out


@pytest.mark.parametrize(
    ("room", "wanted"),
    [
        # All has room; no room for the header of a block; half of a block.
        (24, relocations((0x1000, [0x3FFC, 0]), (0x2000, [0x3000, 0x3004]))),
        (18, relocations((0x1000, [0x3FFC, 0]))),
        (22, relocations((0x1000, [0x3FFC, 0]), (0x2000, [0x3000]))),
    ],
)
def test_relocations_end_with_their_section(room: int, wanted: bytes) -> None:
    """Three on one page come to lie on two: the table would grow by a header."""
    table = relocations((CODE, [0x3EFC, 0x3F00, 0x3F04, 0]))
    table = table.ljust(room, b"\xee")
    data = bytes(0x400 - room) + table
    start = DATA + 0x400 - room
    work = make_workspace(
        b"",
        data,
        moves=[(CODE, 0x100)],
        directories={5: (start, 16)},
        reported=True,
    )
    map_relocations(work)
    assert work.data[-room:] == wanted + table[len(wanted) :]


def e8_delta(target: bytes, encoded: bytes) -> bytes:
    return make_delta(insert(encoded), target, flags=0x20001)


def test_a_call_in_the_last_ten_bytes_may_be_restored() -> None:
    """In executables for x86; the hash tells which description holds."""
    image = make_image(checksum=0)
    at = len(image) - 9
    stored = image[:at] + b"\xe8" + struct.pack("<i", at - 0x40) + bytes(4)
    restored = image[:at] + b"\xe8" + struct.pack("<i", -0x40) + bytes(4)
    assert decode_pa30(e8_delta(restored, stored)) == restored
    assert decode_pa30(e8_delta(stored, stored)) == stored


def test_calls_of_other_files_may_stay() -> None:
    for target in (b"text \xe8\x20\0\0\0".ljust(40, b"."), make_image(AMD64)):
        at = target.find(b"\xe8")
        stored = target if at < 0 else target[: at + 1] + b"\x25" + target[at + 2 :]
        assert decode_pa30(e8_delta(target, stored)) == target
        assert decode_pa30(e8_delta(stored, stored)) == stored


def test_an_executable_that_needs_what_is_reported_comes_out() -> None:
    """An address without a relocation: the first description leaves it."""
    address, moved = 0x400000 + CODE + 8, 0x500000 + CODE + 0x18
    source = make_image(checksum=0, data=struct.pack("<I", address))
    target = make_image(
        checksum=0, base=0x500000, stamp=7, data=struct.pack("<I", moved)
    )
    head = preprocess(
        base=0x500000,
        stamp=7,
        offsets=[(0, 0), (CODE, 0x400), (IMAGE_DATA, 0x800)],
        moves=[(0, 0), (CODE, CODE + 0x10), (CODE + 0x400, CODE + 0x400)],
    )
    patch = Patch().far(len(source), len(source)).done()

    def delta(target: bytes) -> bytes:
        return make_delta(patch, target, file_type=2, flags=0x2E1FE, head=head)

    assert decode_pa30(delta(target), source) == target
    with pytest.raises(UnknownTransformError, match="is not known in full: the t"):
        decode_pa30(delta(target[:-1] + b"!"), source)
    # For another machine, the delta is wrong.
    other = make_image(AMD64, checksum=0)
    with pytest.raises(
        DeltaError, match=r"another machine \(0x8664\), and the t"
    ) as it:
        decode_pa30(delta(target), other)
    assert type(it.value) is DeltaError
    # A delta that is cut is damaged, whatever its transforms are.
    with pytest.raises(DeltaError) as caught:
        decode_pa30(delta(target)[:-1], source)
    assert type(caught.value) is DeltaError


def test_damage_is_no_matter_of_the_description() -> None:
    """Calls would be restored by either; the bits are wrong before that."""
    patch = Patch().literals(b"ab").far(1, 30).done()
    delta = make_delta(patch, bytes(9), flags=0x20001)
    with pytest.raises(DeltaError, match="a match ends behind the target"):
        decode_pa30(delta)
