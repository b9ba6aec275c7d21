"""Instruction lengths of x64, and what moves when code moves."""

import pytest
from make_workspace import AMD64, make_workspace

from builder.formats.pa30_amd64 import map_code, map_exception_table, measure

# Bytes, and where the displacement from the following instruction starts.
INSTRUCTIONS = [
    ("90", None),
    ("c3", None),
    ("c20800", None),
    ("c8100000", None),
    ("55", None),
    ("4055", None),
    ("4883ec28", None),
    ("4881ec88000000", None),
    ("e811223344", 1),
    ("e911223344", 1),
    ("0f8411223344", 2),
    ("7405", None),
    ("ebfe", None),
    ("488b0511223344", 3),
    ("8b0511223344", 2),
    ("488d0d11223344", 3),
    ("c7051122334455667788", 2),
    ("66c705112233445566", 3),
    ("c605112233447f", 2),
    ("f6051122334401", 2),
    ("f6051122334401", 2),
    ("f71511223344", 2),
    ("f7c101000000", None),
    ("66f7c10100", None),
    ("f7d8", None),
    ("f6d8", None),
    ("ff1511223344", 2),
    ("488b442420", None),
    ("488b842490000000", None),
    ("8b042511223344", None),
    ("8b44c801", None),
    ("48b81122334455667788", None),
    ("b811223344", None),
    ("66b81122", None),
    ("b07f", None),
    ("a11122334455667788", None),
    ("67a111223344", None),
    ("0fb6c0", None),
    ("0fb60511223344", 3),
    ("0fba2005", None),
    ("f30f100511223344", 4),
    ("660f6f0511223344", 4),
    ("0fa2", None),
    ("0f05", None),
    ("0fc6c01b", None),
    ("f0480fb13511223344", 5),
    ("6848000000", None),
    ("6a01", None),
    ("69c011223344", None),
    ("6bc011", None),
    ("d3e0", None),
    ("c1e004", None),
    ("cd2c", None),
]


@pytest.mark.parametrize(("text", "field"), INSTRUCTIONS)
def test_an_instruction_is_measured(text: str, field: int | None) -> None:
    code = bytearray.fromhex(text)
    tail = bytearray(b"\xcc" * 20)
    measured = measure(code + tail, 0, len(code) + 20)
    assert measured >> 4 == len(code)
    assert (len(code) - field if field else 0) == measured & 15


@pytest.mark.parametrize(("text", "field"), INSTRUCTIONS)
def test_an_instruction_that_is_cut_has_no_field(text: str, field: int | None) -> None:
    code = bytearray.fromhex(text)
    for end in range(1, len(code)):
        measured = measure(code[:end], 0, end)
        assert 0 < measured >> 4 <= end
        if field is not None and end <= field + 4:
            assert measured & 15 == 0


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("06", 1),  # unknown
        ("0f38c0", 2),  # unknown behind 0F
        ("4840c3", 2),  # two REX prefixes
        ("4866c3", 2),  # a prefix behind REX
        ("66666666666666666666666666666666", 15),  # too long
    ],
)
def test_what_is_unknown_ends_behind_its_opcode(text: str, length: int) -> None:
    code = bytearray.fromhex(text)
    assert measure(code, 0, len(code)) == length << 4


def test_fields_in_functions_move_with_both_of_their_ends() -> None:
    """The source's 0x1000 is the target's 0x1100; 0x3000 becomes 0x3040."""
    code = bytes.fromhex("e8fb1f000090488b05f3ffffffe900000000")
    work = make_workspace(
        code,
        machine=AMD64,
        moves=[(0x1000, 0x100), (0x3000, 0x40)],
        functions=[(0x1000, 0x100B, 0)],
    )
    map_code(work)
    wanted = bytes.fromhex("e83b1f000090488b05f3ffffffe900000000")
    assert work.data[0x400 : 0x400 + len(code)] == wanted


def test_without_moves_code_stays_as_it_is() -> None:
    code = bytes.fromhex("e8fb1f0000")
    work = make_workspace(code, machine=AMD64, functions=[(0x1000, 0x1005, 0)])
    before = bytes(work.data)
    map_code(work)
    assert work.data == before


@pytest.mark.parametrize(
    ("flags", "codes", "moved_at"), [(0x09, 3, 0x14), (0x11, 2, 0x18), (0x21, 0, 4)]
)
def test_the_handler_behind_unwind_codes_moves(
    flags: int, codes: int, moved_at: int
) -> None:
    if codes == 3:
        moved_at = 4 + 4 * 2
    elif codes == 2:
        moved_at = 4 + 4
    unwind = bytes([flags, 0, codes, 0]) + (0x1010).to_bytes(4, "little") * 5
    work = make_workspace(
        b"\x90" * 0x100 + unwind,
        machine=AMD64,
        moves=[(0x1000, 0x100)],
        functions=[(0x1000, 0x1020, 0x1100)],
    )
    map_exception_table(work)
    start = 0x400 + 0x100
    values = [work.u32(start + 4 * index) for index in range(1, 6)]
    wanted = [0x1010] * 5
    wanted[moved_at // 4 - 1] = 0x1110
    assert values == wanted
    table = work.offset(0x2000)
    assert [work.u32(table + 4 * i) for i in range(3)] == [0x1100, 0x1120, 0x1200]


def test_unwind_data_without_a_handler_stays_as_it_is() -> None:
    unwind = bytes([1, 0, 1, 0]) + (0x1010).to_bytes(4, "little") * 3
    work = make_workspace(
        unwind,
        machine=AMD64,
        moves=[(0x1000, 0x100)],
        functions=[(0x1000, 0x1004, 0x1000)],
    )
    map_exception_table(work)
    assert work.data[0x400 : 0x400 + len(unwind)] == unwind
