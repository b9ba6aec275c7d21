from dataclasses import replace
from itertools import pairwise

import pytest
from make_subjects import (
    COMPONENT,
    PLACE,
    TOKEN,
    identity,
    manifest,
    mum,
    package_set,
    reference,
)

from builder.model.finding import Hit
from builder.model.package import Package, Parent
from builder.rules.hf214_references_in_circle import check

ONE, TWO = identity("one"), identity("two")


@pytest.mark.silent
def test_a_chain_and_a_diamond_are_silent() -> None:
    root = mum(None, reference(ONE), reference(TWO), file="update.mum")
    leaf = reference(COMPONENT, kind="component")
    assert list(check(package_set(root, mum(ONE, leaf), mum(TWO, leaf)))) == []


@pytest.mark.exact
def test_a_package_that_brings_itself_is_told() -> None:
    document = mum(ONE, reference(ONE))
    assert list(check(package_set(document))) == [
        Hit(
            where=document.member.where,
            message=f"brings one~{TOKEN}~x86~~6.0.1.0.mum, which brings this document",
            line=9,
        )
    ]


def test_a_circle_is_told_once() -> None:
    packages = package_set(mum(ONE, reference(TWO)), mum(TWO, reference(ONE)))
    (hit,) = check(packages)
    assert hit.where == (*PLACE, f"two~{TOKEN}~x86~~6.0.1.0.mum")


def test_deployments_can_close_a_circle() -> None:
    first, second = identity("a" * 32), identity("b" * 32)
    packages = package_set(
        manifest(first, installs=(second,)), manifest(second, installs=(first,))
    )
    assert len(list(check(packages))) == 1


def test_a_long_chain_needs_no_deep_stack() -> None:
    names = [identity(f"p{n}") for n in range(5_000)]
    chain = [mum(own, reference(other)) for own, other in pairwise(names)]
    assert list(check(package_set(*chain))) == []
    assert (
        len(list(check(package_set(*chain, mum(names[-1], reference(names[0])))))) == 1
    )


@pytest.mark.boundary
def test_a_package_may_be_one_of_its_parents_and_not_the_only_one() -> None:
    document = mum(ONE)
    assert isinstance(document.value, Package)
    for identities, hits in (((ONE,), 1), ((ONE, ONE), 1), ((ONE, TWO), 0), ((), 0)):
        parent = Parent(identities=identities, line=5)
        value = replace(document.value, parents=(parent,))
        found = list(check(package_set(replace(document, value=value))))
        told = Hit(where=document.member.where, message="is its own parent", line=5)
        assert found == [told] * hits


def test_documents_that_were_swapped_are_told_by_their_names() -> None:
    """HF202 reports both."""
    swapped = mum(ONE, reference(TWO), file=f"two~{TOKEN}~x86~~6.0.1.0.mum")
    other = mum(TWO, file=f"one~{TOKEN}~x86~~6.0.1.0.mum")
    assert list(check(package_set(swapped, other))) == []
