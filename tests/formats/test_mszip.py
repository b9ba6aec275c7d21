import random
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_cab import mszip

from builder.errors import CabError, PlanError
from builder.formats.mszip import MszipDecoder, compressor_of, encode_block
from builder.model.cabinet import Deflate

NOISE = random.Random(1).randbytes(32768)
# The same bytes again, near enough for zlib to find them.
AGAIN = NOISE[1000:] + NOISE[:1000]
LARGEST = 32768 + 12


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def test_a_block_unpacks() -> None:
    assert MszipDecoder().decode(mszip(b"hello" * 9), 45) == b"hello" * 9


def test_a_block_may_refer_to_the_one_before() -> None:
    second = mszip(AGAIN, history=NOISE)
    assert len(second) < 2000
    decoder = MszipDecoder()
    decoder.decode(mszip(NOISE), 32768)
    assert decoder.decode(second, 32768) == AGAIN


def test_history_reaches_over_short_blocks() -> None:
    decoder = MszipDecoder()
    assert decoder.decode(mszip(b"abc"), 3) == b"abc"
    assert decoder.decode(mszip(NOISE[:99], b"abc"), 99) == NOISE[:99]
    third = mszip(b"abc" + NOISE[:99], b"abc" + NOISE[:99])
    assert decoder.decode(third, 102) == b"abc" + NOISE[:99]


def test_a_new_decoder_has_no_history() -> None:
    with pytest.raises(CabError, match="distance too far back"):
        MszipDecoder().decode(mszip(AGAIN, history=NOISE), 32768)


@pytest.mark.parametrize(
    ("block", "size", "reason"),
    [
        (b"", 1, "starts with b'', not b'CK'"),
        (b"C", 1, "starts with b'C', not b'CK'"),
        (b"KC" + raw_deflate(b"a"), 1, "starts with b'KC', not b'CK'"),
        (b"CK", 1, "unpacks to 0, not 1 bytes"),
        (b"CK\xff\xff", 1, "the deflate stream is broken"),
        (mszip(b"abc"), 2, "unpacks to more than 2 bytes"),
        (mszip(b"abc"), 4, "unpacks to 3, not 4 bytes"),
        (mszip(bytes(32769)), 32768, "unpacks to more than 32768 bytes"),
        (mszip(b"abc") + b"\0", 3, "1 bytes after the deflate stream"),
        (b"CK\x00\x03\x00\xfc\xffabc", 3, "the deflate stream does not end"),
    ],
)
def test_damage_is_named(block: bytes, size: int, reason: str) -> None:
    with pytest.raises(CabError) as caught:
        MszipDecoder().decode(block, size)
    assert reason in caught.value.reason


def test_a_bomb_stops_at_the_announced_size() -> None:
    bomb = b"CK" + raw_deflate(bytes(64 << 20))
    assert len(bomb) > 60_000
    with pytest.raises(CabError, match="unpacks to more than 100 bytes"):
        MszipDecoder().decode(bomb, 100)


@pytest.mark.parametrize("level", range(1, 10))
def test_noise_is_stored_and_fits(level: int) -> None:
    block = encode_block(NOISE, level=level)
    assert len(block) <= LARGEST
    assert zlib.decompress(block[2:], -15) == NOISE


def test_the_fallback_is_a_valid_stored_block() -> None:
    block = encode_block(NOISE[:1000])
    assert block == b"CK\x01\xe8\x03\x17\xfc" + NOISE[:1000]
    assert zlib.decompress(block[2:], -15) == NOISE[:1000]


def test_a_repeated_block_costs_next_to_nothing() -> None:
    assert len(encode_block(AGAIN, history=NOISE)) < 2000


@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=5))
def test_decode_inverts_encode(parts: list[bytes]) -> None:
    decoder, history = MszipDecoder(), b""
    for part in parts:
        block = (part * 400)[:32768]
        packed = encode_block(block, history=history)
        assert decoder.decode(packed, len(block)) == block
        history = block


@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=5))
def test_zlib_reads_what_zlib_ng_packs_block_by_block(parts: list[bytes]) -> None:
    start = compressor_of(Deflate.ZLIB_NG)
    history = b""
    for part in parts:
        block = (part * 400)[:32768]
        packed = encode_block(block, history=history, start=start)
        assert packed == encode_block(block, history=history, start=start)
        stream = zlib.decompressobj(-15, history)
        assert stream.decompress(packed[2:]) == block
        assert stream.eof
        assert len(packed) <= len(block) + 7
        history = block


def test_a_library_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "zlib_ng", None)
    with pytest.raises(PlanError, match=r"zlib-ng is not installed; see: pip install"):
        compressor_of(Deflate.ZLIB_NG)


@given(st.binary(max_size=300), st.integers(1, 400))
def test_any_bytes_unpack_or_are_a_cab_error(noise: bytes, size: int) -> None:
    try:
        chunk = MszipDecoder().decode(b"CK" + noise, size)
    except CabError:
        return
    assert len(chunk) == size
