import pytest
from make_subjects import PLACE, judged

from builder.errors import CatalogError, SignatureFault
from builder.model.finding import Hit
from builder.rules.hf504_catalog_unreadable import check


@pytest.mark.silent
def test_a_catalog_that_was_read_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


@pytest.mark.exact
def test_the_reason_and_its_place_are_told() -> None:
    broken = judged("a.cat", error=CatalogError("no sequence", offset=4))
    assert list(check(broken)) == [
        Hit(where=(*PLACE, "a.cat"), message="no sequence", offset=4)
    ]


@pytest.mark.boundary
def test_a_catalog_that_lists_nothing_and_one_that_is_refused_are_read() -> None:
    """HF501 reports that a signature does not hold."""
    assert list(check(judged("a.cat", fault=SignatureFault.STRUCTURE))) == []
    assert judged("a.cat").catalog is not None
    assert judged("a.cat", error=CatalogError("cut off")).catalog is None
