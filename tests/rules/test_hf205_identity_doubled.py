import pytest
from make_subjects import PLACE, TOKEN, identity, mum, package_set

from builder.model.finding import Hit
from builder.rules.hf205_identity_doubled import check


@pytest.mark.silent
def test_two_identities_are_silent() -> None:
    assert list(check(package_set(mum(), mum(identity("Package_for_KB2"))))) == []


@pytest.mark.exact
def test_a_second_update_mum_of_one_identity_is_reported() -> None:
    first, second = mum(file="update.mum"), mum(file="update-bf.mum")
    assert list(check(package_set(first, second))) == [
        Hit(
            where=(*PLACE, "update-bf.mum"),
            message=(
                f"has the identity of update.mum: Package_for_KB1~{TOKEN}~x86~~6.0.1.0"
            ),
        )
    ]


def test_case_makes_no_difference() -> None:
    first = mum(file="update.mum")
    second = mum(identity("PACKAGE_for_KB1"), file="update-bf.mum")
    assert len(list(check(package_set(first, second)))) == 1


def test_a_copy_under_a_wrong_name_is_silent() -> None:
    """HF202 reports the name."""
    assert list(check(package_set(mum(file="update.mum"), mum(file="b.mum")))) == []


def test_a_file_that_is_there_twice_is_silent() -> None:
    """HF402 reports the name."""
    twice = package_set(mum(file="update.mum"), mum(file="update.mum"))
    assert list(check(twice)) == []


@pytest.mark.boundary
def test_a_copy_of_update_mum_under_its_full_name_is_silent() -> None:
    """Service packs carry both."""
    assert list(check(package_set(mum(file="update.mum"), mum()))) == []
    assert list(check(package_set(mum(), mum(file="update.mum")))) == []
