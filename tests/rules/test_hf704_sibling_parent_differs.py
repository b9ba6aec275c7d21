import pytest
from make_siblings import X64, X86, oddity, sibling, siblings

from builder.model.change import Way
from builder.model.finding import Severity
from builder.rules.hf704_sibling_parent_differs import check

KEY = "server~*~none"


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_another_attribute_of_the_clause_is_an_error() -> None:
    (hit,) = check(siblings(oddity("parent", {"buildCompare": ("EQ", "GE")})))
    assert hit.severity is None
    assert hit.message == "parent A: buildCompare is 'GE', not 'EQ' (x86)"


def test_another_version_of_a_parent_is_an_error() -> None:
    (hit,) = check(siblings(oddity("parent package", {"version": ("1", "2")})))
    assert hit.severity is None


@pytest.mark.boundary
def test_a_parent_whose_product_is_nowhere_else_is_a_note() -> None:
    odd = sibling("amd64", parents=(KEY,))
    more = oddity("parent package", way=Way.ADDED, key=KEY, odd=odd)
    (hit,) = check(siblings(more))
    assert hit.severity is Severity.NOTE


def test_a_parent_that_the_odd_one_lacks_everywhere_is_a_note() -> None:
    other = sibling(parents=(KEY,))
    less = oddity("parent package", way=Way.REMOVED, key=KEY, others=(other,), odd=X64)
    (hit,) = check(siblings(less))
    assert hit.severity is Severity.NOTE


def test_a_parent_that_is_named_elsewhere_and_not_here_is_an_error() -> None:
    other = sibling(parents=(KEY,))
    more = oddity("parent package", way=Way.ADDED, key=KEY, others=(other,))
    less = oddity(
        "parent package",
        way=Way.REMOVED,
        key=KEY,
        odd=sibling("amd64", parents=(KEY,)),
        others=(X86,),
    )
    assert [hit.severity for hit in check(siblings(more, less))] == [None, None]
