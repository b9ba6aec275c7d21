"""The PA30 decoder: vectors, headers, and what is refused."""

import hashlib

import pytest
from make_pa30 import E8, Bits, Patch, insert, make_delta

from builder.errors import DeltaError, LimitError
from builder.formats.pa30 import decode_pa30, parse_pa30_header
from builder.model.delta import DeltaFlags, DeltaHeader, FileType
from builder.model.limits import Limits

# Made by hand: literals, a distance of 3, the last distance again (overlapping),
# a distance with a length symbol.
BY_HAND = bytes.fromhex(
    "5041333000000000000000001823788103804200f8b5f91519ec50a1c64eae593ad67dea0115"
    "53a72eddabfa09dd1110"
)
# Observed in KB3040017 for x64: matches along the rift and beside it.
BASED = bytes.fromhex(
    "5041333092d2c7326f7cce01f803020088483800280478b5ebd79a120c014f385d5da1d1ba83"
    "014200b7e3074eae547507e04fc29459bdbd01"
)
SOURCE = (
    b"*%%% Copyright (c) 2005  Microsoft Corporation\r\n\r\n*IsXPSDriver?: TRUE\r\n\r\n"
)


def refused(delta: bytes, basis: bytes = b"", size: int | None = None) -> DeltaError:
    with pytest.raises(DeltaError) as caught:
        decode_pa30(delta, basis, size=size)
    return caught.value


def test_a_delta_made_by_hand_gives_its_target() -> None:
    target = decode_pa30(BY_HAND)
    assert target == b"abcabcabcabca-bcabca-bc"


def test_a_delta_is_applied_to_its_basis() -> None:
    target = decode_pa30(BASED, SOURCE, size=72)
    digest = hashlib.sha1(target).hexdigest()
    assert digest == "5fd18540c1370d8a5ce2b2dbf04e630a5547e1d5"
    assert target.startswith(b"*% Copyright")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_will_do(kind: type) -> None:
    assert len(decode_pa30(kind(BASED), kind(SOURCE))) == 72


def test_the_header_is_a_value() -> None:
    assert parse_pa30_header(BASED) == DeltaHeader(
        filetime=0x01CE7C6F32C7D292,
        file_type=FileType.RAW,
        file_types=0xF,
        flags=DeltaFlags.IGNORE_FILE_SIZE_LIMIT,
        size=72,
        algorithm="md5",
        digest=hashlib.md5(decode_pa30(BASED, SOURCE)).digest(),
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PA19" + bytes(40), "a PA19 delta: the older format is not supported"),
        (b"PA31" + bytes(40), "a PA31 delta: the format of Windows 10"),
        (b"MZ\x90\0" + bytes(40), "signature is"),
        (b"PA30" + bytes(8), "12 bytes cannot hold a header"),
        (b"", "signature is b''"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, reason: str) -> None:
    error = refused(data)
    assert error.reason.startswith(reason)
    assert error.offset is not None


def test_a_wrong_basis_shows_in_the_hash() -> None:
    error = refused(BASED, SOURCE.replace(b"2005", b"2006"))
    assert error.reason.startswith("the target's md5 is ")


def test_another_size_than_promised_is_refused() -> None:
    assert refused(BASED, SOURCE, size=73).reason == (
        "the target has 72 bytes; 73 were promised"
    )


def test_a_target_above_the_limit_is_refused_before_it_is_made() -> None:
    huge = make_delta(insert(b"x"), b"x", size=1 << 40)
    with pytest.raises(LimitError, match="1,099,511,627,776 bytes; the limit is"):
        decode_pa30(huge)
    with pytest.raises(LimitError, match="72 bytes; the limit is 71"):
        decode_pa30(BASED, SOURCE, limits=Limits(target=71))


@pytest.mark.parametrize("algorithm", [(0x8004, "sha1"), (0x800C, "sha256")])
def test_every_hash_algorithm_is_verified(algorithm: tuple[int, str]) -> None:
    number, name = algorithm
    digest = hashlib.new(name, b"abc").digest()
    good = make_delta(insert(b"abc"), b"abc", algorithm=number, digest=digest)
    bad = make_delta(insert(b"abd"), b"abd", algorithm=number, digest=digest)
    assert decode_pa30(good) == b"abc"
    assert refused(bad).reason.startswith(f"the target's {name} is ")


def test_a_delta_without_a_hash_is_decoded() -> None:
    delta = make_delta(insert(b"abc"), b"abc", algorithm=0, digest=b"")
    assert parse_pa30_header(delta).algorithm is None
    assert decode_pa30(delta) == b"abc"


@pytest.mark.parametrize(
    ("delta", "reason"),
    [
        (make_delta(b"", b"", algorithm=0x8002), "hash algorithm 0x8002 is unknown"),
        (make_delta(b"", b"", digest=b"short"), "a hash of 5 bytes, not 16"),
        (make_delta(b"", b"", file_type=3), "file type 3 is unknown"),
        (make_delta(b"", b"", size=-1), "the target has a negative size"),
        (make_delta(b"", b"abc"), "a delta without a patch"),
        (
            make_delta(insert(b"abc"), b"abc", file_type=2),
            "an executable's delta without a preprocess buffer",
        ),
    ],
)
def test_a_header_that_lies_is_refused(delta: bytes, reason: str) -> None:
    assert refused(delta).reason == reason


def test_an_empty_target_needs_no_patch() -> None:
    assert decode_pa30(make_delta(b"", b"")) == b""


@pytest.mark.parametrize("cut", range(len(BY_HAND)))
def test_a_cut_delta_is_refused(cut: int) -> None:
    assert isinstance(refused(BY_HAND[:cut]), DeltaError)


def test_calls_of_the_output_become_relative_again() -> None:
    """A value v behind E8 at i: v - i from 0 on, v + n below, others stay."""
    stored = bytearray(b"\x90" * 64)
    wanted = bytearray(b"\x90" * 64)
    for at, value, relative in (
        (4, 40, 36),
        (9, 0, -9),
        (14, -14, 50),
        (20, 64, 64),
        (26, -27, -27),
    ):
        stored[at : at + 5] = b"\xe8" + value.to_bytes(4, "little", signed=True)
        wanted[at : at + 5] = b"\xe8" + relative.to_bytes(4, "little", signed=True)
    # Within the last ten bytes, nothing is changed.
    stored[54:59] = wanted[54:59] = b"\xe8\x01\0\0\0"
    delta = make_delta(insert(bytes(stored)), bytes(wanted), flags=E8)
    assert decode_pa30(delta) == wanted


@pytest.mark.parametrize("size", range(12))
def test_short_targets_have_no_calls(size: int) -> None:
    target = b"\xe8" * size
    delta = make_delta(insert(target), target, flags=E8)
    assert decode_pa30(delta) == target


def test_a_record_of_metadata_that_is_cut_off_is_refused() -> None:
    out = Bits()
    out.bits(0, 32).bits(0, 32).bits(0, 32).bits(0, 32).bits(0, 1).bits(1, 1)
    delta = make_delta(insert(b"abc"), b"abc", file_type=2, head=out.done())
    assert refused(delta).reason == "the bit stream ends inside a value"


def test_a_bit_stream_that_ends_inside_a_symbol_is_refused() -> None:
    patch = Patch().literals(b"abcdefgh").done()
    error = refused(make_delta(patch[:6], b"abcdefgh"))
    assert error.reason == "the bit stream ends inside a value"
    assert error.offset is not None
