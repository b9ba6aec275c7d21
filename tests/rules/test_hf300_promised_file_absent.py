import pytest
from make_subjects import PLACE, delivery, entry, program

from builder.model.finding import Hit
from builder.model.identity import Architecture
from builder.rules.hf300_promised_file_absent import check


@pytest.mark.silent
def test_a_row_with_its_file_is_silent() -> None:
    assert list(check(delivery((entry(), program())))) == []


@pytest.mark.exact
def test_a_row_without_a_file_is_named() -> None:
    row = entry(architecture=Architecture.AMD64)
    assert list(check(delivery((row, None)))) == [
        Hit(
            where=PLACE,
            message="Mpio.sys (x64) is listed in KB967724 and not in the package",
        )
    ]


def test_a_file_that_the_package_misses_itself_is_silent() -> None:
    """HF203, HF204 or HF208 reports it: one cause, one finding."""
    missed = frozenset({"mpio.sys"})
    assert list(check(delivery((entry(), None), missed=missed))) == []


@pytest.mark.boundary
def test_an_absent_document_takes_along_what_it_would_bring() -> None:
    """HF203 or HF204 reports the document."""
    for is_incomplete, hits in ((True, 0), (False, 1)):
        made = delivery((entry(), None), is_incomplete=is_incomplete)
        assert len(list(check(made))) == hits
