"""Signatures of managed metadata, against a slow model and examples."""

import managed_model as model
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_managed import (
    COLUMNS,
    Managed,
    write_image,
)
from managed_deltas import (
    prepared,
    side,
)
from managed_model import Moves, Tree

from builder.errors import LimitError

tokens = st.integers(1, 0x200).map(lambda n: n << 2) | st.integers(1, 0x200).map(
    lambda n: n << 2 | 1
)
trees: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from([0x02, 0x08, 0x0E, 0x18, 0x1C]).map(lambda c: ("simple", c))
    | st.tuples(st.sampled_from(["class", "value"]), tokens)
    | st.tuples(st.just("variable"), st.integers(0, 200)),
    lambda inner: (
        st.tuples(st.sampled_from(["pointer", "vector", "reference"]), inner)
        | st.tuples(st.just("modified"), tokens, inner)
        | st.tuples(st.just("array"), inner)
        | st.tuples(st.just("generic"), tokens, st.lists(inner, max_size=3).map(tuple))
        | st.tuples(
            st.just("function"), st.lists(inner, min_size=1, max_size=3).map(tuple)
        )
    ),
    max_leaves=6,
)
TYPE_MOVES = Moves(tables={2: [(0, 0), (5, 9), (40, 30)], 1: [(0, 0), (3, 40)]})


def signed(table: int, signature: bytes) -> Managed:
    """Make an executable of one row that refers to a signature."""
    row = [0] * len(COLUMNS[table])
    row[COLUMNS[table].index("blob")] = 1
    blob = b"\0" + model.compressed(len(signature)) + signature + b"tail"
    return Managed(tables={table: [row]}, blob=blob)


def walked(
    table: int, signature: bytes, moves: Moves = TYPE_MOVES, *, reported: bool = False
) -> bytes:
    """Return a signature as it is after the transform."""
    made = signed(table, signature)
    image, places = write_image(made)
    work = prepared(image, moves, reported=reported)
    side(work, made, moves).transform()
    start = places["#Blob"][0] + 1 + len(model.compressed(len(signature)))
    untouched = bytearray(image)
    untouched[start : start + len(signature)] = work.data[
        start : start + len(signature)
    ]
    assert work.data == untouched
    return bytes(work.data[start : start + len(signature)])


@settings(deadline=None)
@given(st.lists(trees, min_size=1, max_size=4), st.sampled_from([0x06, 0x0A, 0x11]))
def test_types_of_methods_are_moved(types: list[Tree], table: int) -> None:
    for head in (0x00, 0x20, 0x30):
        before = model.method(types, head=head)
        assert walked(table, before) == model.method(types, TYPE_MOVES, head=head)


@settings(deadline=None)
@given(trees)
def test_types_of_fields_properties_and_specifications_are_moved(tree: Tree) -> None:
    before, after = model.spell(tree), model.spell(tree, TYPE_MOVES)
    assert walked(0x04, b"\x06" + before) == b"\x06" + after
    assert walked(0x0A, b"\x06" + before) == b"\x06" + after
    assert walked(0x17, b"\x28\0" + before) == b"\x28\0" + after
    assert walked(0x1B, before) == after


@settings(deadline=None)
@given(st.lists(trees, max_size=3))
def test_types_of_locals_are_moved(types: list[Tree]) -> None:
    def locals_(moves: Moves | None) -> bytes:
        pinned = b"".join(b"\x45" + model.spell(tree, moves) for tree in types)
        return b"\x07" + model.compressed(len(types)) + pinned

    assert walked(0x11, locals_(None)) == locals_(TYPE_MOVES)


# Class 5 becomes 9, class 40 becomes 30; reference 3 becomes 40.
FIVE, NINE = b"\x12\x14", b"\x12\x24"
REPORTED = {
    "a method": (0x06, b"\x20\1\x01" + FIVE, b"\x20\1\x01" + FIVE),
    "what it returns": (0x06, b"\x20\1" + FIVE * 2, b"\x20\1" + NINE * 2),
    # The number of generic parameters is taken for that of parameters.
    "a generic one": (0x06, b"\x30\1\1" + FIVE * 2, b"\x30\1\1" + FIVE * 2),
    "the first local": (0x11, b"\x07\2" + FIVE * 2, b"\x07\2" + NINE + FIVE),
    "a field": (0x04, b"\x06" + FIVE, b"\x06" + NINE),
    "a field of a method": (0x0A, b"\x06" + FIVE, b"\x06" + NINE),
    "a field alone": (0x11, b"\x06" + FIVE, b"\x06" + NINE),
    "a reference to a field": (0x11, b"\x06\x10" + FIVE, b"\x06\x10" + FIVE),
    "a reference": (0x1B, b"\x12\x0d", b"\x12\x0d"),
    "a reference like its namesake": (0x1B, b"\x12\x15", b"\x12\x25"),
    "a specification": (0x1B, b"\x1d" + FIVE, b"\x1d" + NINE),
    "a modified one": (0x1B, b"\x1f\x14" + FIVE, b"\x1f\x14" + FIVE),
    "a modified parameter": (
        *(0x06, b"\x20\1\x1f\x14" + FIVE * 2, b"\x20\1\x1f\x24" + NINE * 2),
    ),
    "a function": (0x1B, b"\x1b\0\1" + FIVE * 2, b"\x1b\0\1" + FIVE * 2),
    # Two arguments read as an element type that stands for a pointer's target.
    "a generic type": (
        *(0x06, b"\x20\2\x15" + FIVE + b"\1" + FIVE * 3),
        b"\x20\2\x15" + NINE + b"\1" + FIVE * 3,
    ),
    "a number that becomes shorter": (0x1B, b"\x12\x80\xa0", b"\x12\x78\xa0"),
    "a number that becomes longer": (0x1B, b"\x12\x70", b"\x12\x70"),
}


@pytest.mark.parametrize("name", REPORTED)
def test_signatures_as_others_report_them(name: str) -> None:
    table, before, after = REPORTED[name]
    moves = Moves(tables={2: [(0, 0), (5, 9), (6, 6), (28, 50), (40, 30)]})
    assert walked(table, before, moves, reported=True) == after


@settings(deadline=None)
@given(st.binary(max_size=30), st.sampled_from(model.SIGNED), st.booleans())
def test_signatures_of_any_bytes_do_no_harm(
    signature: bytes,
    table: int,
    reported: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    assert len(walked(table, signature, reported=reported)) == len(signature)


def test_types_nested_too_deep_end_the_walk() -> None:
    deep = b"\x1d" * 100 + FIVE
    assert walked(0x1B, deep) == deep
    assert walked(0x1B, deep[60:]) == deep[60:-2] + NINE


def test_overlapping_signatures_are_bounded() -> None:
    blob = b"".join(model.compressed(0x3000) for _ in range(40)).ljust(0x4000, b"\2")
    made = Managed(tables={4: [[0, 0, 2 * n] for n in range(40)]}, blob=blob)
    work = prepared(write_image(made)[0], Moves())
    with pytest.raises(LimitError):
        side(work, made, Moves()).transform()
