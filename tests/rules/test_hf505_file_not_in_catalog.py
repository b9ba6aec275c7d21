import pytest
from make_subjects import (
    PLACE,
    TOKEN,
    identity,
    judged,
    member,
    mum,
    package_set,
    reference,
    unread,
)

from builder.errors import CatalogError, SignatureFault
from builder.model.finding import Hit
from builder.rules.coverage import cover
from builder.rules.hf505_file_not_in_catalog import check

FILE = member("a.dll", b"a")
OTHER = member("b.dll", b"b")


@pytest.mark.silent
def test_a_listed_file_is_silent() -> None:
    packages = package_set(payload=(FILE,), catalogs=(judged("a.cat", FILE),))
    assert list(check(cover(packages))) == []


@pytest.mark.exact
def test_a_file_that_no_catalog_lists_is_named() -> None:
    packages = package_set(payload=(FILE, OTHER), catalogs=(judged("a.cat", FILE),))
    assert list(check(cover(packages))) == [
        Hit(where=(*PLACE, "b.dll"), message="no catalog lists this file")
    ]


def test_no_catalogs_are_one_finding() -> None:
    assert list(check(cover(package_set(payload=(FILE, OTHER))))) == [
        Hit(where=PLACE, message="the package has no catalog")
    ]


def test_a_file_that_is_wrong_by_itself_is_silent() -> None:
    packages = package_set(payload=(FILE, OTHER), catalogs=(judged("a.cat", FILE),))
    explained = frozenset({OTHER.where})
    assert list(check(cover(packages, explained=explained))) == []


def test_an_unreadable_catalog_may_list_anything() -> None:
    """HF504 reports it."""
    broken = judged("b.cat", error=CatalogError("cut off"))
    packages = package_set(payload=(FILE,), catalogs=(judged("a.cat"), broken))
    assert list(check(cover(packages))) == []


def test_an_unread_catalog_may_list_anything() -> None:
    """HF001 reports the damage."""
    packages = package_set(payload=(FILE, unread("b.cat")), catalogs=(judged("a.cat"),))
    assert list(check(cover(packages))) == []


def test_a_changed_catalog_may_have_listed_anything() -> None:
    """HF501 reports it."""
    changed = judged("b.cat", fault=SignatureFault.DIGEST)
    packages = package_set(payload=(FILE,), catalogs=(judged("a.cat"), changed))
    assert list(check(cover(packages))) == []


@pytest.mark.boundary
def test_an_untrusted_catalog_still_lists_what_it_lists() -> None:
    catalog = judged("b.cat", FILE, fault=SignatureFault.ANCHOR)
    packages = package_set(payload=(FILE, OTHER), catalogs=(catalog,))
    assert [hit.where[-1] for hit in check(cover(packages))] == ["b.dll"]


def test_a_missing_catalog_explains_the_rest() -> None:
    """HF508 reports it."""
    packages = package_set(
        mum(file="b.mum"), payload=(FILE,), catalogs=(judged("a.cat"),)
    )
    assert list(check(cover(packages))) == []


def test_an_absent_package_takes_its_catalog_along() -> None:
    """HF203 reports the package; its catalog may have listed the payload."""
    root = mum(None, reference(identity("Package_1_for_KB1")), file="update.mum")
    catalogs = (judged("update.cat", root.member),)
    absent = package_set(root, payload=(FILE,), catalogs=catalogs)
    assert list(check(cover(absent))) == []
    own = judged(f"package_1_for_kb1~{TOKEN}~x86~~6.0.1.0.cat")
    present = package_set(root, payload=(FILE,), catalogs=(*catalogs, own))
    assert len(list(check(cover(present)))) == 1
