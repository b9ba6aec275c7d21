import pytest
from make_subjects import PLACE, container, member

from builder.model.finding import Hit
from builder.rules.hf402_member_doubled import check


@pytest.mark.silent
def test_two_names_are_silent() -> None:
    assert list(check(container(member("a\\b"), member("b")))) == []


@pytest.mark.exact
def test_case_and_slashes_make_no_difference() -> None:
    assert list(check(container(member("a\\b"), member("A/B")))) == [
        Hit(
            where=(*PLACE, "A/B"),
            message="an earlier member has this name",
            is_moved=True,
        )
    ]


def test_each_later_one_is_reported() -> None:
    assert len(list(check(container(*[member("a")] * 3)))) == 2


@pytest.mark.boundary
def test_one_name_in_two_folders_is_two_names() -> None:
    assert list(check(container(member("a\\c"), member("b\\c")))) == []
    assert list(check(container(member("a\\c"), member("a_c")))) == []
    assert len(list(check(container(member("stra\u00dfe"), member("STRASSE"))))) == 1
