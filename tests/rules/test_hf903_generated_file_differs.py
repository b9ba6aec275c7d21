import pytest
from make_subjects import ledger

from builder.model.finding import Hit
from builder.rules.hf903_generated_file_differs import check

NAME = "x86/update.mum"
WHERE = (f"kb1/{NAME}",)


@pytest.mark.silent
def test_equal_files_are_silent() -> None:
    same = {NAME: b"<a/>"}
    assert list(check(ledger(written=same, drafted=dict(same)))) == []


def test_what_could_not_be_drafted_is_silent() -> None:
    """HF901 or HF904 reports it."""
    assert list(check(ledger(written={NAME: b"<a/>"}))) == []


@pytest.mark.exact
def test_the_first_line_that_differs_is_told() -> None:
    made = ledger(written={NAME: b"1\n2\n3"}, drafted={NAME: b"1\nx\ny"})
    assert list(check(made)) == [
        Hit(where=WHERE, message="has '2'; the specification makes 'x'", line=2)
    ]


@pytest.mark.boundary
def test_a_file_cut_off_differs_in_its_length() -> None:
    made = ledger(written={NAME: b"1\n2"}, drafted={NAME: b"1\n2\n3"})
    assert list(check(made)) == [
        Hit(where=WHERE, message="differs in its length", line=2)
    ]


def test_a_file_that_another_rule_judged_is_silent() -> None:
    made = ledger(written={NAME: b"1"}, drafted={NAME: b"2"}, judged=frozenset({NAME}))
    assert list(check(made)) == []


def test_missing_files_and_files_too_many_are_told() -> None:
    made = ledger(written={"x86/b.mum": b""}, drafted={NAME: b""})
    assert list(check(made)) == [
        Hit(where=WHERE, message="is missing; the specification makes it"),
        Hit(
            where=("kb1/x86/b.mum",),
            message="the specification does not make this file",
        ),
    ]


def test_a_manifest_without_digests_is_silent() -> None:
    """HF902 or HF904 reports that the inventory lacks them."""
    written = {NAME: b"1", "x86/a.manifest": b"", "x86/b.manifest": b""}
    undrafted = frozenset({"x86/a.manifest"})
    made = ledger(written=written, drafted={NAME: b"1"}, undrafted=undrafted)
    assert [hit.where for hit in check(made)] == [("kb1/x86/b.manifest",)]


def test_what_no_specification_makes_is_told_in_any_case() -> None:
    made = ledger(strays=("x86/a.sys",))
    message = "the specification does not make this file"
    assert list(check(made)) == [Hit(where=("kb1/x86/a.sys",), message=message)]


@pytest.mark.parametrize(
    ("written", "drafted", "message"),
    [
        (b'<a b="1" c="2"/>', b'<a b="1" c="3"/>', """has 'c="2"/>'; the"""),
        (b'<a b="1"/>', b'<a b="1" c="3"/>', """has 'b="1"/>'; the"""),
        (b"<a>\r", b"<a>", "differs in blanks or line ends only"),
        (b"  <a>", b"<a>", "differs in blanks or line ends only"),
        (b"", b"<a>", "has ''; the specification makes '<a>'"),
        (b"aaa", b"aa", "has 'aaa'; the specification makes 'aa'"),
        (b"x" * 99, b"y" * 99, f"has '{'x' * 77}...'; the"),
        (b"\xff", b"y", "has '\ufffd'; the specification makes 'y'"),
    ],
)
def test_only_the_word_that_differs_is_shown(
    written: bytes, drafted: bytes, message: str
) -> None:
    (hit,) = check(ledger(written={NAME: written}, drafted={NAME: drafted}))
    assert hit.message.startswith(message)
