import pytest
from make_siblings import oddity, siblings

from builder.model.finding import Hit, Severity
from builder.rules.hf705_sibling_attribute_differs import check


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_another_restart_is_reported() -> None:
    odd = oddity(facts={"package/restart": ("required", "possible")})
    assert list(check(siblings(odd))) == [
        Hit(
            where=("amd64.msu", "a.mum"),
            message="package A: package/restart is 'possible', not 'required' (x86)",
            line=3,
        )
    ]


def test_other_products_are_a_note() -> None:
    odd = oddity("properties", {"ApplicabilityInfo": ("Client", "Client;Server")})
    (hit,) = check(siblings(odd))
    assert hit.severity is Severity.NOTE


@pytest.mark.boundary
def test_other_products_and_something_else_is_an_error() -> None:
    facts = {"ApplicabilityInfo": ("a", "b"), "File Version": ("1", "2")}
    (hit,) = check(siblings(oddity("properties", dict(facts))))
    assert hit.severity is None


def test_versions_are_silent() -> None:
    """HF702 reports them."""
    assert not list(check(siblings(oddity(facts={"version": ("1", "2")}))))
