"""The copy / insert codec: slots, lengths, the last distances, code tables."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pa30 import LENGTHS, MAIN, Bits, Patch, make_delta

from builder.errors import DeltaError
from builder.formats.pa30 import decode_pa30

SOURCE = bytes(random.Random(30).randbytes(4000))


def decoded(patch: Bits, target: bytes, source: bytes = SOURCE) -> bytes:
    """Decode without a hash: what comes out is compared here."""
    delta = make_delta(patch.done(), target, algorithm=0, digest=b"")
    return decode_pa30(delta, source)


def refused(patch: Bits, size: int, source: bytes = SOURCE) -> str:
    with pytest.raises(DeltaError) as caught:
        decoded(patch, bytes(size), source)
    return caught.value.reason


def test_a_match_along_the_rift_copies_from_the_same_place() -> None:
    patch = Patch().literals(b"12").match(3, 7)
    assert decoded(patch, bytes(9)) == b"12" + SOURCE[2:9]


@pytest.mark.parametrize(
    ("slot", "stored", "bits", "shift"),
    [
        (0, 0x2000 + 5, 14, -5),
        (0, 0x2000 - 5, 14, 5),
        (1, 0x8000, 16, -0x2000),
        (1, 0x7FFF, 16, 0x2001),
        (2, 0x20000, 18, -0xA000),
        (2, 0x1FFFF, 18, 0xA001),
    ],
)
def test_near_slots_count_from_the_rift(
    slot: int, stored: int, bits: int, shift: int
) -> None:
    """The distance grows with the number: the place in the source falls."""
    source = random.Random(slot).randbytes(100_000)
    patch = Patch()
    patch.match(3, 50_000).match(slot, 4, (stored, bits))
    start = 50_000 + shift
    wanted = source[:50_000] + source[start : start + 4]
    assert decoded(patch, wanted, source) == wanted


@pytest.mark.parametrize(
    "distance", [*range(1, 40), 63, 64, 65, 300, 3000, 4050, 65_536, 70_000, 300_000]
)
def test_far_slots_are_distances(distance: int) -> None:
    source = random.Random(1).randbytes(300_000)
    patch = Patch().literals(b"12").far(distance, 5)
    whole = bytearray(source + b"12")
    for _ in range(5):
        whole.append(whole[-distance])
    assert decoded(patch, bytes(7), source) == whole[len(source) :]


@pytest.mark.parametrize(
    "distance", [1 << 18, 1 << 19, 1 << 20, (1 << 21) - 1, 1 << 21]
)
def test_the_escape_slot_reaches_farther(distance: int) -> None:
    source = bytes(1 << 21) + b"the end"
    patch = Patch().far(distance, 9)
    start = len(source) - distance
    assert decoded(patch, bytes(9), source) == (source * 2)[start : start + 9]


@pytest.mark.parametrize(
    "length", [*range(2, 20), 262, 263, 264, 265, 519, 520, 521, 1023, 3000, 66_000]
)
def test_every_length_can_be_told(length: int) -> None:
    source = random.Random(2).randbytes(70_000)
    assert decoded(Patch().match(3, length), bytes(length), source) == source[:length]


def test_a_match_may_overlap_itself() -> None:
    patch = Patch().literals(b"ab").far(2, 6).far(1, 300).far(3, 100)
    text = b"ab" + b"ababab" + b"b" * 300 + b"b" * 100
    assert decoded(patch, text) == text


def test_a_match_may_run_from_the_source_into_the_target() -> None:
    patch = Patch().literals(b"12345").far(10, 8)
    assert decoded(patch, bytes(13)) == b"12345" + SOURCE[-5:] + b"123"


def test_the_last_three_distances_move_to_the_front() -> None:
    """A repeated distance moves up; the others keep their order."""
    patch = Patch().match(3, 100).far(5, 2).far(9, 2).far(20, 2)
    # Remembered now: 20, 9, 5; the rift's distance has fallen out.
    patch.match(6, 2).match(6, 2).match(5, 2).match(4, 2)
    whole = bytearray(SOURCE + SOURCE[:100])
    for distance in (5, 9, 20, 5, 9, 5, 5):
        for _ in range(2):
            whole.append(whole[-distance])
    assert decoded(patch, bytes(114)) == whole[len(SOURCE) :]


def test_a_match_along_the_rift_is_remembered() -> None:
    patch = Patch().match(3, 10).literals(b"xyz").match(4, 4)
    assert decoded(patch, bytes(17)) == SOURCE[:10] + b"xyz" + SOURCE[13:17]


def test_a_near_match_is_remembered() -> None:
    patch = Patch().match(0, 4, (0x2000 - 100, 14)).match(4, 4)
    assert decoded(patch, bytes(8)) == SOURCE[100:108]


def test_a_match_along_the_rift_is_anchored_anew_at_each_entry() -> None:
    size = len(SOURCE)
    rift = [(size + 10, 500), (size + 20, 40)]
    patch = Patch(rift=rift).match(3, 30).match(4, 2)
    wanted = SOURCE[:10] + SOURCE[500:510] + SOURCE[40:50]
    # What is remembered is the distance of the first piece.
    wanted += SOURCE[30:32]
    assert decoded(patch, bytes(32)) == wanted


def test_of_equal_rift_entries_the_last_counts() -> None:
    size = len(SOURCE)
    rift = [(size, 700), (size + 4, 300), (size + 4, 100)]
    patch = Patch(rift=rift).match(3, 8)
    assert decoded(patch, bytes(8)) == SOURCE[:4] + SOURCE[100:104]


@pytest.mark.parametrize(
    ("patch", "size", "reason"),
    [
        (Patch().match(4, 3), 3, "a match starts outside the buffer"),
        (Patch().far(4001, 3), 3, "a match starts outside the buffer"),
        (Patch().match(0, 3, (0, 14)), 3, "a match starts outside the buffer"),
        (Patch().match(3, 9), 8, "a match ends behind the target"),
        (Patch().match(3, 1 << 30), 9, "a match ends behind the target"),
        (Patch(rift=[(4003, 9000)]).match(3, 9), 9, "a match starts outside"),
        (Patch().match(3, 8), 9, "the bit stream ends inside a value"),
    ],
)
def test_matches_out_of_bounds_are_refused(
    patch: Patch, size: int, reason: str
) -> None:
    assert refused(patch, size).startswith(reason)


def test_a_match_along_the_rift_runs_into_the_target() -> None:
    patch = Patch().match(3, 4003)
    assert decoded(patch, bytes(4003)) == SOURCE + SOURCE[:3]


def test_a_length_that_is_too_long_is_refused() -> None:
    patch = Patch().code(256 + 8 * 3, MAIN).code(0, LENGTHS).bits(0, 25)
    assert refused(patch, 9) == "a number is too long"


PRE_CODE = [5] * 25 + [6] * 14
"""A code of equal lengths for the 39 symbols that tell code lengths."""


class Tables(Patch):
    """A patch with code tables of its own."""

    def __init__(self, starts: list[int], pre_code: list[int] = PRE_CODE) -> None:
        super().__init__(tables=True)
        self.bits(0, 1).number(len(starts))
        for before, start in pairwise([0, *starts]):
            self.number(start - before)
        for length in pre_code:
            self.bits(length, 4)

    def told(self, *symbols: int) -> "Tables":
        for symbol in symbols:
            self.code(symbol, PRE_CODE)
        return self

    def run(self, kind: int, count: int) -> "Tables":
        """Write a run; `kind` is 23 to repeat, 31 to copy from the block before."""
        width = count.bit_length() - 1
        if count < 4:
            self.told(kind + count - 1)
        else:
            self.told(kind + width + 1).bits(count - (1 << width), width)
        return self


MATCH = 256 + 8 * 3 + 1
"""Two bytes along the rift."""


def code_of(symbols: dict[int, int]) -> list[int]:
    return [symbols.get(symbol, 0) for symbol in range(600)]


REST = [8] * 256 + [4] * 16
FIRST = code_of({ord("a"): 1, ord("b"): 2, MATCH: 2})
SECOND = code_of({ord("a"): 2, ord("c"): 1, MATCH: 2})


def test_tables_are_told_against_the_block_before() -> None:
    patch = Tables([4000, 4005]).told(*FIRST, *REST)
    # a: one longer; b: two shorter; c: one, as no code before; then the same.
    patch.run(31, 64).run(31, 33).told(17, 21, 1)
    left = 872 - 100
    while left:
        patch.run(31, min(left, 127))
        left -= min(left, 127)
    for symbol in (*b"aba", MATCH):
        patch.code(symbol, FIRST)
    for symbol in b"cac":
        patch.code(symbol, SECOND)
    assert decoded(patch, bytes(8)) == b"aba" + SOURCE[3:5] + b"cac"


def test_of_two_blocks_with_one_start_the_last_counts() -> None:
    patch = Tables([4000, 4000]).told(*FIRST, *REST).told(*SECOND, *REST)
    for symbol in b"ca":
        patch.code(symbol, SECOND)
    assert decoded(patch, bytes(2)) == b"ca"


def test_lengths_are_repeated_in_runs() -> None:
    """Everything of length 0 but four symbols; runs cross the codes' borders."""
    patch = Tables([4000]).told(2).run(23, 3).told(0)
    left = 872 - 5
    while left:
        patch.run(23, min(left, 127))
        left -= min(left, 127)
    codes = [2] * 4 + [0] * 596
    for symbol in (0, 3, 1, 2):
        patch.code(symbol, codes)
    assert decoded(patch, bytes(4)) == b"\0\3\1\2"


