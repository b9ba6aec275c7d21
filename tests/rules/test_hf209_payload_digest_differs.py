from dataclasses import replace
from hashlib import sha1, sha256

import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    file_of,
    judged,
    manifest,
    member,
    package_set,
    unread,
)

from builder.errors import CatalogError
from builder.model.finding import Hit
from builder.model.package import PackagedFile
from builder.model.subject import PackageSet
from builder.model.unpacked import Member
from builder.rules.hf209_payload_digest_differs import check

NAME = f"{FOLDER}\\a.sys"


def pair(file: PackagedFile, payload: Member | None = None) -> PackageSet:
    payload = payload or member(NAME, b"a")
    return package_set(manifest(COMPONENT, file), payload=(payload,))


@pytest.mark.silent
def test_the_promised_bytes_are_silent() -> None:
    assert list(check(pair(file_of("a.sys", b"a")))) == []


def test_sha1_is_compared_as_well() -> None:
    file = replace(file_of("a.sys"), digest=sha1(b"a").digest())
    assert list(check(pair(file))) == []
    assert len(list(check(pair(file, member(NAME, b"b"))))) == 1


def test_a_file_without_a_digest_is_silent() -> None:
    assert list(check(pair(file_of("a.sys", None)))) == []


def test_a_digest_of_another_length_is_silent() -> None:
    """HF102 reports it."""
    assert list(check(pair(replace(file_of("a.sys"), digest=b"short")))) == []


@pytest.mark.exact
def test_a_digest_of_another_method_is_told() -> None:
    method = "http://www.w3.org/2000/09/xmldsig#sha1"
    file = replace(file_of("a.sys", b"a"), digest_method=method)
    (hit,) = check(pair(file))
    assert hit == Hit(
        where=(*PLACE, f"{FOLDER}.manifest"),
        message=f"the digest of a.sys has 32 bytes; one by {method} has 20",
        line=4,
    )
    right = replace(file, digest=sha1(b"a").digest())
    assert list(check(pair(right))) == []


def test_an_unread_file_is_silent() -> None:
    """HF001 reports the damage."""
    assert list(check(pair(file_of("a.sys", b"a"), unread(NAME)))) == []


@pytest.mark.exact
def test_other_bytes_show_both_digests() -> None:
    seen, promised = sha256(b"b").hexdigest(), sha256(b"a").hexdigest()
    assert list(check(pair(file_of("a.sys", b"a"), member(NAME, b"b")))) == [
        Hit(
            where=(*PLACE, NAME),
            message=f"digest {seen}; the manifest says {promised}",
        )
    ]


@pytest.mark.boundary
def test_where_only_the_file_is_listed_the_manifest_was_changed() -> None:
    """HF505 reports the manifest, unless a catalog that may list it is not there."""
    file, document = member(NAME, b"b"), manifest(COMPONENT, file_of("a.sys", b"a"))
    for listed, hits in (((file,), 0), ((file, document.member), 1), ((), 1)):
        catalogs = (judged("update.cat", *listed),)
        packages = package_set(document, payload=(file,), catalogs=catalogs)
        assert len(list(check(packages))) == hits
    lost = judged("update.cat", file), judged("b.cat", error=CatalogError("cut off"))
    packages = package_set(document, payload=(file,), catalogs=lost)
    assert len(list(check(packages))) == 1
