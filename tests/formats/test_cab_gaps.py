"""Bytes of a cabinet that no file and no table speaks of."""

from dataclasses import replace
from datetime import datetime
from struct import pack

import pytest
from made_packages import Entry, cabinet_of
from make_cab import File, Header, make_cab, stored

from builder.formats.cab import parse_cab
from builder.formats.cab_gaps import hidden_bytes

WHEN = datetime(2009, 2, 12)  # noqa: DTZ001  # cabinets name no time zone
CABINET = cabinet_of(
    [Entry(name=name, modified=WHEN, data=b"12345") for name in ("a", "b", "c")]
)


def test_files_that_touch_hide_nothing() -> None:
    assert hidden_bytes(parse_cab(CABINET), CABINET) == 0


def test_bytes_between_files_are_hidden() -> None:
    cabinet = parse_cab(CABINET)
    without = replace(cabinet, files=(cabinet.files[0], cabinet.files[2]))
    # The five bytes of "b", and what its entry in the table is now.
    assert hidden_bytes(without, CABINET) == 5


def test_a_folder_without_files_is_hidden() -> None:
    cabinet = parse_cab(CABINET)
    (folder,) = cabinet.folders
    doubled = replace(cabinet, folders=(folder, folder))
    assert hidden_bytes(doubled, CABINET) == folder.unpacked


def test_bytes_behind_the_data_are_hidden_but_zeros_are_room() -> None:
    cabinet = parse_cab(CABINET)
    for more, hidden in ((b"hidden", 6), (bytes(9), 0)):
        grown = replace(cabinet, size=cabinet.size + len(more))
        assert hidden_bytes(grown, CABINET + more) == hidden


def test_a_folder_that_is_too_short_hides_nothing() -> None:
    """Reading it says what is wrong."""
    cabinet = parse_cab(CABINET)
    (folder,) = cabinet.folders
    short = replace(cabinet, folders=(replace(folder, unpacked=1),))
    assert hidden_bytes(short, CABINET) == 0


MARK = 0x100000
SIZE = 103  # of the cabinet with 20 reserved bytes in its header


def reserving(*, header: bytes = b"", folder: bytes = b"", data: bytes = b"") -> bytes:
    body = stored(b"hello")
    (block,) = body.blocks
    body = replace(body, reserve=folder, blocks=(replace(block, reserve=data),))
    sizes = pack("<HBB", len(header), len(folder), len(data))
    file = File(name=b"a.txt", size=5)
    head = Header(flags=4)
    return make_cab(file, folders=(body,), header=head, reserves=sizes + header)


@pytest.mark.parametrize(
    ("cabinet", "hidden"),
    [
        (reserving(), 0),
        (reserving(header=bytes(30), folder=bytes(4), data=bytes(8)), 0),
        (reserving(header=b"hidden"), 6),
        (reserving(folder=b"hidden"), 6),
        (reserving(data=b"hidden"), 6),
        (reserving(header=b"to", folder=b"be", data=b"found"), 9),
        (reserving(header=pack("<5I", MARK, 0, 0, 0, 0)), 0),
        (reserving(header=pack("<5I", MARK, SIZE, 8, 0, 0)), 0),  # HF511
        (reserving(header=pack("<5I", MARK, 7, 0, 0, 0)), 2),
        (reserving(header=pack("<5I", MARK, SIZE, 8, 0, 1)), 4),
    ],
)
def test_reserved_areas_may_be_empty_or_place_a_signature(
    cabinet: bytes, hidden: int
) -> None:
    assert hidden_bytes(parse_cab(cabinet), cabinet) == hidden


@pytest.mark.parametrize("at", [4, 12, 20])
def test_reserved_numbers_of_the_header_are_zero(at: int) -> None:
    cabinet = CABINET[:at] + b"evil" + CABINET[at + 4 :]
    assert hidden_bytes(parse_cab(cabinet), cabinet) == 4
