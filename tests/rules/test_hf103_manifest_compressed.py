from dataclasses import replace

import pytest
from make_evidence import signature
from make_subjects import PLACE, container, judged, manifest, member, mum, package_set

from builder.model.catalog import VerifiedCatalog
from builder.model.finding import Hit, Severity
from builder.model.subject import Document, JudgedCatalog, Opened
from builder.model.unpacked import Form, Promise
from builder.rules.hf103_manifest_compressed import check

PACKED = Document(member=member("x.manifest", b"DCM\x01"), is_compressed=True)


def opened(*documents: Document, catalogs: tuple[JudgedCatalog, ...] = ()) -> Opened:
    packages = package_set(mum(), *documents, catalogs=catalogs)
    return Opened(
        containers=(packages.container,), packages=(packages,), documents=documents
    )


def severities(made: Opened) -> list[Severity | None]:
    return [hit.severity for hit in check(made)]


@pytest.mark.silent
def test_a_plain_manifest_is_silent() -> None:
    assert list(check(opened(manifest()))) == []


@pytest.mark.exact
def test_a_compressed_manifest_is_named() -> None:
    assert list(check(opened(PACKED))) == [
        Hit(
            where=(*PLACE, "x.manifest"),
            message="compressed manifest (DCM) was not decoded, so not checked",
        )
    ]


def test_many_are_one_finding_for_each_reason_and_container() -> None:
    packed = [
        Document(member=member(f"{name}.manifest", b"DCM\x01"), is_compressed=True)
        for name in "abcd"
    ]
    waiting = replace(packed[3], member=replace(packed[3].member, waits="no base fits"))
    assert list(check(opened(*packed[:3], waiting))) == [
        Hit(
            where=(*PLACE, "a.manifest"),
            message="3 compressed manifests (DCM) were not decoded, so not checked; "
            "this is the first",
        ),
        Hit(
            where=(*PLACE, "d.manifest"),
            message="compressed manifest (DCM) was not decoded, so not checked: "
            "no base fits",
        ),
    ]


def test_a_verified_catalog_vouches_in_a_folder() -> None:
    catalog = judged("x.cat", PACKED.member)
    assert severities(opened(PACKED, catalogs=(catalog,))) == [None]
    assert catalog.catalog is not None
    evidence = VerifiedCatalog(catalog=catalog.catalog, signature=signature())
    catalog = replace(catalog, verified=evidence)
    made = opened(PACKED, catalogs=(catalog,))
    assert severities(made) == [None]
    (packages,) = made.packages
    folder = replace(packages.container, form=Form.FOLDER)
    made = replace(made, packages=(replace(packages, container=folder),))
    assert severities(made) == [Severity.NOTE]


@pytest.mark.boundary
def test_an_index_vouches() -> None:
    promise = Promise(
        algorithm="sha256", digest=b"", source="1", is_raw=True, is_copy=False
    )
    restored = replace(PACKED, member=replace(PACKED.member, promise=promise))
    assert severities(opened(restored)) == [Severity.NOTE]


def test_a_file_given_alone_is_silent() -> None:
    """It is unreadable."""
    alone = replace(container(PACKED.member), form=Form.FILE)
    assert (
        list(check(Opened(containers=(alone,), packages=(), documents=(PACKED,)))) == []
    )
