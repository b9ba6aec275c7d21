"""HF906: a JSON document in another layout."""

import pytest
from make_subjects import ledger

from builder.model.finding import Hit
from builder.rules.hf906_json_not_arranged import check

NAME = "kb.json"
RIGHT = b'{\n  "kb": 1,\n  "title": "x"\n}\n'


def found(written: bytes) -> list[int | None]:
    made = ledger(texts={NAME: written}, arranged={NAME: RIGHT})
    hits = list(check(made))
    assert all(hit.where == ("kb1/kb.json",) for hit in hits)
    return [hit.line for hit in hits]


@pytest.mark.silent
def test_the_layout_that_we_write_is_silent() -> None:
    assert found(RIGHT) == []


@pytest.mark.boundary
def test_line_ends_of_a_checkout_are_silent() -> None:
    assert found(RIGHT.replace(b"\n", b"\r\n")) == []


def test_a_document_that_cannot_be_read_is_silent() -> None:
    """HF901 reports it."""
    assert list(check(ledger(texts={NAME: b"{"}, arranged={}))) == []


@pytest.mark.exact
def test_the_first_line_that_differs_is_told() -> None:
    assert found(RIGHT.replace(b'  "title', b'"title')) == [3]
    assert found(RIGHT + b"\n") == [5]
    made = ledger(texts={NAME: b"{}"}, arranged={NAME: RIGHT})
    assert list(check(made)) == [
        Hit(
            where=("kb1/kb.json",),
            message="names or layout differ from what hotfix writes; "
            "hotfix check --fix arranges them",
            line=1,
        )
    ]
