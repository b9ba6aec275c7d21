from dataclasses import replace

import pytest
from make_evidence import signature
from make_subjects import PLACE, container, judged, manifest, member, mum, package_set

from builder.model.catalog import VerifiedCatalog
from builder.model.finding import Hit, Severity
from builder.model.subject import Document, JudgedCatalog, Opened
from builder.model.unpacked import Form, Promise
from builder.model.vouched import Vouched
from builder.rules.core import findings_of
from builder.rules.hf103_manifest_compressed import RULE, check


def packed(name: str, data: bytes = b"DCM\x01PA30") -> Document:
    return Document(member=member(f"{name}.manifest", data), is_compressed=True)


PACKED = packed("x")


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
    *alike, last = map(packed, "abcd")
    waiting = replace(last, member=replace(last.member, waits="no base fits"))
    assert list(check(opened(*alike, waiting))) == [
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


def listing(document: Document, *, is_verified: bool = True) -> JudgedCatalog:
    catalog = judged("x.cat", document.member)
    assert catalog.catalog is not None
    evidence = VerifiedCatalog(catalog=catalog.catalog, signature=signature())
    return replace(catalog, verified=evidence) if is_verified else catalog


@pytest.mark.boundary
@pytest.mark.parametrize("form", [Form.CABINET, Form.FOLDER, Form.WIM])
def test_a_verified_catalog_vouches(form: Form) -> None:
    def made(*, is_verified: bool) -> Opened:
        catalog = listing(PACKED, is_verified=is_verified)
        made = opened(PACKED, catalogs=(catalog,))
        (packages,) = made.packages
        formed = replace(packages.container, form=form)
        return replace(made, packages=(replace(packages, container=formed),))

    assert severities(made(is_verified=True)) == [Severity.NOTE]
    assert severities(made(is_verified=False)) == [None]


@pytest.mark.boundary
def test_a_catalog_vouches_for_what_it_lists_alone() -> None:
    made = opened(PACKED, packed("y", b"DCM\x01PA30y"), catalogs=(listing(PACKED),))
    assert [(hit.where[-1], hit.severity) for hit in check(made)] == [
        ("x.manifest", Severity.NOTE),
        ("y.manifest", None),
    ]


@pytest.mark.boundary
def test_a_catalog_vouches_for_no_garbage() -> None:
    garbage = packed("x", b"DCM\x01 and garbage")
    assert severities(opened(garbage, catalogs=(listing(garbage),))) == [None]


@pytest.mark.boundary
def test_the_seal_of_the_cabinet_around_it_vouches() -> None:
    def severity(*sealed: tuple[str, ...]) -> Severity:
        vouched = Vouched(sealed=frozenset(sealed))
        (found,) = findings_of((RULE,), (opened(PACKED),), vouched)
        return found.severity

    assert severity() is Severity.WARNING
    assert severity(("a.msu", "b.cab")) is Severity.WARNING
    assert severity(PLACE) is Severity.NOTE
    assert severity(PLACE[:1]) is Severity.NOTE


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
