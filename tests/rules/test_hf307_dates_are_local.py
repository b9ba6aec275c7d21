from datetime import timedelta

import pytest
from make_subjects import PLACE, WHEN, delivery, entry, program

from builder.model.finding import Hit
from builder.model.subject import Delivery
from builder.rules.hf307_dates_are_local import check

MOMENT = WHEN.replace(tzinfo=None)


def shifted(shift: timedelta, count: int = 2) -> Delivery:
    return delivery(*[(entry(), program(modified=MOMENT + shift))] * count)


@pytest.mark.silent
def test_utc_is_silent() -> None:
    assert list(check(shifted(timedelta(0)))) == []


def test_nothing_to_compare_is_silent() -> None:
    assert list(check(delivery((entry(), None)))) == []


@pytest.mark.boundary
def test_one_file_proves_no_zone() -> None:
    assert list(check(shifted(timedelta(hours=8), 1))) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    ("minutes", "zone"),
    [(-480, "-08:00"), (330, "+05:30"), (345, "+05:45"), (840, "+14:00")],
)
def test_the_zone_is_told(minutes: int, zone: str) -> None:
    assert list(check(shifted(timedelta(minutes=minutes)))) == [
        Hit(where=PLACE, message=f"times in the cabinet are UTC{zone}")
    ]


@pytest.mark.parametrize("minutes", [10, 855, -855])
def test_what_is_no_zone_is_silent(minutes: int) -> None:
    assert list(check(shifted(timedelta(minutes=minutes)))) == []
