"""Damaged deltas, the same on every run, and what becomes of them.

Run as a program, it prints the outcomes as JSON, so that another form of the
decoder can be held against this one.
"""

import hashlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from unittest import mock

from make_image import AMD64, CODE, DATA, I386, make_image, make_tables
from make_managed import write_image
from make_pa30 import Patch, make_delta, preprocess
from managed_deltas import CALL, body, methods, write_head
from managed_model import Moves

from builder.errors import HotfixError
from builder.formats import pa30
from builder.formats.pa30_codec import __file__ as codec
from builder.model.delta import Reading
from builder.model.limits import Limits

KIND = {I386: (2, 0x10), AMD64: (8, 0x20)}
FLAGS = {I386: 0x2E1FE, AMD64: 0x2E63E}


def based_delta(machine: int, *, relocated: bool = True) -> tuple[bytes, bytes]:
    """Return a delta that uses every transform, and its source."""
    tables, listed = make_tables(machine)
    if not relocated:
        del listed[5]
        tables += b"\7" + (0x400000 + CODE).to_bytes(4, "little") * 3
    code = bytes.fromhex("e8000100000f84f0000000e9e1010000488b05f0000000c3") * 8
    source = make_image(machine, code=code, data=tables, directories=listed)
    head = preprocess(
        base=0x10000000,
        stamp=0x3333,
        offsets=[(0, 0), (CODE, 0x400), (DATA, 0x800)],
        moves=[(0, 0), (CODE, CODE + 0x10), (CODE + 0x80, CODE + 0x70), (DATA, DATA)],
    )
    # Nothing of the source goes where the code starts, nor where it ends.
    patch = Patch().match(3, 0x400).literals(bytes(16)).match(3, 0x3E0)
    patch.literals(bytes(16)).far(5, 40).match(0, 300, (0x2000, 14)).match(3, 0x2AC)
    delta = make_delta(
        patch.done(),
        bytes(0xC00),
        algorithm=0,
        digest=b"",
        file_type=KIND[machine][0],
        flags=FLAGS[machine] | 1,
        head=head,
    )
    return delta, source


def managed_delta(flags: int) -> tuple[bytes, bytes]:
    """Return a delta of a managed executable, and its source."""
    made = methods([body(CALL * 4, tiny=True), body(CALL * 40, tiny=False)])
    types = [(0, 1, 1, 5 << 2, 1, 1), (0, 1, 1, 1, 1, 1), (0, 1, 1, 2, 1, 1)]
    rows: dict[int, Sequence[Sequence[int]]] = {
        2: types,
        4: [(6, 1, 1), (6, 1, 5)],
        0x0A: [(8, 1, 5)],
        0x11: [(5,), (1,)],
    }
    made = replace(
        made,
        tables={**made.tables, **rows, 0x2A: [(0, 0, 2, 1)] * 2},
        strings=b"\0name\0",
        user_strings=b"\0\5a\0b\0\0",
        blob=b"\0\3\6\x12\x14\7\x20\1\x12\x14\x1d\x12\x18" + bytes(4),
    )
    target = replace(made, wide=1, gap=8)
    moves = Moves(
        heaps={"#Strings": [(0, 0), (1, 3)], "#US": [(0, 0), (1, 2)]},
        tables={2: [(0, 0), (1, 2)], 6: [(0, 0), (2, 5)]},
    )
    image, _ = write_image(made)
    patch = Patch().match(3, 0x200).literals(b"!").match(3, 0x3FF)
    delta = make_delta(
        patch.done(),
        bytes(0x600),
        algorithm=0x8003,
        file_type=2 if flags == 0xC000 else 16,
        flags=flags | 0x2E1FE & ~0xC000,
        head=write_head((target, write_image(target)[1]), moves),
    )
    return delta, image


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double or overwrite a few bytes."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(out) or 1)
        match chance.randrange(5):
            case 0 | 1 if out:
                out[at] ^= 1 << chance.randrange(8)
            case 2 if out:
                out[at] = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
            case 3:
                del out[at : at + chance.randrange(1, 9)]
            case _:
                out[at:at] = out[at : at + chance.randrange(1, 9)]
    return bytes(out)


def damaged_pairs(count: int) -> Iterator[tuple[bytes, bytes]]:
    chance = random.Random(30)  # the same on every run
    pairs = [based_delta(I386), based_delta(AMD64), managed_delta(0xC000)]
    pairs += [managed_delta(0x600000), based_delta(I386, relocated=False)]
    for number in range(count):
        delta, source = pairs[number % 5]
        if number < 5:
            yield delta, source
        elif number % 10 < 5:
            yield damaged(delta, chance), source
        else:
            yield delta, damaged(source, chance)


def outcomes(count: int) -> list[str]:
    """Decode damaged deltas: the hash of each target, or the error.

    Each by either description of the transforms, as if there were no other.
    """
    found = []
    for reading in Reading:
        with mock.patch.object(pa30, "readings_of", return_value=(reading,)):
            found += [outcome(*pair) for pair in damaged_pairs(count)]
    return found


def outcome(delta: bytes, source: bytes) -> str:
    try:
        target = pa30.decode_pa30(delta, source, limits=Limits(target=1 << 16))
    except HotfixError as error:
        return f"{type(error).__name__}: {error}"
    return hashlib.sha256(target).hexdigest()


if __name__ == "__main__":
    json.dump({"codec": codec, "outcomes": outcomes(int(sys.argv[1]))}, sys.stdout)
