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
