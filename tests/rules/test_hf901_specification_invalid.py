from make_subjects import ledger

from builder.errors import SpecError
from builder.model.finding import Hit
from builder.rules.hf901_specification_invalid import check


def test_documents_that_were_read_are_silent() -> None:
    assert list(check(ledger())) == []


def test_each_unreadable_document_is_told_with_its_line() -> None:
    errors = (("kb1/kb.json", SpecError("no number", line=3)),)
    assert list(check(ledger(errors=errors))) == [
        Hit(where=("kb1/kb.json",), message="no number", line=3)
    ]
