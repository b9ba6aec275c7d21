"""Tokens in managed code, against a slow model."""

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_managed import (
    NATIVE_AT,
    RAW,
    Managed,
    write_image,
)
from managed_deltas import (
    CALL,
    CODE_MOVES,
    MOVED,
    Code,
    assemble,
    body,
    methods,
    prepared,
    side,
)
from managed_model import Moves

from builder.errors import LimitError

# Opcodes, and what they are followed by.
PLAIN = ["00", "2a", "fe01", "fe19"]
SIZED = {
    **dict.fromkeys(["0e", "13", "1f", "2b", "37", "de", "fe12"], 1),
    **dict.fromkeys(["fe09", "fe0e"], 2),
    **dict.fromkeys(["20", "22", "38", "44", "dd"], 4),
    **dict.fromkeys(["21", "23"], 8),
}
TOKENS = [
    "27",
    "28",
    "6f",
    "75",
    "79",
    "7b",
    "81",
    "8c",
    "8d",
    "8f",
    "a3",
    "a5",
    "c2",
    "c6",
    "d0",
    "fe06",
    "fe07",
    "fe15",
    "fe16",
    "fe1c",
]
metadata_tokens = st.sampled_from(
    [0x0600_0001, 0x0600_0002, 0x0A00_0007, 0x7000_0003, 0x7000_0005, 0x7000_0030]
) | st.integers(0, 0xFFFF_FFFF)
instructions = st.one_of(
    st.sampled_from(PLAIN).map(lambda op: (bytes.fromhex(op), None)),
    st.sampled_from(sorted(SIZED)).flatmap(
        lambda op: st.binary(min_size=SIZED[op], max_size=SIZED[op]).map(
            lambda operand: (bytes.fromhex(op) + operand, None)
        )
    ),
    st.lists(st.integers(0, 0xFFFF_FFFF), max_size=3).map(
        lambda cases: (
            b"\x45" + struct.pack(f"<{len(cases) + 1}I", len(cases), *cases),
            None,
        )
    ),
    st.tuples(st.sampled_from(TOKENS).map(bytes.fromhex), metadata_tokens),
)


def mapped_bodies(made: Managed, *, reported: bool = False) -> bytes:
    image, _ = write_image(made)
    work = prepared(image, CODE_MOVES, reported=reported)
    side(work, made, CODE_MOVES, 0x400000).transform()
    start = RAW + NATIVE_AT
    found = bytes(work.data[start : start + len(made.bodies)])
    assert bytes(work.data[:start]) == image[:start]
    return found


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(instructions, max_size=6), st.booleans()), max_size=3),
    st.booleans(),
)
def test_tokens_in_code_are_moved(
    drawn: list[tuple[Code, bool]],
    reported: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    plain = [body(assemble(code), tiny=tiny) for code, tiny in drawn]
    after = [body(assemble(code, CODE_MOVES), tiny=tiny) for code, tiny in drawn]
    assert mapped_bodies(methods(plain), reported=reported) == b"".join(after)


def test_the_last_row_keeps_its_code() -> None:
    made = methods([body(CALL, tiny=True)])
    made = replace(made, tables={6: made.tables[6][:-1]})
    assert mapped_bodies(made) == made.bodies
    assert mapped_bodies(methods([body(CALL, tiny=True)])) == body(MOVED, tiny=True)


def test_an_instruction_that_is_cut_off_ends_its_method() -> None:
    for cut in (CALL + b"\x28\2\0\0", CALL + b"\xfe", CALL + b"\x45\1\0"):
        found = mapped_bodies(methods([body(cut, tiny=True)]))
        assert found == body(MOVED + cut[len(CALL) :], tiny=True)
    huge = b"\x45\xff\xff\xff\xff" + CALL
    assert mapped_bodies(methods([body(huge, tiny=True)])) == body(huge, tiny=True)


def test_bodies_of_no_known_form_stay() -> None:
    for data in (b"\0" + CALL, b"\1" + CALL, struct.pack("<HHI", 0x3013, 8, 1 << 20)):
        assert mapped_bodies(methods([data])) == data


def test_native_methods_and_indirect_calls_are_a_matter_of_the_reading() -> None:
    made = methods([body(CALL, tiny=True)], [1])
    assert mapped_bodies(made) == body(MOVED, tiny=True)
    assert mapped_bodies(made, reported=True) == made.bodies
    indirect = methods([body(b"\x29" + CALL[1:], tiny=True)])
    assert mapped_bodies(indirect) == indirect.bodies
    assert mapped_bodies(indirect, reported=True) == body(
        b"\x29" + MOVED[1:], tiny=True
    )


def test_shared_code_moves_as_often_as_it_is_named() -> None:
    twice = Moves(tables={6: [(0, 0), (2, 5), (5, 6)]})
    made = methods([body(CALL, tiny=True)])
    rows = made.tables[6]
    made = replace(made, tables={6: [rows[0], rows[0], rows[1]]})
    image, _ = write_image(made)
    work = prepared(image, twice)
    side(work, made, twice, 0x400000).transform()
    token = struct.pack("<I", 0x0600_0006)
    assert bytes(work.data[RAW + NATIVE_AT + 2 :][:4]) == token


def test_overlapping_methods_are_bounded() -> None:
    made = methods([body(bytes(0x1000), tiny=False)])
    rows = made.tables[6]
    made = replace(made, tables={6: [*[rows[0]] * 40, rows[1]]})
    with pytest.raises(LimitError):
        side(prepared(write_image(made)[0], Moves()), made, Moves())
