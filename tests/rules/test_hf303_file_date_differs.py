from datetime import datetime, timedelta

import pytest
from make_subjects import FOLDER, PLACE, WHEN, delivery, entry, program

from builder.model.finding import Hit
from builder.rules.hf303_file_date_differs import check

MOMENT = WHEN.replace(tzinfo=None)
WHERE = (*PLACE, f"{FOLDER}\\mpio.sys")


def pairs(*moments: datetime | None) -> list[Hit]:
    return list(
        check(delivery(*((entry(), program(modified=moment)) for moment in moments)))
    )


@pytest.mark.silent
@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_the_promised_minute_is_silent(seconds: int) -> None:
    assert pairs(MOMENT + timedelta(seconds=seconds)) == []


def test_no_time_is_silent() -> None:
    assert pairs(None) == []


@pytest.mark.exact
@pytest.mark.parametrize("minutes", [-1, 1])
def test_another_minute_shows_both_times(minutes: int) -> None:
    seen = MOMENT + timedelta(minutes=minutes)
    assert pairs(seen) == [
        Hit(
            where=WHERE,
            message=(
                f"dated 2009-02-12 05:{44 + minutes}; "
                "the article says 2009-02-12 05:44 UTC"
            ),
        )
    ]


def test_one_file_alone_is_never_in_local_time() -> None:
    assert len(pairs(MOMENT + timedelta(hours=8))) == 1


def test_two_files_with_one_offset_are_in_local_time() -> None:
    assert pairs(*[MOMENT + timedelta(hours=8)] * 2) == []


def test_an_offset_that_no_zone_has_is_reported() -> None:
    assert len(pairs(*[MOMENT + timedelta(minutes=20)] * 2)) == 2
    assert len(pairs(*[MOMENT + timedelta(hours=15)] * 2)) == 2


@pytest.mark.boundary
@pytest.mark.parametrize(("hours", "count"), [(-12, 0), (-13, 2), (14, 0), (15, 2)])
def test_zones_reach_from_12_hours_behind_to_14_ahead(hours: int, count: int) -> None:
    assert len(pairs(*[MOMENT + timedelta(hours=hours)] * 2)) == count


def test_a_file_against_the_others_is_reported() -> None:
    local = [MOMENT + timedelta(hours=8)] * 3
    assert len(pairs(MOMENT, *local)) == 1


def test_half_of_the_files_are_not_most() -> None:
    local = [MOMENT + timedelta(hours=8)] * 2
    assert len(pairs(MOMENT, MOMENT, *local)) == 2


def test_another_file_has_another_date() -> None:
    """HF301 reports the size: one cause, one finding."""
    other = program(size=99, modified=MOMENT + timedelta(days=1))
    assert list(check(delivery((entry(), other)))) == []


def test_a_file_that_is_wrong_by_itself_is_silent() -> None:
    late = program(modified=MOMENT + timedelta(days=1))
    made = delivery((entry(), late), explained=frozenset({WHERE}))
    assert list(check(made)) == []
