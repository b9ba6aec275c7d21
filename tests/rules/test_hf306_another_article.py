import pytest
from make_subjects import PLACE, delivery, entry, program

from builder.model.finding import Hit
from builder.model.identity import Architecture
from builder.rules.hf306_another_article import check

PAIR = (entry(), program())


@pytest.mark.silent
def test_the_right_article_is_silent() -> None:
    assert list(check(delivery(PAIR))) == []


def test_a_package_without_a_number_is_silent() -> None:
    assert list(check(delivery(PAIR, number=None))) == []


@pytest.mark.boundary
def test_a_package_without_an_architecture_is_silent() -> None:
    """HF102 or HF201 reports it."""
    assert list(check(delivery(PAIR, architecture=None))) == []


@pytest.mark.exact
def test_another_number_is_reported_alone() -> None:
    made = delivery(PAIR, number=967725, architecture=Architecture.IA64)
    assert list(check(made)) == [
        Hit(where=PLACE, message="package of KB967725; the article is KB967724")
    ]


def test_an_architecture_without_a_table_is_reported() -> None:
    other = (entry(architecture=Architecture.AMD64), None)
    made = delivery(PAIR, other, architecture=Architecture.IA64)
    assert list(check(made)) == [
        Hit(
            where=PLACE,
            message="package for ia64; KB967724 has tables for x64, x86",
        )
    ]
