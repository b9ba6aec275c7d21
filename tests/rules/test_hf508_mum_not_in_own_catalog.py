from dataclasses import replace

import pytest
from make_subjects import PLACE, judged, member, mum, package_set

from builder.errors import CatalogError
from builder.model.finding import Hit, Severity
from builder.rules.coverage import cover
from builder.rules.hf508_mum_not_in_own_catalog import check

ROOT = mum(file="update.mum")
OTHER = replace(mum(file="b.mum"), member=member("b.mum", b"other"))


@pytest.mark.silent
def test_a_mum_in_its_own_catalog_is_silent() -> None:
    packages = package_set(ROOT, catalogs=(judged("Update.cat", ROOT.member),))
    assert list(check(cover(packages))) == []


@pytest.mark.exact
def test_a_mum_without_a_catalog_is_reported() -> None:
    catalogs = (judged("update.cat", ROOT.member, OTHER.member),)
    assert list(check(cover(package_set(ROOT, OTHER, catalogs=catalogs)))) == [
        Hit(where=(*PLACE, "b.mum"), message="has no catalog b.cat")
    ]


def test_a_mum_in_another_catalog_is_reported() -> None:
    catalogs = (judged("update.cat", ROOT.member, OTHER.member), judged("b.cat"))
    assert list(check(cover(package_set(ROOT, OTHER, catalogs=catalogs)))) == [
        Hit(where=(*PLACE, "b.mum"), message="is not listed in b.cat")
    ]


@pytest.mark.boundary
def test_a_mum_in_no_catalog_is_silent() -> None:
    """HF505 reports it."""
    packages = package_set(ROOT, catalogs=(judged("update.cat"),))
    assert list(check(cover(packages))) == []


def test_a_package_without_catalogs_is_silent() -> None:
    """HF505 reports it once."""
    assert list(check(cover(package_set(ROOT)))) == []


def test_an_unreadable_own_catalog_is_silent() -> None:
    """HF504 reports it."""
    broken = judged("b.cat", error=CatalogError("cut off"))
    catalogs = (judged("update.cat", ROOT.member, OTHER.member), broken)
    assert list(check(cover(package_set(ROOT, OTHER, catalogs=catalogs)))) == []


def test_a_mum_of_a_wrong_name_is_silent() -> None:
    """HF202 reports the name."""
    packages = package_set(
        ROOT, OTHER, catalogs=(judged("update.cat", ROOT.member, OTHER.member),)
    )
    explained = frozenset({OTHER.member.where})
    assert list(check(cover(packages, explained=explained))) == []


def test_a_catalog_that_is_left_over_is_a_note() -> None:
    root, stray = mum(file="update.mum"), judged("stray.cat")
    own = judged("update.cat", root.member)
    inner = judged("x\\inner.cat")
    assert list(check(cover(package_set(root, catalogs=(own, inner))))) == []
    assert list(check(cover(package_set(root, catalogs=(own, stray))))) == [
        Hit(
            where=stray.member.where,
            message="is the catalog of no .mum in the package",
            severity=Severity.NOTE,
        )
    ]
    (hit,) = check(cover(package_set(root, catalogs=(stray,))))
    assert hit.message == "has no catalog update.cat"
