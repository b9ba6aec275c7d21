import pytest
from make_siblings import oddity, sibling, siblings

from builder.model.finding import Hit
from builder.rules.hf702_sibling_identity_differs import check

VERSION: dict[str, tuple[str | None, str | None]] = {"version": ("6.0.1.0", "6.0.1.1")}


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_another_version_is_reported() -> None:
    assert list(check(siblings(oddity(facts=VERSION)))) == [
        Hit(
            where=("amd64.msu", "a.mum"),
            message="package A: version is '6.0.1.1', not '6.0.1.0' (x86)",
            line=3,
        )
    ]


def test_an_identity_that_alone_has_an_attribute_is_reported() -> None:
    (hit,) = check(siblings(oddity("component", {"type": (None, "win32")})))
    assert hit.message == "component A: type is 'win32', not absent (x86)"


def test_references_to_a_document_that_is_odd_are_silent() -> None:
    """One cause, one finding."""
    reference = oddity("update", {"component/version": ("6.0.1.0", "6.0.1.1")})
    assert len(list(check(siblings(oddity(facts=VERSION), reference)))) == 1


@pytest.mark.boundary
def test_a_reference_that_alone_is_odd_is_reported() -> None:
    reference = oddity("update", {"component/version": ("6.0.1.0", "6.0.1.1")})
    (hit,) = check(siblings(reference))
    assert hit.message.startswith("update A: component/version is")


def test_other_attributes_are_silent() -> None:
    """HF705 reports them."""
    assert not list(check(siblings(oddity(facts={"package/restart": ("a", "b")}))))


def test_packages_that_are_no_siblings_are_silent() -> None:
    """HF701 reports them."""
    other = sibling("amd64", identifier="KB2")
    assert not list(check(siblings(oddity(facts=VERSION, odd=other))))
