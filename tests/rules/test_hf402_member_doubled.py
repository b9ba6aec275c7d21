from make_subjects import PLACE, container, member

from builder.model.finding import Hit
from builder.rules.hf402_member_doubled import check


def test_two_names_are_silent() -> None:
    assert list(check(container(member("a\\b"), member("b")))) == []


def test_case_and_slashes_make_no_difference() -> None:
    assert list(check(container(member("a\\b"), member("A/B")))) == [
        Hit(where=(*PLACE, "A/B"), message="an earlier member has this name")
    ]


def test_each_later_one_is_reported() -> None:
    assert len(list(check(container(*[member("a")] * 3)))) == 2
