from dataclasses import replace

import pytest
from make_subjects import PLACE, TOKEN, identity, mum, package_set, reference, unread

from builder.model.finding import Hit
from builder.model.package import Reference, Update
from builder.rules.hf203_package_absent import check

CHILD = identity("Package_for_KB1_sc")
NAME = f"package_for_kb1_sc~{TOKEN}~x86~~6.0.1.0.mum"


@pytest.mark.silent
def test_a_child_by_its_name_is_silent() -> None:
    root = mum(None, reference(CHILD), file="update.mum")
    assert list(check(package_set(root, mum(CHILD)))) == []


def test_a_child_by_its_identity_is_silent() -> None:
    """HF202 reports the name."""
    root = mum(None, reference(CHILD), file="update.mum")
    assert list(check(package_set(root, mum(CHILD, file="other.mum")))) == []


def test_a_child_that_could_not_be_read_is_silent() -> None:
    """HF101 or HF001 reports it."""
    packages = package_set(
        mum(None, reference(CHILD), file="update.mum"), payload=(unread(NAME),)
    )
    assert list(check(packages)) == []


@pytest.mark.boundary
def test_a_child_that_is_said_to_lie_elsewhere_is_silent() -> None:
    outside = Reference(kind="package", identity=CHILD, contained="false")
    root = mum(None, Update(name="1", references=(outside,)), file="update.mum")
    assert list(check(package_set(root))) == []


@pytest.mark.exact
def test_an_absent_child_is_named_with_the_line() -> None:
    root = mum(None, reference(CHILD, line=12), file="update.mum")
    assert list(check(package_set(root))) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message=f"refers to {NAME}, which is not in the package",
            line=12,
        )
    ]


def test_an_absent_child_is_reported_once() -> None:
    first = mum(None, reference(CHILD, line=12), file="a.mum")
    second = mum(None, reference(CHILD, line=13), file="b.mum")
    assert list(check(package_set(first, second))) == [
        Hit(
            where=(*PLACE, "a.mum"),
            message=f"refers to {NAME}, which is not in the package (2 references)",
            line=12,
        )
    ]


def test_a_component_is_another_rules() -> None:
    root = mum(None, reference(replace(CHILD), kind="component"), file="update.mum")
    assert list(check(package_set(root))) == []
