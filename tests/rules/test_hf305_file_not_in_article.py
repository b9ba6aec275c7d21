import pytest
from make_subjects import PLACE, delivery, member

from builder.model.finding import Hit
from builder.rules.hf305_file_not_in_article import check


@pytest.mark.silent
def test_nothing_unlisted_is_silent() -> None:
    assert list(check(delivery())) == []


@pytest.mark.exact
def test_all_unlisted_members_are_one_note() -> None:
    made = delivery(unlisted=(member("update.mum"), member("a\\b.dll")))
    assert list(check(made)) == [
        Hit(
            where=PLACE,
            message="2 files are not listed in KB967724: update.mum, a\\b.dll",
        )
    ]


@pytest.mark.boundary
def test_of_many_the_first_are_named() -> None:
    unlisted = tuple(member(f"{n}.mum") for n in range(1_005))
    (hit,) = check(delivery(unlisted=unlisted))
    assert hit.message == (
        "1,005 files are not listed in KB967724: 0.mum, 1.mum, 2.mum and 1,002 more"
    )


def test_one_file_is_one() -> None:
    (hit,) = check(delivery(unlisted=(member("update.mum"),)))
    assert hit.message == "1 file is not listed in KB967724: update.mum"
