"""Managed metadata at its edges: streams that lie, signatures that break off."""

import struct
from dataclasses import replace

import managed_model as model
import pytest
from make_managed import (
    RAW,
    RVA,
    Managed,
    write_image,
)
from make_pa30 import Bits, write_signed
from managed_deltas import prepared, side
from managed_model import Moves

from builder.errors import DeltaError, LimitError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli_map import parse_map
from builder.formats.pa30_cli_metadata import lay_out, parse_metadata
from builder.formats.pa30_cli_rift import metadata_pieces
from builder.formats.pa30_image import parse_image

BOTH = pytest.mark.parametrize("reported", [False, True])


def found(image: bytes) -> bool:
    parsed = parse_image(bytearray(image))
    assert parsed is not None
    return parse_metadata(image, parsed) is not None


def edited(at: int, data: bytes, made: Managed | None = None) -> bytes:
    """Return an executable with other bytes, counted from its metadata."""
    image, places = write_image(made or Managed(tables={6: [(0, 0, 0, 0, 0, 0)]}))
    start = places[""][0] + at
    return image[:start] + data + image[start + len(data) :]


# The root has 28 bytes, flags and the number of streams 4; then come #~ (12
# bytes), #Strings (20), #US (12), #GUID (16), #Blob (16).
COUNT, FIRST, SECOND, THIRD = 30, 32, 44, 64


@pytest.mark.parametrize(
    ("at", "data", "is_metadata"),
    [
        (0, b"BSJB", True),
        (0, b"BSJA", False),
        (12, struct.pack("<I", 0x7FFF_FFFF), False),
        (COUNT, struct.pack("<H", 65), False),
        (COUNT, struct.pack("<H", 0), False),
        # A stream that nobody knows; one that is there twice; one without an
        # end of its name; one that reaches beyond the metadata.
        (THIRD + 8, b"#XX\0", True),
        (THIRD + 8, b"#~\0\0", False),
        (SECOND + 8, b"#" * 200, False),
        (FIRST, struct.pack("<I", 0xFFFF_FF00), False),
        (FIRST + 4, struct.pack("<I", 0xFFFF_FF00), False),
        # Tables too small for the counts of their rows.
        (FIRST + 4, struct.pack("<I", 27), False),
        (FIRST + 4, struct.pack("<I", 28), True),
    ],
)
def test_metadata_are_what_holds_together(
    at: int, data: bytes, *, is_metadata: bool
) -> None:
    assert found(edited(at, data)) is is_metadata


@pytest.mark.parametrize(("at", "value"), [(6, 0x40), (13, 0x20), (15, 0x80)])
def test_tables_of_another_kind_are_not_guessed_at(at: int, value: int) -> None:
    """Extra data behind the counts; tables with numbers above 44."""
    image, places = write_image(Managed(tables={6: [(0, 0, 0, 0, 0, 0)]}))
    start = places["#~"][0]
    assert found(image)
    assert not found(image[: start + at] + bytes([value]) + image[start + at + 1 :])


def test_metadata_in_no_section_are_none() -> None:
    image, _ = write_image(Managed(tables={}))
    for at in (RAW + 8, RAW + 12):  # their address, their size
        assert not found(image[:at] + b"\xff\xff\xff\x7f" + image[at + 4 :])


def test_a_method_behind_the_end_of_the_file_has_no_body() -> None:
    """Its section is said to be longer than the file."""
    made = Managed(tables={6: [(RVA + 0x3000, 0, 0, 0, 0, 0), (0,) * 6]})
    image, _ = write_image(made)
    longer = image.replace(
        struct.pack("<2I", 0x200, RAW), struct.pack("<2I", 1 << 16, RAW)
    )
    assert longer != image
    work = prepared(longer, Moves())
    assert side(work, made, Moves()).bodies == []


def test_pieces_of_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.formats.pa30_cli_rift._MOST_ENTRIES", 10)
    made = Managed(tables={8: [(0, 0, 0)] * 20})
    work = prepared(write_image(made)[0], Moves())
    with pytest.raises(LimitError, match="too many pieces"):
        side(work, replace(made, wide=1), Moves()).pieces()


