import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    identity,
    manifest,
    mum,
    package_set,
    reference,
    unread,
)

from builder.model.finding import Hit
from builder.rules.hf206_document_unreachable import check

LEAF = identity("Package_1_for_KB1")
LOST = "nothing in the package leads to this document"


@pytest.mark.silent
def test_a_chain_down_to_the_component_is_silent() -> None:
    root = mum(None, reference(LEAF), file="update.mum")
    leaf = mum(LEAF, reference(COMPONENT, kind="driver"))
    assert list(check(package_set(root, leaf, manifest()))) == []


def test_a_deployment_leads_on() -> None:
    deployment = identity("d" * 32)
    root = mum(None, reference(deployment, kind="component"), file="update.mum")
    packages = package_set(
        root, manifest(deployment, installs=(COMPONENT,)), manifest()
    )
    assert list(check(packages)) == []


def test_a_cycle_ends() -> None:
    own = identity()
    packages = package_set(mum(own, reference(own), file="update.mum"))
    assert list(check(packages)) == []


@pytest.mark.exact
def test_a_manifest_that_nothing_refers_to_is_lost() -> None:
    packages = package_set(mum(file="update.mum"), manifest())
    assert list(check(packages)) == [
        Hit(where=(*PLACE, f"{FOLDER}.manifest"), message=LOST)
    ]


def test_a_second_root_leads_on_as_well() -> None:
    second = mum(identity("Package_for_KB1_BF"), reference(LEAF), file="update-bf.mum")
    packages = package_set(mum(file="update.mum"), second, mum(LEAF))
    assert list(check(packages)) == []


def test_without_a_root_nothing_is_measured() -> None:
    """HF207 reports the missing root."""
    assert list(check(package_set(mum(file="a.mum"), mum(LEAF)))) == []


def test_an_unread_document_may_lead_anywhere() -> None:
    packages = package_set(
        mum(file="update.mum"), manifest(), payload=(unread("x.mum"),)
    )
    assert list(check(packages)) == []


def test_an_absent_document_may_lead_anywhere() -> None:
    packages = package_set(mum(None, reference(LEAF), file="update.mum"), manifest())
    assert list(check(packages)) == []


@pytest.mark.boundary
def test_a_copy_of_the_root_under_its_full_name_is_reached() -> None:
    root, copy = (mum(None, reference(LEAF), file=file) for file in ("update.mum", ""))
    assert list(check(package_set(root, copy, mum(LEAF)))) == []


def test_of_documents_that_lead_to_each_other_the_first_is_told() -> None:
    lost = mum(LEAF, reference(COMPONENT, kind="driver"))
    packages = package_set(mum(file="update.mum"), manifest(), lost)
    assert [hit.where for hit in check(packages)] == [lost.member.where]


def test_of_a_circle_one_is_told() -> None:
    one, two = identity("one"), identity("two")
    circle = mum(one, reference(two)), mum(two, reference(one))
    packages = package_set(mum(file="update.mum"), *circle)
    assert [hit.where for hit in check(packages)] == [circle[0].member.where]


def test_a_copy_under_a_wrong_name_is_told_by_its_name() -> None:
    """HF202 reports it, and what it leads to may be looked for elsewhere."""
    root, copy = mum(file="update.mum"), mum(identity("Package_2"), file="x.mum")
    assert list(check(package_set(root, copy))) == []
    assert len(list(check(package_set(root, mum(identity("Package_2")))))) == 1
