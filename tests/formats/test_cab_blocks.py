import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_cab import Data, checksum, serialize_data

from builder.errors import CabError
from builder.formats.cab_blocks import (
    BLOCK,
    MAX_PACKED,
    Block,
    block_checksum,
    verify_block,
    walk_blocks,
)


def walk(data: bytes, *, count: int = 1, stored: bool = False) -> list[Block]:
    view = memoryview(data)
    return list(
        walk_blocks(view, first=0, count=count, reserve=0, end=len(data), stored=stored)
    )


@given(st.binary(max_size=100), st.integers(0, 900))
def test_checksums_are_those_of_the_specification(data: bytes, times: int) -> None:
    data = (data * times)[:0xFFFF]
    assert block_checksum(data) == checksum(data)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 32767, 32768, 32769, 38912, 65535])
def test_every_length_folds(size: int) -> None:
    data = bytes(n * n % 251 for n in range(size))
    assert block_checksum(memoryview(data)) == checksum(data)


def test_blocks_follow_each_other() -> None:
    first = serialize_data(Data(packed=b"x" * 10, unpacked=BLOCK))
    second = serialize_data(Data(packed=b"y" * 3, unpacked=7, checksum=0))
    assert walk(first + second, count=2) == [
        Block(0, 8, 10, BLOCK, checksum(b"x" * 10) ^ checksum(b"\x0a\0\0\x80")),
        Block(18, 26, 3, 7, 0),
    ]


def test_the_largest_packed_block_is_allowed() -> None:
    data = serialize_data(Data(packed=bytes(MAX_PACKED), unpacked=BLOCK))
    assert walk(data)[0].packed == MAX_PACKED


@pytest.mark.parametrize(
    ("data", "offset", "reason"),
    [
        (Data(packed=bytes(MAX_PACKED + 1), unpacked=9), 4, "38913 packed bytes"),
        (Data(packed=b"", unpacked=9), 4, "0 packed bytes"),
        (Data(packed=b"x", unpacked=0), 6, "spanned sets are refused"),
        (Data(packed=b"x", unpacked=BLOCK + 1), 6, "32769 unpacked bytes"),
        (Data(packed=b"x", packed_size=2), 0, "a data block is cut off"),
    ],
)
def test_sizes_that_cannot_be_are_refused(data: Data, offset: int, reason: str) -> None:
    with pytest.raises(CabError) as caught:
        walk(serialize_data(data))
    assert caught.value.offset == offset
    assert reason in caught.value.reason


def test_only_the_last_block_may_be_short() -> None:
    data = serialize_data(Data(packed=b"x", unpacked=BLOCK - 1)) * 2
    with pytest.raises(CabError, match="32767 unpacked bytes"):
        walk(data, count=2)


def test_a_stored_block_has_one_size() -> None:
    with pytest.raises(CabError, match="stored block of 1 bytes announces 2"):
        walk(serialize_data(Data(packed=b"x", unpacked=2)), stored=True)


@pytest.mark.parametrize("length", range(8))
def test_a_cut_header_is_refused(length: int) -> None:
    with pytest.raises(CabError, match="header of a data block is cut off"):
        walk(serialize_data(Data(packed=b"x"))[:length])


def verify(data: Data) -> None:
    raw = memoryview(serialize_data(data))
    (block,) = walk_blocks(
        raw,
        first=0,
        count=1,
        reserve=len(data.reserve),
        end=len(raw),
        stored=False,
    )
    verify_block(raw, block)


def test_the_right_checksum_is_silent() -> None:
    verify(Data(packed=b"hello"))


def test_a_checksum_of_zero_is_none() -> None:
    verify(Data(packed=b"hello", checksum=0))


def test_a_wrong_checksum_shows_both() -> None:
    with pytest.raises(CabError) as caught:
        verify(Data(packed=b"a", checksum=1))
    assert caught.value.reason == "the checksum is 0x00010060, not 0x00000001"
    assert caught.value.offset == 0


def test_reserved_bytes_may_be_summed_or_not() -> None:
    without = checksum(b"hello") ^ checksum(b"\5\0\5\0")
    verify(Data(packed=b"hello", reserve=b"abc"))
    verify(Data(packed=b"hello", reserve=b"abc", checksum=without))
    with pytest.raises(CabError, match="checksum"):
        verify(Data(packed=b"hello", reserve=b"abc", checksum=without ^ 1))
