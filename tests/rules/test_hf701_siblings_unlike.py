from dataclasses import replace

import pytest
from make_siblings import X64, X86, sibling, siblings

from builder.model.finding import Hit
from builder.model.siblings import Sibling
from builder.rules.hf701_siblings_unlike import check


def found(*members: Sibling) -> list[Hit]:
    return list(check(replace(siblings(), members=members)))


@pytest.mark.silent
def test_two_architectures_of_one_update_are_silent() -> None:
    assert found(X86, X64, sibling("arm64")) == []


@pytest.mark.exact
def test_another_article_is_reported() -> None:
    assert found(X86, sibling("amd64", identifier="KB2")) == [
        Hit(where=("amd64.msu",), message="is for KB2; x86.msu is for KB1")
    ]


@pytest.mark.boundary
def test_one_architecture_twice_is_reported() -> None:
    assert found(X86, X64, replace(X86, name="b.msu")) == [
        Hit(where=("b.msu",), message="is for x86, and so is x86.msu")
    ]


def test_what_says_no_architecture_is_reported() -> None:
    (hit,) = found(X86, sibling(None))
    assert hit.message == "says no architecture"
    (hit,) = found(sibling(None), X86)
    assert hit.where == ("None.msu",)
