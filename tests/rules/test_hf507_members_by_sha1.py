from dataclasses import replace
from hashlib import sha256

import pytest
from make_subjects import PLACE, judged, listing, member, package_set

from builder.errors import CatalogError
from builder.model.catalog import CatalogMember, MemberForm
from builder.model.finding import Hit
from builder.rules.hf507_members_by_sha1 import check

FILE = member("a.dll", b"a")
DIGEST = sha256(b"a").digest()
LONG = CatalogMember(
    tag=DIGEST, digest=DIGEST, algorithm="sha256", form=MemberForm.FLAT
)


@pytest.mark.silent
def test_members_by_sha256_are_silent() -> None:
    catalog = replace(judged("a.cat"), catalog=listing(LONG))
    assert list(check(package_set(payload=(FILE,), catalogs=(catalog,)))) == []


def test_empty_and_unreadable_catalogs_are_silent() -> None:
    broken = judged("b.cat", error=CatalogError("cut off"))
    assert list(check(package_set(catalogs=(judged("a.cat"), broken)))) == []


@pytest.mark.boundary
def test_a_catalog_with_both_is_silent() -> None:
    catalog = judged("a.cat", FILE, more=(LONG,))
    assert list(check(package_set(payload=(FILE,), catalogs=(catalog,)))) == []


@pytest.mark.exact
def test_all_catalogs_make_one_note() -> None:
    catalogs = (judged("a.cat", FILE), judged("b.cat", FILE), judged("c.cat"))
    assert list(check(package_set(payload=(FILE,), catalogs=catalogs))) == [
        Hit(
            where=PLACE,
            message="2 of 3 catalogs list their members by SHA-1 only",
        )
    ]