@BOTH
def test_without_two_zeros_wide_cells_are_copied_from_the_end(
    *, reported: bool
) -> None:
    """A row of Param: two numbers of 2 bytes, and a name that becomes wide."""
    narrow = Managed(tables={8: [(1, 1, 1), (1, 1, 1)]})
    layouts = []
    for made in (narrow, replace(narrow, wide=1)):
        image, _ = write_image(made)
        parsed = parse_image(image)
        assert parsed is not None
        record = parse_metadata(image, parsed)
        assert record is not None
        layouts.append(lay_out(record, is_draft=False))
    source, target = layouts
    assert source is not None
    assert target is not None
    moves = parse_map(BitReader(Bits().bits(0, 1).done(), base=0))
    pieces = metadata_pieces(
        source, target, moves, bytearray(b"\1" * 77), reported=reported
    )
    start, new = source.starts[8], target.starts[8]
    rows = [piece for piece in pieces if new <= piece[0] < new + 16]
    if reported:
        # The last row has none; nor has a cell that goes on where one ended.
        assert rows == [(new, start), (new + 6, 77)]
    else:
        assert rows == [(new, start), (new + 6, 77), (new + 14, 77)]


def test_cells_that_become_narrow_go_on_behind_the_old_ones() -> None:
    """The name is the last cell of a Param, and the second one of an Event."""
    wide = Managed(tables={8: [(1, 1, 1)], 0x14: [(1, 1, 0)]}, wide=1)
    image, places = write_image(wide)
    work = prepared(image, Moves())
    target = replace(wide, wide=0)
    new = write_image(target)[1]["#~"][0] + 24 + 8
    start = places["#~"][0] + 24 + 8
    pieces = side(work, target, Moves()).pieces()
    assert [piece for piece in pieces if new <= piece[0] < new + 12] == [
        (new, start),
        (new + 6, start + 8),
        (new + 10, start + 14),
    ]


def write_formats(out: Bits) -> None:
    out.bits(1, 1)
    for _ in range(4):
        out.bits(0, 8).bits(0, 8).bits(248, 8).bits(7, 4)


def test_maps_have_a_bounded_number_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builder.formats.pa30_cli_map._MOST_ENTRIES", 100)
    out = Bits()
    write_formats(out)
    for _ in range(68):
        out.number(2)
        for _ in range(4):
            write_signed(out, 1)
    with pytest.raises(LimitError, match="too many entries together"):
        parse_map(BitReader(out.done(), base=0))


def test_maps_that_break_off_are_refused() -> None:
    out = Bits()
    write_formats(out)
    out.number(3)
    write_signed(out, 1)
    with pytest.raises(DeltaError):
        parse_map(BitReader(out.done(), base=0))


# Class 5 becomes 9 in each; what comes behind a break stays.
CLASS, MOVED = b"\x12\x14", b"\x12\x24"
BREAKS = {
    "a number that has no form": b"\xe0" + CLASS,
    "a number that is cut off": b"\x80",
    "a modifier without a type": b"\x1f",
    "a modifier of no form": b"\x1f\xe0" + CLASS,
    "a variable without a number": b"\x13",
    "an element type that nobody knows": b"\x17" + CLASS,
    "an array without a shape": b"\x14\x08",
    "an array without sizes": b"\x14\x08\1",
    "an array with too few sizes": b"\x14\x08\1\2\1",
    "an array without lower bounds": b"\x14\x08\1\0",
    "nothing": b"",
}


@BOTH
@pytest.mark.parametrize("name", BREAKS)
def test_a_signature_is_moved_up_to_where_it_breaks(
    name: str, *, reported: bool
) -> None:
    """Of a method with three parameters, the second of which breaks."""
    rest = BREAKS[name]
    before = b"\x20\3\x12\x14" + CLASS + rest
    after = b"\x20\3\x12\x24" + MOVED + rest
    assert walked(before, reported=reported) == after


def walked(signature: bytes, *, reported: bool) -> bytes:
    moves = Moves(tables={2: [(0, 0), (5, 9), (6, 6), (0x20, 3), (0x1000, 1 << 23)]})
    blob = b"\0" + model.compressed(len(signature)) + signature
    made = Managed(tables={6: [(0, 0, 0, 0, 1, 0)]}, blob=blob)
    image, places = write_image(made)
    work = prepared(image, moves, reported=reported)
    side(work, made, moves).transform()
    start = places["#Blob"][0] + 2
    return bytes(work.data[start : start + len(signature)])


@BOTH
def test_a_number_that_would_have_another_width_is_a_matter_of_the_reading(
    *, reported: bool
) -> None:
    """Class 0x20 becomes 3: one byte instead of two.  0x1000 has no room."""
    shorter = b"\x20\0\x12\x80\x80"
    assert walked(shorter, reported=reported) == (
        b"\x20\0\x12\x0c\x80" if reported else shorter
    )
    longer = b"\x20\0\x12\xc0\0\x40\0"
    wanted = b"\x20\0\x12" + struct.pack(">I", 0xC000_0000 | 1 << 25)
    assert walked(longer, reported=reported) == wanted
