from hashlib import sha1

import pytest
from make_subjects import (
    COMPONENT,
    PLACE,
    file_of,
    identity,
    judged,
    manifest,
    member,
    mum,
    package_set,
    reference,
    unread,
)

from builder.formats.ctl_member import flat_member
from builder.model.catalog import MemberName
from builder.model.finding import Hit
from builder.rules.coverage import cover
from builder.rules.hf506_catalog_member_absent import check

FILE = member("a.dll", b"a")
GONE = sha1(b"gone").digest()
ROOT = member("update.mum", b"root")


@pytest.mark.silent
def test_members_that_are_files_are_silent() -> None:
    packages = package_set(
        payload=(ROOT, FILE), catalogs=(judged("a.cat", FILE, ROOT, FILE),)
    )
    assert list(check(cover(packages))) == []


@pytest.mark.exact
def test_a_member_that_is_no_file_is_named() -> None:
    name = MemberName(name="File", value="gone.dll", flags=0x10001)
    catalog = judged("a.cat", FILE, more=(flat_member(GONE, attributes=(name,)),))
    packages = package_set(
        payload=(ROOT, FILE), catalogs=(catalog, judged("b.cat", ROOT))
    )
    assert list(check(cover(packages))) == [
        Hit(
            where=(*PLACE, "a.cat"),
            message=f"lists {GONE.hex()} (gone.dll): no file of the package",
        )
    ]


@pytest.mark.boundary
def test_a_catalog_of_another_package_is_one_finding() -> None:
    """HF505 says that no catalog lists the .mum of its name."""
    more = (flat_member(GONE), flat_member(bytes(20)))
    catalogs = (judged("update.cat", more=more), judged("b.cat", FILE))
    packages = package_set(payload=(ROOT, FILE), catalogs=catalogs)
    assert list(check(cover(packages))) == []
    mixed = judged("update.cat", FILE, more=more)
    packages = package_set(payload=(ROOT, FILE), catalogs=(mixed,))
    assert len(list(check(cover(packages)))) == 1


def test_several_members_are_one_finding_for_a_catalog() -> None:
    more = (flat_member(GONE), flat_member(bytes(20)), flat_member(GONE))
    packages = package_set(
        payload=(ROOT,), catalogs=(judged("a.cat", ROOT, more=more),)
    )
    assert list(check(cover(packages))) == [
        Hit(
            where=(*PLACE, "a.cat"),
            message=f"lists {GONE.hex()} and 1 more: no file of the package",
        )
    ]


def test_a_changed_file_explains_one_member() -> None:
    """HF505 or HF209 reports the file."""
    changed = member("b.dll", b"changed")
    catalog = judged("a.cat", ROOT, more=(flat_member(GONE),))
    packages = package_set(payload=(ROOT, changed), catalogs=(catalog,))
    assert list(check(cover(packages))) == []


def test_an_unread_file_explains_one_member() -> None:
    catalog = judged("a.cat", ROOT, more=(flat_member(GONE),))
    packages = package_set(payload=(ROOT, unread("b.dll")), catalogs=(catalog,))
    assert list(check(cover(packages))) == []


@pytest.mark.boundary
def test_an_absent_file_explains_one_member() -> None:
    """HF208 reports the file."""
    driver = manifest(COMPONENT, file_of("a.sys"))
    more = (flat_member(GONE),)
    catalog = judged("a.cat", ROOT, driver.member, more=more)
    packages = package_set(driver, payload=(ROOT,), catalogs=(catalog,))
    assert list(check(cover(packages))) == []
    twice = judged("a.cat", ROOT, driver.member, more=(*more, flat_member(bytes(20))))
    packages = package_set(driver, payload=(ROOT,), catalogs=(twice,))
    assert len(list(check(cover(packages)))) == 1


def test_an_absent_start_explains_one_member() -> None:
    """HF207 reports that there is no update.mum."""
    payload = (member("a.mum", b"1"), member("b.mum", b"2"))
    catalog = judged("a.cat", *payload, more=(flat_member(GONE),))
    assert list(check(cover(package_set(payload=payload, catalogs=(catalog,))))) == []


def test_an_absent_document_explains_any_number() -> None:
    """HF203 or HF204 reports it, and what it would bring is absent as well."""
    more = (flat_member(GONE), flat_member(bytes(20)), flat_member(b"1" * 20))
    for target, hits in ((COMPONENT, 0), (identity("Package_for_KB1"), 1)):
        kind = "component" if target is COMPONENT else "package"
        root = mum(None, reference(target, kind=kind), file="update.mum")
        catalogs = (judged("update.cat", root.member, more=more),)
        assert len(list(check(cover(package_set(root, catalogs=catalogs))))) == hits
