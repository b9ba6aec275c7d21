"""What follows a cabinet: a signature, recognised exactly, or something else."""

import struct

import pytest
from make_cab import File, Header, make_cab, stored

from builder.formats.cab import parse_cab
from builder.model.cabinet import Cabinet, SignaturePlace

A = File(name=b"a.txt", size=5)
FIVE = stored(b"hello")


def signed(
    signature: bytes, *, tail: bytes = b"", mark: int = 0x100000, shift: int = 0
) -> Cabinet:
    head = struct.pack("<HBB", 20, 0, 0)
    place = struct.pack("<5I", mark, 103 + shift, len(signature), 0, 0)
    return parse_cab(
        make_cab(
            A,
            folders=(FIVE,),
            header=Header(flags=4),
            reserves=head + place,
            tail=signature + tail,
        )
    )


LONG = b"\x30\x82\x01\x00" + bytes(256)


@pytest.mark.parametrize(
    "signature",
    [b"\x30\x06" + b"s" * 6, LONG, LONG + bytes(4), b"\x30\x81\x80" + b"s" * 128],
)
def test_an_announced_signature_is_recognised(signature: bytes) -> None:
    cabinet = signed(signature)
    assert cabinet.signature == SignaturePlace(offset=103, size=len(signature))
    assert cabinet.trailing == 0


def test_what_follows_a_signature_is_counted() -> None:
    cabinet = signed(LONG, tail=b"junk")
    assert cabinet.signature == SignaturePlace(offset=103, size=260)
    assert cabinet.trailing == 4


@pytest.mark.parametrize(
    "signature",
    [
        b"\x31\x06" + b"s" * 6,
        b"\x30\x06" + b"s" * 5,
        b"\x30\x06" + b"s" * 14,
        b"\x30\x06" + b"s" * 7,
        b"\x30\x80" + b"s" * 6,
        b"\x30\x85\0\0\0\0\1s",
        b"\x30",
    ],
    ids=["set", "short", "long", "padding", "indefinite", "wide", "cut"],
)
def test_what_is_no_signature_is_trailing(signature: bytes) -> None:
    cabinet = signed(signature)
    assert (cabinet.signature, cabinet.trailing) == (None, len(signature))


def test_a_signature_in_another_place_is_trailing() -> None:
    assert signed(LONG, shift=1).signature is None
    assert signed(LONG, shift=-1).signature is None
    assert signed(LONG, mark=0x100001).signature is None


def test_an_announced_signature_may_be_missing() -> None:
    cabinet = signed(b"")
    assert (cabinet.signature, cabinet.trailing) == (None, 0)


def test_a_reserve_of_another_size_announces_nothing() -> None:
    cabinet = parse_cab(
        make_cab(
            A,
            folders=(FIVE,),
            header=Header(flags=4),
            reserves=struct.pack("<HBB", 0, 0, 0),
            tail=b"junk",
        )
    )
    assert (cabinet.signature, cabinet.trailing) == (None, 4)
