"""Articles that we wrote, one per shape or hazard, with what they have to say."""

import json
from pathlib import Path

import pytest

from builder.cli.sources import number_in
from builder.errors import ArticleError
from builder.formats.article import Given, parse_article
from builder.formats.spec import serialize_spec

CORPUS = Path(__file__).parents[1] / "corpus" / "articles"
SUFFIX = ".expected.json"
EXPECTED = sorted(CORPUS.glob(f"*{SUFFIX}"))
assert len(EXPECTED) >= 40, "the corpus of articles is incomplete"


def document(expected: Path) -> Path:
    return expected.with_name(expected.name.removesuffix(SUFFIX))


def test_every_article_has_its_expectation() -> None:
    found = {path for path in CORPUS.iterdir() if not path.name.endswith(SUFFIX)}
    assert found == {document(path) for path in EXPECTED}


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: p.name.removesuffix(SUFFIX))
def test_an_article_says_what_it_has_to_say(path: Path) -> None:
    expected = json.loads(path.read_bytes())
    article = document(path)
    given = Given(guess=number_in(article))
    if "error" in expected:
        with pytest.raises(ArticleError) as caught:
            parse_article(article.read_bytes(), given=given)
        assert expected["error"] in caught.value.reason
        assert caught.value.line == expected["line"]
        return
    spec = parse_article(article.read_bytes(), given=given)
    found = json.loads(serialize_spec(spec))
    found["source"].pop("sha256")
    assert {name: found.get(name) for name in expected} == expected
