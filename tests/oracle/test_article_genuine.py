"""The article itself, read to the table that was written out by hand."""

from pathlib import Path

import kb2654668
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kb967724 import ROWS, SPEC

from builder.errors import ArticleError, HotfixError
from builder.formats.article import parse_article
from builder.formats.spec import parse_spec, serialize_spec
from builder.model.keyform import solve

pytestmark = pytest.mark.genuine

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "kb"


def genuine(name: str) -> bytes:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"there is no {name} in ../shared/data")
    return path.read_bytes()


def test_every_fact_of_the_article_is_exact() -> None:
    spec = parse_article(genuine("KB967724.txt"))
    assert spec.files == ROWS
    assert len(spec.files) == 21
    assert spec == SPEC


def test_the_ledger_is_what_the_article_gives() -> None:
    ledger = ROOT / "manifests" / "kb967724" / "kb.json"
    spec = parse_article(genuine("KB967724.txt"))
    assert serialize_spec(spec) == ledger.read_bytes()


def test_every_fact_of_an_article_in_markdown_is_exact() -> None:
    spec = parse_article(genuine("KB2654668.md"))
    assert spec.files == kb2654668.ROWS
    assert len(spec.files) == 12
    assert spec == kb2654668.SPEC


def test_a_specification_of_an_article_comes_back() -> None:
    spec = parse_article(genuine("KB2654668.md"))
    assert parse_article(serialize_spec(spec)) == spec


@pytest.mark.parametrize("name", ["KB967724.txt", "KB2654668.md"])
def test_keys_of_published_names_prove_what_they_hash(name: str) -> None:
    """A name that was joined wrongly at its line break would not solve."""
    names = [
        entry.name
        for entry in parse_article(genuine(name)).files
        if entry.name.casefold().endswith(".manifest")
    ]
    assert names
    assert {str(solve(text).outcome) for text in names} == {"solved"}


@given(st.integers(0, 7283), st.integers(0, 40), st.binary(max_size=4))
def test_the_article_with_damage_is_read_or_refused(
    at: int, length: int, new: bytes
) -> None:
    data = genuine("KB967724.txt")
    data = data[:at] + new + data[at + length :]
    try:
        spec = parse_article(data)
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert parse_spec(serialize_spec(spec)) == spec


@given(st.integers(0, 20), st.integers(0, 60))
def test_a_row_cut_short_is_never_lost(row: int, length: int) -> None:
    """Cutting cells off a row gives an error in its line, not a shorter table."""
    text = genuine("KB967724.txt").decode()
    lines = text.split("\n")
    tables = [n for n, line in enumerate(lines) if "-Feb-2009" in line]
    assert len(tables) == 21
    at = tables[row]
    if length >= len(lines[at]) - 3 or not lines[at][:length]:
        return
    lines[at] = lines[at][:length]
    with pytest.raises(ArticleError) as caught:
        parse_article("\n".join(lines).encode())
    assert caught.value.line == at + 1
