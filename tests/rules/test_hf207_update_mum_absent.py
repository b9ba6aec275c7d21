from make_subjects import PLACE, identity, mum, package_set

from builder.model.finding import Hit
from builder.rules.hf207_update_mum_absent import check

OTHER = identity("Package_for_KB2")


def test_update_mum_among_others_is_silent() -> None:
    assert list(check(package_set(mum(file="Update.mum"), mum(OTHER)))) == []


def test_a_single_mum_may_have_any_name() -> None:
    assert list(check(package_set(mum()))) == []


def test_two_mums_without_a_start_are_reported() -> None:
    assert list(check(package_set(mum(), mum(OTHER)))) == [
        Hit(where=PLACE, message="none of the 2 .mum files is update.mum")
    ]
