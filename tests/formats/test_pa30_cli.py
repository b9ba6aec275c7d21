"""Managed metadata of a delta, against a slow model of the notes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import managed_model as model
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_managed import (
    AMD64,
    BASE,
    I386,
    NATIVE_AT,
    RAW,
    RVA,
    Managed,
    write_image,
)
from make_pa30 import Bits, Patch, make_delta
from managed_deltas import (
    CALL,
    CLASSIC,
    CLI4,
    CODE_MOVES,
    KINDS,
    all_moves,
    body,
    managed,
    methods,
    prepared,
    rifts,
    side,
    write_head,
    write_map,
    write_record,
)
from managed_model import Moves

from builder.errors import DeltaError, HotfixError
from builder.formats.pa30 import decode_pa30
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli_map import parse_map
from builder.formats.pa30_cli_metadata import (
    lay_out,
    parse_metadata,
    parse_record,
)
from builder.formats.pa30_image import parse_image
from builder.formats.pa30_rift import Rift
from builder.formats.pa30_source import Preprocess, prepare_source
from builder.model.delta import DeltaFlags, Reading


@settings(max_examples=60, deadline=None)
@given(managed(), all_moves(), st.booleans())
def test_cells_go_where_the_notes_say(
    made: Managed,
    moves: Moves,
    reported: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    image, places = write_image(made)
    work = prepared(image, moves, reported=reported)
    side(work, made, moves).transform()
    expected = bytearray(image)
    model.transform_cells(expected, made, moves, places["#~"][0], reported=reported)
    assert work.data == expected


@settings(max_examples=60, deadline=None)
@given(managed(), managed(), all_moves())
def test_pieces_are_those_of_the_notes(
    source: Managed, target: Managed, moves: Moves
) -> None:
    image, places = write_image(source)
    work = prepared(image, moves)
    found = side(work, target, moves).pieces()
    zeros = image.index(b"\0\0")
    assert found == model.pieces(
        (source, places), (target, write_image(target)[1]), moves, zeros
    )


def reported_pieces(
    source: Managed, target: Managed, moves: Moves
) -> list[tuple[int, int]]:
    """Return pieces as offsets into the streams that they belong to."""
    image, places = write_image(source)
    work = prepared(image, moves, reported=True)
    _, new_places = write_image(target)
    zeros = image.index(b"\0\0")

    def short(at: int, streams: Mapping[str, tuple[int, int]]) -> int:
        if at == zeros:
            return -1
        start, size = streams["#~"] if source.tables else streams["#Strings"]
        assert 0 <= at - start <= size + 0x100
        return at - start

    return [
        (short(new_at, new_places), short(at, places))
        for new_at, at in side(work, target, moves).pieces()
    ]


HEAP = Managed(tables={}, strings=bytes(40))
# One table: rows start behind 24 bytes and one count.
ROWS = Managed(tables={0x1A: [(1,), (2,), (3,)]}, strings=b"", guid=b"")
WIDE_ROWS = replace(ROWS, wide=1)


def strings(*entries: tuple[int, int]) -> Moves:
    return Moves(heaps={"#Strings": entries})


def rows(*entries: tuple[int, int]) -> Moves:
    return Moves(tables={0x1A: entries})


@pytest.mark.parametrize(
    ("made", "target", "moves", "expected"),
    [
        (HEAP, HEAP, strings(), [(0, 0)]),
        (HEAP, HEAP, strings((0, 0), (4, 9)), [(0, 0), (9, 4)]),
        # What lies before the first entry goes where the last one sends it.
        (HEAP, HEAP, strings((4, 9), (6, 8)), [(2, 0), (9, 4), (8, 6)]),
        (HEAP, HEAP, strings((4, 9), (6, 3)), [(9, 4), (3, 6)]),
        (ROWS, ROWS, rows(), [(28, 28)]),
        (ROWS, ROWS, rows((1, 2)), [(30, 28)]),
        # Row 0 is no row: what is said of it holds from row 1 on.
        (ROWS, ROWS, rows((0, 0), (2, 3)), [(28, 28), (32, 30)]),
        (ROWS, ROWS, rows((0, 0), (1, 3)), [(32, 28)]),
        (ROWS, ROWS, rows((2, 3)), [(30, 28), (32, 30)]),
        # Cells of two bytes that become four, in all rows but the last.
        (ROWS, WIDE_ROWS, rows(), [(28, 28), (30, -1), (32, 30), (34, -1)]),
        (WIDE_ROWS, ROWS, rows(), [(28, 28), (30, 32)]),
        (WIDE_ROWS, ROWS, rows((0, 0), (1, 0), (2, 2)), [(30, 32)]),
    ],
)
def test_pieces_as_others_report_them(
    made: Managed, target: Managed, moves: Moves, expected: list[tuple[int, int]]
) -> None:
    empty = Managed(tables={}, strings=b"", user_strings=b"", blob=b"", guid=b"")
    hidden = {name: getattr(empty, name) for name in ("user_strings", "blob", "guid")}
    found = reported_pieces(replace(made, **hidden), replace(target, **hidden), moves)
    assert found == expected


@settings(max_examples=40, deadline=None)
@given(managed(), st.data())
def test_the_record_and_the_executable_say_the_same(
    made: Managed, data: st.DataObject
) -> None:
    out = Bits()
    image, places = write_image(made)
    write_record(out, made, places)
    moves = data.draw(all_moves())
    write_map(out, moves)
    reader = BitReader(out.done(), base=0)
    record = parse_record(reader)
    parsed = parse_image(bytearray(image))
    assert parsed is not None
    assert record == parse_metadata(image, parsed)
    read, meant = parse_map(reader), rifts(moves)
    for mine, theirs in zip(
        [*read.heaps, *read.tables], [*meant.heaps, *meant.tables], strict=True
    ):
        assert (mine.starts, mine.offsets) == (theirs.starts, theirs.offsets)


def rift_target(
    transformed: bytes, found: Sequence[tuple[int, int]], size: int
) -> Iterator[int | None]:
    """Yield where each byte of the target comes from; None outside the source."""
    sent = dict(found)  # of those that start at one place, the last counts
    shift = 0
    for at in range(size):
        shift = sent[at] - at if at in sent else shift
        yield at + shift if 0 <= at + shift < len(transformed) else None


@settings(max_examples=30, deadline=None)
@given(managed(), managed(), all_moves(), st.sampled_from([CLASSIC, CLI4]))
def test_whole_deltas_are_decoded_by_either_reading(
    source: Managed, target: Managed, moves: Moves, flags: int
) -> None:
    """The target is what a patch makes that does nothing but follow the rift."""
    moves = replace(moves, addresses=())
    target = replace(target, machine=source.machine)
    image, _ = write_image(source)
    _, places = write_image(target)
    head = write_head((target, places), moves)
    for reported in (False, True):
        work = prepared(image, moves, reported=reported)
        managed_side = side(work, target, moves, flags)
        managed_side.transform()
        work.put(work.image.optional + 64, 0, 4)
        transformed = bytes(work.data)
        patch, out, run = Patch(), b"", 0
        for place in [*rift_target(transformed, managed_side.pieces(), 0x600), None]:
            if place is not None:
                run += 1
                out += transformed[place : place + 1]
                continue
            if run > 1:
                patch.match(3, run)
            elif run:
                patch.literals(out[-1:])
            run = 0
            if len(out) < 0x600:
                patch.literals(b"?")
                out += b"?"
        kind = KINDS[source.machine, flags]
        delta = make_delta(
            patch.done(), out, file_type=kind, flags=flags | 0x20000, head=head
        )
        assert decode_pa30(delta, image) == out


def test_a_target_of_other_rules_is_refused_by_name() -> None:
    made = methods([body(CALL, tiny=True)])
    image, places = write_image(made)
    head = write_head((made, places), Moves())
    patch = Patch().match(3, 0x300).done()
    wrong = make_delta(
        patch, bytes(0x300), file_type=16, flags=CLI4 | 0x20000, head=head
    )
    with pytest.raises(DeltaError) as caught:
        decode_pa30(wrong, image)
    assert caught.value.reason.startswith(
        "transforms of managed (.NET) executables are known by report alone: "
        "the target's md5 is"
    )
    bare = make_delta(
        patch,
        bytes(0x300),
        file_type=16,
        flags=CLI4 | 0x20000,
        head=head,
        algorithm=0,
        digest=b"",
    )
    with pytest.raises(DeltaError) as caught:
        decode_pa30(bare, image)
    assert caught.value.reason.endswith("and the delta has no hash that tells")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 0x5FF), st.integers(0, 255)), min_size=1, max_size=6
    ),
    st.booleans(),
)
def test_damage_of_the_source_or_the_delta_is_an_error_of_our_own(
    edits: list[tuple[int, int]],
    in_delta: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    made = methods([body(CALL * 3, tiny=True), body(CALL, tiny=False)])
    tables = {**made.tables, 2: [(0, 1, 1, 4, 1, 1)] * 3, 0x2A: [(0, 0, 2, 1)] * 2}
    made = replace(made, tables=tables, strings=b"\0a\0", blob=b"\0\2\6\2")
    image, places = write_image(made)
    head = write_head((made, places), CODE_MOVES)
    data = make_delta(
        Patch().match(3, 0x400).done(),
        bytes(0x400),
        file_type=2,
        flags=CLASSIC | 0x20000,
        head=head,
    )
    edited = bytearray(data if in_delta else image)
    for at, value in edits:
        edited[at % len(edited)] = value
    pair = (bytes(edited), image) if in_delta else (data, bytes(edited))
    with suppress(HotfixError):
        decode_pa30(*pair)


@pytest.mark.parametrize("machine", [I386, AMD64])
def test_every_cut_of_managed_metadata_is_none_or_found(machine: int) -> None:
    made = Managed(tables={6: [(0, 0, 0, 0, 0, 0)]}, machine=machine)
    image, places = write_image(made)
    start, size = places[""]
    end = start + size
    found = []
    for cut in range(0x190, end + 1):
        parsed = parse_image(bytearray(image[:cut]))
        assert parsed is not None
        found.append(parse_metadata(image[:cut], parsed) is not None)
    assert found[-1]
    assert not any(found[:-1])


def test_older_deltas_see_a_table_as_drafts_of_the_standard_had_it() -> None:
    """The last column of GenericParam is a type, in one of two readings."""
    moves = Moves(tables={2: [(0, 0), (5, 9)]})
    row = (0, 0, 2, 1, 5 << 2)
    made = Managed(tables={0x2A: [row]}, extra={0x2A: ["TypeDefOrRef"]})
    image, places = write_image(made)
    expected = bytearray(image)
    model.transform_cells(expected, made, moves, places["#~"][0], reported=True)
    assert expected != image
    for flags, reported, wanted in (
        (CLASSIC, True, bytes(expected)),
        (CLASSIC, False, image),
        (CLI4, True, image),
    ):
        work = prepared(image, moves, reported=reported)
        side(work, made, moves, flags).transform()
        assert bytes(work.data) == wanted


def test_calls_do_not_move_inside_managed_code_in_one_reading() -> None:
    """What looks like a call of x86 is none there."""
    looks_like = b"\xe8" + (0x40).to_bytes(4, "little") + CALL
    made = methods([body(looks_like, tiny=True), body(bytes(0x80), tiny=False)])
    image, _ = write_image(made)
    start = RVA + NATIVE_AT + 6
    moves = Moves(addresses=[(0, 0), (start + 0x20, start + 0x30)])
    flags = DeltaFlags.MARK | DeltaFlags.I386_CALLS
    found = {}
    for reading in Reading:
        data = bytearray(image)
        preprocess = Preprocess(
            base=BASE,
            stamp=7,
            offsets=Rift([(0, 0), (RVA, RAW - RVA)]),
            moves=Rift((at, to - at) for at, to in moves.addresses),
            record=None,
            metadata_moves=rifts(Moves()),
        )
        prepare_source(data, parse_image(image), preprocess, flags, reading)
        found[reading] = data[RAW + NATIVE_AT + 2]
    assert found == {Reading.OBSERVED: 0x50, Reading.REPORTED: 0x40}


def test_tables_that_do_not_fit_are_no_metadata() -> None:
    """Nor are tables that nobody knows, as older readers see them."""
    made = Managed(tables={0x2A: [(0, 0, 2, 1)]})
    image, _ = write_image(made)
    parsed = parse_image(bytearray(image))
    assert parsed is not None
    record = parse_metadata(image, parsed)
    assert record is not None
    assert lay_out(record, is_draft=False) is not None
    # A column more has no room behind the last table.
    assert lay_out(record, is_draft=True) is None
    assert lay_out(replace(record, rows=(0,) * 44 + (1 << 31,)), is_draft=False) is None


def test_a_table_that_is_unknown_is_refused() -> None:
    out = Bits().bits(1, 1)
    for _ in range(15):
        out.bits(0, 32)
    out.bits(0, 3).bits(0, 32).bits(1 << 13, 32).bits(0, 32)
    with pytest.raises(DeltaError) as caught:
        parse_record(BitReader(out.done(), base=0))
    assert caught.value.reason == "metadata with a table that is unknown"
