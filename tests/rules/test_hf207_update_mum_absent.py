import pytest
from make_subjects import PLACE, identity, judged, mum, package_set, reference

from builder.model.finding import Hit, Severity
from builder.rules.hf207_update_mum_absent import check

OTHER = identity("Package_for_KB2")


@pytest.mark.silent
def test_update_mum_among_others_is_silent() -> None:
    assert list(check(package_set(mum(file="Update.mum"), mum(OTHER)))) == []


def test_a_single_mum_may_have_any_name() -> None:
    assert list(check(package_set(mum()))) == []


@pytest.mark.exact
def test_two_mums_without_a_start_are_reported() -> None:
    assert list(check(package_set(mum(), mum(OTHER)))) == [
        Hit(where=PLACE, message="none of the 2 .mum files is update.mum")
    ]


def test_where_one_mum_leads_to_the_others_it_is_a_warning() -> None:
    (hit,) = check(package_set(mum(None, reference(OTHER)), mum(OTHER)))
    assert hit.severity is Severity.WARNING


@pytest.mark.boundary
def test_a_root_that_was_renamed_is_told_by_its_name() -> None:
    """HF202 reports the name: one cause, one finding."""
    root, child = mum(None, reference(OTHER), file="first.mum"), mum(OTHER)
    assert list(check(package_set(root, child))) == []
    third = mum(identity("Package_for_KB3"))
    assert len(list(check(package_set(root, child, third)))) == 1


def test_the_catalog_of_the_absent_one_says_that_it_was_there() -> None:
    root, child = mum(None, reference(OTHER)), mum(OTHER)
    for name, severity in (("update.cat", None), ("b.cat", Severity.WARNING)):
        (hit,) = check(package_set(root, child, catalogs=(judged(name),)))
        assert hit.severity is severity
