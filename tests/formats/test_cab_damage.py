"""Damaged cabinets are a `CabError` or read as something else, never a crash."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_cab import File, Header, make_cab, stored, zipped

from builder.errors import CabError, LimitError
from builder.formats.cab import parse_cab
from builder.formats.cab_members import unpack_members

FILES = (
    File(name=b"a.txt", size=5),
    File(name="ü".encode(), size=7, offset=5, attributes=0xA0),
    File(name=b"c", size=3, folder=1),
)
PLAIN = make_cab(*FILES, folders=(zipped(b"hellohellohe"), stored(b"abc")))
RESERVED = make_cab(
    *FILES[:2],
    folders=(stored(b"hellohellohe"),),
    header=Header(flags=4),
    reserves=b"\x14\0\0\0\0\0\x10\0\x81\0\0\0\x08\0\0\0" + bytes(8),
    tail=b"\x30\x06" + bytes(6),
)


def outcome(data: bytes) -> list[tuple[str, bytes]] | None:
    """Unpack all; None where the cabinet is refused with a place in it."""
    place: int | None
    try:
        cabinet = parse_cab(data)
        return [
            (file.name, b"".join(chunks))
            for file, chunks in unpack_members(cabinet, data)
        ]
    except (CabError, LimitError) as error:
        place = error.offset
    assert place is not None
    assert 0 <= place <= len(data)
    return None


def test_the_undamaged_ones_unpack() -> None:
    both = [("a.txt", b"hello"), ("ü", b"hellohe")]
    assert outcome(PLAIN) == [*both, ("c", b"abc")]
    assert outcome(RESERVED) == both
    assert parse_cab(RESERVED).signature is not None


@pytest.mark.parametrize("data", [PLAIN, RESERVED], ids=["plain", "reserved"])
def test_any_single_damaged_byte_is_contained(data: bytes) -> None:
    refused = 0
    flips = (1, 2, 4, 8, 16, 32, 64, 128, 255)
    for at, flip in product(range(len(data)), flips):
        broken = bytearray(data)
        broken[at] ^= flip
        refused += outcome(bytes(broken)) is None
    assert refused > 3 * len(data)


def test_any_damage_to_packed_bytes_is_found() -> None:
    cabinet = parse_cab(PLAIN)
    found = 0
    for folder in cabinet.folders:
        for at, flip in product(
            range(folder.first_data + 4, folder.data_end), range(8)
        ):
            broken = bytearray(PLAIN)
            broken[at] ^= 1 << flip
            assert outcome(bytes(broken)) is None
            found += 1
    assert found > 100


@pytest.mark.parametrize("length", range(len(PLAIN)))
def test_any_truncation_is_refused(length: int) -> None:
    assert outcome(PLAIN[:length]) is None


@given(
    st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), max_size=6)
)
def test_several_damaged_bytes_are_contained(damage: list[tuple[int, int]]) -> None:
    broken = bytearray(PLAIN)
    for at, value in damage:
        broken[at] = value
    outcome(bytes(broken))


@given(st.binary(max_size=200))
def test_noise_behind_a_signature_is_contained(noise: bytes) -> None:
    outcome(b"MSCF" + noise)


@given(st.binary(max_size=120), st.integers(1, 3), st.integers(1, 3))
def test_noise_as_tables_is_contained(noise: bytes, folders: int, files: int) -> None:
    header = Header(
        size=36 + len(noise),
        first_file=36 + 8 * folders,
        folders=folders,
        files=files,
    )
    outcome(make_cab(folders=(), header=header) + noise)