def test_a_code_of_one_symbol_takes_one_bit() -> None:
    lengths = code_of({ord("z"): 1})
    patch = Tables([4000]).told(*lengths, *([0] * 272)).bits(0, 5)
    assert decoded(patch, b"zzzzz") == b"zzzzz"
    patch = Tables([4000]).told(*lengths, *([0] * 272)).bits(2, 5)
    assert refused(patch, 5) == "a code stands for no symbol"


def test_a_stream_of_literals_ends_where_its_bits_do() -> None:
    """Zeros behind the end are the code of a literal."""
    lengths = code_of({ord("a"): 1, ord("b"): 1})
    patch = Tables([4000]).told(*lengths, *([0] * 272)).bits(0, 5)
    assert refused(patch, 500) == "the bit stream ends inside a value"


def test_a_code_without_symbols_must_not_be_asked() -> None:
    lengths = code_of({256 + 8 * 3: 1})
    patch = Tables([4000]).told(*lengths, *([0] * 272)).bits(0, 20)
    assert refused(patch, 20) == "a code stands for no symbol"


def test_long_codes_go_through_a_second_table() -> None:
    """Lengths 1 to 16 and once more 16: each symbol comes out again."""
    lengths = [*range(1, 17), 16] + [0] * 583
    patch = Tables([4000]).told(*lengths, *REST)
    text = bytes([*range(17), 16, 15, 0, 14, 10, 11])
    for byte in text:
        patch.code(byte, lengths)
    assert decoded(patch, text) == text


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        (Tables([4001]).told(*FIRST, *REST), "no codes are in force"),
        (Tables([]), "0 blocks of codes"),
        (Tables([0] * 1025), "1025 blocks of codes"),
        (Tables([4000, 3999]), "a block starts nowhere"),
        (Tables([4000]).run(23, 2), "code lengths overflow their table"),
        (Tables([4000]).told(20), "a code length is too long"),
        (Tables([4000]).told(1, 2, *([0] * 870)), "a prefix code is not complete"),
        (Tables([4000]).told(1, 1, 1, *([0] * 869)), "a prefix code is not complete"),
        (
            Tables([4000, 4000]).told(16, *([0] * 871)).told(17),
            "a code length is too long",
        ),
        (Tables([4000]).told(1, *([0] * 870)).run(31, 2), "code lengths overflow"),
        (Tables([4000], [1] * 3 + [0] * 36), "a prefix code is not complete"),
        (Tables([4000], [2] * 3 + [0] * 36), "a prefix code is not complete"),
        (Tables([4000], [2] + [0] * 38), "a prefix code is not complete"),
    ],
)
def test_tables_that_lie_are_refused(patch: Tables, reason: str) -> None:
    patch.bits(0, 32)
    assert refused(patch, 4).startswith(reason)


@given(st.data())
def test_any_sequence_of_matches_is_followed(data: st.DataObject) -> None:
    """What a plain model of the buffer says comes out."""
    source = data.draw(st.binary(max_size=60))
    patch = Patch()
    whole = bytearray(source)
    for _ in range(data.draw(st.integers(1, 12))):
        if len(whole) == 0 or data.draw(st.booleans()):
            text = data.draw(st.binary(min_size=1, max_size=5))
            patch.literals(text)
            whole += text
            continue
        distance = data.draw(st.integers(1, len(whole)))
        length = data.draw(st.integers(2, 300))
        patch.far(distance, length)
        for _ in range(length):
            whole.append(whole[-distance])
    target = bytes(whole[len(source) :])
    assert decoded(patch, target, source) == target
