from dataclasses import replace

import pytest
from make_subjects import (
    COMPONENT,
    PLACE,
    identity,
    manifest,
    mum,
    package_set,
    reference,
)

from builder.model.finding import Hit
from builder.model.package import Applicable, Package
from builder.model.subject import Document
from builder.rules.hf216_version_contradicted import check


def leaf(version: str) -> Document:
    """A leaf that brings the driver if a version of it is there."""
    document = mum(identity("Package_1_for_KB1"), reference(COMPONENT, kind="driver"))
    asked = replace(COMPONENT, version=version, line=7)
    condition = Applicable(identities=(asked,), target="updateDriver")
    assert isinstance(document.value, Package)
    (update,) = document.value.updates
    changed = replace(update, applicable=(condition,))
    return replace(document, value=replace(document.value, updates=(changed,)))


@pytest.mark.silent
def test_a_condition_of_the_same_version_is_silent() -> None:
    packages = package_set(leaf(COMPONENT.version or ""), manifest())
    assert list(check(packages)) == []


@pytest.mark.exact
def test_a_condition_of_another_version_is_told() -> None:
    document = leaf("6.0.6001.22374")
    assert list(check(package_set(document, manifest()))) == [
        Hit(
            where=document.member.where,
            message=(
                "the update 1-1_neutral_PACKAGE asks for mpio.inf 6.0.6001.22374 "
                "and brings 6.0.6001.22375"
            ),
            line=7,
        )
    ]


def test_what_is_absent_is_told_elsewhere() -> None:
    assert list(check(package_set(leaf("6.0.6001.22374")))) == []


def test_packages_of_one_article_have_one_version() -> None:
    root = mum(file="update.mum")
    other = mum(identity("Package_1_for_KB1", version="6.0.1.1"))
    assert list(check(package_set(root, other))) == [
        Hit(
            where=other.member.where,
            message="has the version 6.0.1.1; Package_for_KB1 has 6.0.1.0",
        )
    ]


@pytest.mark.boundary
def test_a_rollup_has_a_version_of_its_own() -> None:
    root = mum(
        identity("Package_for_RollupFix", version="9600.20821.1.18"), file="update.mum"
    )
    child = mum(identity("Package_1_for_KB1", version="6.3.1.18"))
    assert list(check(package_set(root, child))) == []
    assert root.member.where == (*PLACE, "update.mum")
