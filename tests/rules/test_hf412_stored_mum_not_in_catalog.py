import pytest
from make_subjects import PLACE, container, judged, member

from builder.errors import CatalogError
from builder.model.finding import Hit
from builder.model.subject import JudgedCatalog, PackageStore
from builder.rules.hf412_stored_mum_not_in_catalog import check

ONE, TWO = member("one.mum", b"1"), member("two.mum", b"2")


def hits(*catalogs: JudgedCatalog) -> list[Hit]:
    members = (ONE, TWO, *(catalog.member for catalog in catalogs))
    return list(
        check(
            PackageStore(container=container(*members), documents=(), catalogs=catalogs)
        )
    )


@pytest.mark.silent
def test_packages_in_their_own_catalogs_are_silent() -> None:
    assert hits(judged("ONE.cat", ONE), judged("two.cat", TWO)) == []


@pytest.mark.boundary
def test_the_catalog_of_another_package_does_not_count() -> None:
    both = judged("one.cat", ONE, TWO)
    assert hits(both, judged("two.cat", ONE)) == [
        Hit(where=(*PLACE, "two.mum"), message="is not listed in two.cat")
    ]


@pytest.mark.exact
def test_a_package_without_a_catalog_is_named() -> None:
    assert hits(judged("one.cat", ONE)) == [
        Hit(where=(*PLACE, "two.mum"), message="has no catalog two.cat")
    ]


def test_an_unreadable_catalog_is_another_finding() -> None:
    broken = judged("two.cat", error=CatalogError("broken"))
    assert hits(judged("one.cat", ONE), broken) == []
