from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.formats.dos_time import parse_dos_time, serialize_dos_time

words = st.integers(0, 0xFFFF)


def naive(*fields: int) -> datetime:
    return datetime(*fields)  # type: ignore[arg-type] # noqa: DTZ001 - as in DOS


@pytest.mark.parametrize(
    ("pair", "moment"),
    [
        ((0x0021, 0x0000), (1980, 1, 1, 0, 0, 0)),
        ((0x3A4C, 0x2D80), (2009, 2, 12, 5, 44, 0)),
        ((0x3A4C, 0x2D81), (2009, 2, 12, 5, 44, 2)),
        ((0xFF9F, 0xBF7D), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_pairs_and_times_belong_together(
    pair: tuple[int, int], moment: tuple[int, ...]
) -> None:
    assert parse_dos_time(*pair) == naive(*moment)
    assert serialize_dos_time(naive(*moment)) == pair


@pytest.mark.parametrize(
    "pair",
    [
        (0x0000, 0),
        (0x0001, 0),
        (0x01A1, 0),
        (0x005E, 0),
        (0x0021, 0xC000),
        (0x0021, 0x0780),
        (0x0021, 0x001E),
    ],
    ids=["zero", "month 0", "month 13", "30 February", "hour 24", "minute 60", "60 s"],
)
def test_fields_out_of_range_are_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"must be|out of range"):
        parse_dos_time(*pair)


@given(words, words)
def test_serialize_inverts_parse(date: int, time: int) -> None:
    try:
        moment = parse_dos_time(date, time)
    except ValueError:
        return
    assert serialize_dos_time(moment) == (date, time)


def test_odd_seconds_round_down() -> None:
    assert serialize_dos_time(naive(2009, 2, 12, 5, 44, 3)) == (0x3A4C, 0x2D81)


@pytest.mark.parametrize("year", [1979, 2108])
def test_years_that_do_not_fit_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="1980 to 2107"):
        serialize_dos_time(naive(year, 1, 1))


def test_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        serialize_dos_time(datetime(2009, 2, 12, tzinfo=UTC))
