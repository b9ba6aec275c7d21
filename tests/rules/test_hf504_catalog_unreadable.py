from make_subjects import PLACE, judged

from builder.errors import CatalogError
from builder.model.finding import Hit
from builder.rules.hf504_catalog_unreadable import check


def test_a_catalog_that_was_read_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


def test_the_reason_and_its_place_are_told() -> None:
    broken = judged("a.cat", error=CatalogError("no sequence", offset=4))
    assert list(check(broken)) == [
        Hit(where=(*PLACE, "a.cat"), message="no sequence", offset=4)
    ]
