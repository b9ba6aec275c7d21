import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    file_of,
    judged,
    manifest,
    member,
    mum,
    package_set,
    reference,
    unread,
)

from builder.model.finding import Hit
from builder.model.subject import PackageSet
from builder.model.unpacked import Member
from builder.rules.coverage import Coverage, cover
from builder.rules.hf210_payload_unreferenced import check

MORE = member(f"{FOLDER}\\more.dll", b"more")


def listed(*payload: Member, packages: PackageSet | None = None) -> Coverage:
    packages = packages or package_set(
        manifest(COMPONENT, file_of("a.sys", b"a")),
        payload=payload,
        catalogs=(judged("update.cat", *payload),),
    )
    return cover(packages)


@pytest.mark.silent
def test_a_file_that_a_manifest_names_is_silent() -> None:
    assert list(check(listed(member(f"{FOLDER}\\A.sys", b"a")))) == []


@pytest.mark.exact
def test_a_signed_file_that_no_manifest_names_is_reported() -> None:
    payload = member(f"{FOLDER}\\a.sys", b"a")
    assert list(check(listed(payload, MORE))) == [
        Hit(where=(*PLACE, MORE.name), message="no manifest names this file")
    ]


def test_a_file_that_no_catalog_lists_is_silent() -> None:
    """HF505 reports it."""
    packages = package_set(manifest(), payload=(MORE,), catalogs=(judged("a.cat"),))
    assert list(check(cover(packages))) == []


def test_an_unread_manifest_may_name_it() -> None:
    packages = package_set(
        payload=(unread(f"{FOLDER}.manifest"), MORE), catalogs=(judged("a.cat", MORE),)
    )
    assert list(check(cover(packages))) == []


def test_an_absent_manifest_may_name_it() -> None:
    """HF204 reports the manifest."""
    root = mum(None, reference(COMPONENT, kind="driver"), file="update.mum")
    packages = package_set(root, payload=(MORE,), catalogs=(judged("a.cat", MORE),))
    assert list(check(cover(packages))) == []


def test_a_file_that_is_missed_elsewhere_is_silent() -> None:
    """HF208 reports that it is not in its place."""
    assert list(check(listed(member("other\\a.sys", b"a")))) == []


@pytest.mark.boundary
def test_a_file_with_the_bytes_of_a_missed_one_was_renamed() -> None:
    """HF208 says where it lies."""
    renamed = member(f"{FOLDER}\\renamed.sys", b"a")
    assert list(check(listed(renamed))) == []
    other = member(f"{FOLDER}\\renamed.sys", b"b")
    assert len(list(check(listed(other)))) == 1
    there = member(f"{FOLDER}\\a.sys", b"a")
    assert len(list(check(listed(there, renamed)))) == 1


@pytest.mark.boundary
def test_a_copy_beside_the_folders_is_told() -> None:
    there = member(f"{FOLDER}\\a.sys", b"a")
    copy, other = member("setup.exe", b"a"), member("update.ses", b"else")
    (hit,) = check(listed(there, copy, other))
    assert hit.where == copy.where
    assert hit.message == f"no manifest names this file; it is a copy of {there.name}"
    assert list(check(listed(copy))) == []  # HF208: it is missed where it belongs


def test_a_copy_says_of_what_it_is_one() -> None:
    there = member(f"{FOLDER}\\a.sys", b"a")
    copy = member(f"{FOLDER}\\b.sys", b"a")
    assert list(check(listed(there, copy))) == [
        Hit(
            where=copy.where,
            message=f"no manifest names this file; it is a copy of {there.name}",
            is_moved=True,
        )
    ]
