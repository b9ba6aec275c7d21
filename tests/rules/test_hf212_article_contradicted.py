import pytest
from make_subjects import PLACE, identity, manifest, mum

from builder.model.finding import Hit
from builder.rules.hf212_article_contradicted import check


@pytest.mark.silent
@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Package_for_KB967724", "KB967724"),
        ("Package_12_for_KB967724", "kb967724"),
        ("Package_for_KB967724_server_0", "KB967724"),
        ("Package_for_KB967724_BF", "KB967724_BF"),
        ("Package_for_KB967724", None),
        ("Package_for_KB967724", "Windows Foundation"),
        ("Microsoft-Windows-Foundation-Package", "KB967724"),
    ],
)
def test_one_number_or_none_is_silent(name: str, identifier: str | None) -> None:
    assert list(check(mum(identity(name), identifier=identifier))) == []


def test_a_manifest_is_silent() -> None:
    assert list(check(manifest())) == []


@pytest.mark.exact
def test_two_numbers_are_shown() -> None:
    document = mum(
        identity("Package_1_for_KB967724", line=3), file="x.mum", identifier="KB967725"
    )
    assert list(check(document)) == [
        Hit(
            where=(*PLACE, "x.mum"),
            message="identifier KB967725 in the package Package_1_for_KB967724",
            line=3,
        )
    ]


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("identifier", "hits"),
    [("KB967724_BF", 0), ("KB0967724", 0), ("KB9677240", 1), ("KB96772", 1)],
)
def test_one_digit_more_or_less_is_another_number(identifier: str, hits: int) -> None:
    own = identity("Package_for_KB967724_BF")
    assert len(list(check(mum(own, identifier=identifier)))) == hits
