"""Rift tables: piecewise maps, put one behind the other and turned round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pa30 import FORMAT, Bits, write_rift, write_signed

from builder.errors import DeltaError, LimitError
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_rift import (
    Lookup,
    Rift,
    compose,
    invert,
    parse_integer_format,
    parse_rift,
)

small = st.integers(-40, 40)
tables = st.lists(st.tuples(small, small), max_size=6)
positions = range(-120, 121)


def model(pieces: list[tuple[int, int]], position: int) -> int:
    """Map by looking at every piece; the last of equal starts counts."""
    ordered = sorted(pieces, key=lambda piece: piece[0])
    if not ordered:
        return position
    below = [offset for start, offset in ordered if start <= position]
    return position + (below[-1] if below else ordered[-1][1])


@given(tables)
def test_a_map_adds_the_offset_of_its_piece(pieces: list[tuple[int, int]]) -> None:
    rift = Rift(pieces)
    assert [rift.map(at) for at in positions] == [model(pieces, at) for at in positions]


@given(tables)
def test_the_pieces_of_a_map_cover_everything_once(
    pieces: list[tuple[int, int]],
) -> None:
    rift = Rift(pieces)
    for at in positions:
        found = [offset for low, high, offset in rift.pieces() if low <= at < high]
        assert found == [rift.map(at) - at]


@given(tables, tables)
def test_a_composition_maps_twice(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    both = compose(Rift(first), Rift(second))
    for at in positions:
        assert both.map(at) == Rift(second).map(Rift(first).map(at))


@given(tables)
def test_an_inversion_takes_the_first_piece_from_zero_on(
    pieces: list[tuple[int, int]],
) -> None:
    """Of all that reach a target: non-negative ones first, then by piece."""
    rift = Rift(pieces)
    back = invert(rift)
    order = [(low, high, offset) for low, high, offset in rift.pieces()]
    halves = [(max(low, 0), high, offset) for low, high, offset in order if high > 0]
    halves += [(low, min(high, 0), offset) for low, high, offset in order if low < 0]
    for target in positions:
        reached = [
            target - offset
            for low, high, offset in halves
            if low <= target - offset < high
        ]
        if reached:
            assert back.map(target) == reached[0]


def test_too_many_pieces_are_refused() -> None:
    """Each of 2000 pieces reaches all of 2000 others."""
    thin = Rift([(at, 0) for at in range(0, 4000, 2)])
    folded = Rift([(at, -at) for at in range(0, 8_000_000, 4000)])
    with pytest.raises(LimitError, match="too many pieces"):
        compose(folded, thin)
    assert len(compose(thin, thin).starts) < 4010


@given(st.lists(st.tuples(st.integers(-(1 << 40), 1 << 40), st.integers(0, 1 << 40))))
def test_a_table_is_read_as_it_was_written(entries: list[tuple[int, int]]) -> None:
    out = Bits()
    write_rift(out, entries)
    rift = parse_rift(BitReader(out.done(), base=0))
    wanted = Rift([(source, target - source) for source, target in entries])
    assert (rift.starts, rift.offsets) == (wanted.starts, wanted.offsets)


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=20))
def test_numbers_are_read_as_they_were_written(numbers: list[int]) -> None:
    out = Bits().bits(0, 8).bits(0, 8).bits(248, 8).bits(7, 4)
    for number in numbers:
        write_signed(out, number)
    reader = BitReader(out.done(), base=0)
    code = parse_integer_format(reader)
    assert [code.read(reader) for _ in numbers] == numbers


def test_a_format_tells_the_first_lengths_and_shares_the_rest() -> None:
    """Lengths 2, 3 for 0 and 1, and 3 for -1; 242 of 9 bits, 7 of 8 bits."""
    lengths = [2, 3, *([9] * 124), 3, *([9] * 118), *([8] * 7)]
    out = Bits().bits(2, 8).bits(1, 8).bits(242, 8)
    out.bits(1, 4).bits(2, 4).bits(2, 4).bits(8, 4)
    for symbol in (0, 1, 126, 3, 129):
        out.code(symbol, lengths)
    reader = BitReader(out.done(), base=0)
    code = parse_integer_format(reader)
    assert [code.read(reader) for _ in range(5)] == [0, 1, -1, 3, -4]


def test_a_format_whose_code_is_not_complete_is_refused() -> None:
    out = Bits().bits(2, 8).bits(1, 8).bits(241, 8)
    out.bits(1, 4).bits(2, 4).bits(2, 4).bits(8, 4)
    with pytest.raises(DeltaError, match="not complete"):
        parse_integer_format(BitReader(out.done(), base=0))


def test_a_format_may_have_one_number_only() -> None:
    out = Bits().bits(1, 8).bits(0, 8).bits(0, 8).bits(0, 4).bits(0, 4).bits(0, 3)
    reader = BitReader(out.done(), base=0)
    code = parse_integer_format(reader)
    assert [code.read(reader) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("counts", [(127, 0, 0), (0, 127, 0), (100, 100, 53)])
def test_a_format_with_too_many_codes_is_refused(counts: tuple[int, ...]) -> None:
    out = Bits()
    for count in counts:
        out.bits(count, 8)
    out.bits(0, 32)
    with pytest.raises(DeltaError, match="names too many codes"):
        parse_integer_format(BitReader(out.done(), base=0))


@pytest.mark.parametrize("count", [-1, 1000, 1 << 60])
def test_more_entries_than_bits_are_refused(count: int) -> None:
    out = Bits().bits(1, 1)
    for _ in range(2):
        out.bits(0, 8).bits(0, 8).bits(248, 8).bits(7, 4)
    out.number(count)
    for _ in range(8):
        out.code(0, FORMAT)
    with pytest.raises(DeltaError, match="rift entries announced"):
        parse_rift(BitReader(out.done(), base=0))


def test_a_table_of_a_million_entries_is_refused() -> None:
    out = Bits().bits(1, 1)
    for _ in range(2):
        out.bits(1, 8).bits(0, 8).bits(0, 8).bits(0, 4).bits(0, 4)
    out.number((1 << 20) + 1)
    data = out.done() + bytes(1 << 18) + b"\0"
    with pytest.raises(LimitError, match="1048577 entries in a rift table"):
        parse_rift(BitReader(data, base=0))


def test_entries_out_of_reach_are_dropped() -> None:
    out = Bits()
    write_rift(out, [(1, 2), (1 << 62, 5), ((1 << 62) + 9, (1 << 62) + 10)])
    rift = parse_rift(BitReader(out.done(), base=0))
    assert (list(rift.starts), list(rift.offsets)) == ([1], [1])


@pytest.mark.parametrize("sign", [1, -1])
def test_sums_beyond_64_bits_do_not_come_back(sign: int) -> None:
    """In integers of C, two of the largest numbers make -2."""
    far = sign * ((1 << 63) - 1)
    out = Bits()
    write_rift(out, [(far, far), (2 * far, 3 * far)])
    rift = parse_rift(BitReader(out.done(), base=0))
    assert (list(rift.starts), list(rift.offsets)) == ([], [])


def test_the_least_number_of_64_bits_is_out_of_reach() -> None:
    """In integers of C it is its own opposite."""
    out = Bits()
    write_rift(out, [(-(1 << 63), -(1 << 63))])
    assert list(parse_rift(BitReader(out.done(), base=0)).starts) == []


def test_pieces_that_push_each_other_aside_without_end_are_refused() -> None:
    """Sources that ascend while their targets fall, none beside another."""
    back = invert(Rift((10 * at, -30 * at) for at in range(2000)))
    assert [back.map(-20 * at) for at in range(2000)] == [10 * at for at in range(2000)]
    with pytest.raises(LimitError):
        invert(Rift((10 * at, -30 * at) for at in range(1 << 15)))


@given(tables, st.lists(st.integers(-120, 120), min_size=1))
def test_a_lookup_answers_as_its_rift_whatever_was_asked_before(
    pieces: list[tuple[int, int]], asked: list[int]
) -> None:
    rift = Rift(pieces)
    lookup = Lookup(rift)
    assert [lookup.map(at) for at in asked] == [rift.map(at) for at in asked]
