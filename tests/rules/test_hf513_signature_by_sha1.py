from dataclasses import replace

import pytest
from make_catalog import make_catalog
from make_evidence import signature, timestamp
from make_subjects import PLACE, judged, package_set

from builder.errors import SignatureFault
from builder.model.catalog import VerifiedCatalog
from builder.model.evidence import VerifiedSignature
from builder.model.finding import Hit
from builder.model.subject import JudgedCatalog
from builder.rules.hf513_signature_by_sha1 import check


def believed(name: str, found: VerifiedSignature) -> JudgedCatalog:
    verified = VerifiedCatalog(catalog=make_catalog(1), signature=found)
    return replace(judged(name), verified=verified)


@pytest.mark.silent
def test_a_signature_by_sha256_is_silent() -> None:
    catalogs = (believed("a.cat", signature(stamp=timestamp())),)
    assert list(check(package_set(catalogs=catalogs))) == []


@pytest.mark.boundary
def test_a_catalog_that_is_refused_is_silent() -> None:
    catalogs = (judged("a.cat", fault=SignatureFault.ALGORITHM),)
    assert list(check(package_set(catalogs=catalogs))) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    "weak",
    [
        signature("sha1", stamp=timestamp()),
        signature(stamp=timestamp("sha1")),
        signature(stamp=timestamp(), weak="sha1"),
    ],
    ids=["signature", "countersignature", "certificate"],
)
def test_sha1_anywhere_makes_one_note(weak: VerifiedSignature) -> None:
    strong = signature(stamp=timestamp())
    catalogs = (
        believed("a.cat", weak),
        believed("b.cat", weak),
        believed("c.cat", strong),
    )
    assert list(check(package_set(catalogs=catalogs))) == [
        Hit(
            where=PLACE,
            message=(
                "2 of 3 catalogs are signed with SHA-1 and believed for their "
                "time stamps"
            ),
        )
    ]
