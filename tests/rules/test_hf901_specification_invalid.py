import pytest
from make_subjects import ledger

from builder.errors import SpecError
from builder.model.finding import Hit
from builder.rules.hf901_specification_invalid import check


@pytest.mark.silent
def test_documents_that_were_read_are_silent() -> None:
    assert list(check(ledger())) == []


@pytest.mark.exact
def test_each_unreadable_document_is_told_with_its_line() -> None:
    errors = (("kb1/kb.json", SpecError("no number", line=3)),)
    assert list(check(ledger(errors=errors))) == [
        Hit(where=("kb1/kb.json",), message="no number", line=3)
    ]


@pytest.mark.boundary
def test_an_absent_specification_is_no_unreadable_one() -> None:
    """What was not read is told by its error alone, each document once."""
    assert list(check(ledger(spec=None))) == []
    one = ("kb1/kb.json", SpecError("no number", line=3))
    two = ("kb1/inventory.json", SpecError("no files"))
    found = [hit.where for hit in check(ledger(spec=None, errors=(one, two)))]
    assert found == [("kb1/kb.json",), ("kb1/inventory.json",)]
