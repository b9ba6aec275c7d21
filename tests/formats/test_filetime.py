"""FILETIME and back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.formats.filetime import parse_filetime, serialize_filetime


def test_a_known_time() -> None:
    """116444736000000000 is 1970 by the documentation of FILETIME."""
    assert parse_filetime(116444736000000000) == datetime(1970, 1, 1, tzinfo=UTC)
    assert parse_filetime(0) == datetime(1601, 1, 1, tzinfo=UTC)


@given(st.integers(0, 2650467743999999999))
def test_all_but_the_last_digit_comes_back(ticks: int) -> None:
    assert serialize_filetime(parse_filetime(ticks)) == ticks // 10 * 10


def test_the_zone_of_a_time_does_not_matter() -> None:
    zone = timezone(timedelta(hours=-8))
    time = datetime(2011, 9, 21, 1, 2, 3, 4, tzinfo=zone)
    assert parse_filetime(serialize_filetime(time)) == time


@pytest.mark.parametrize("ticks", [-1, 2650467744000000000, (1 << 64) - 1, 1 << 200])
def test_times_out_of_range_are_refused(ticks: int) -> None:
    with pytest.raises(ValueError, match=r"is before 1601|is behind the year 9999"):
        parse_filetime(ticks)


@pytest.mark.parametrize(
    "time",
    [
        datetime(2011, 1, 1),  # noqa: DTZ001  # without a zone on purpose
        datetime(1600, 12, 31, tzinfo=UTC),
    ],
)
def test_times_without_a_zone_or_before_1601_are_refused(time: datetime) -> None:
    with pytest.raises(ValueError, match=r"without a zone|before 1601"):
        serialize_filetime(time)
