import pytest
from make_siblings import file, pair

from builder.model.finding import Hit
from builder.rules.hf707_sibling_payload_swapped import check


@pytest.mark.silent
def test_files_for_their_machines_are_silent() -> None:
    one = file(where="x86.msu", machine="x86", sha256=b"a", promised=b"a")
    other = file(where="amd64.msu", machine="x64", sha256=b"b", promised=b"b")
    assert list(check(pair(one, other))) == []


@pytest.mark.exact
def test_one_file_in_both_is_reported_where_it_does_not_belong() -> None:
    one = file(where="x86.msu", machine="x86", promised=b"a")
    other = file(where="amd64.msu", machine="x86", promised=b"a")
    assert list(check(pair(one, other))) == [
        Hit(
            where=("amd64.msu", "a"),
            message=(
                "belongs to x86, not x64: built for x86, byte for byte that of "
                "its package"
            ),
        )
    ]


def test_exchanged_files_are_both_reported() -> None:
    one = file(where="x86.msu", machine="x64", sha256=b"a", promised=b"a")
    other = file(where="amd64.msu", machine="x86", sha256=b"b", promised=b"b")
    hits = list(check(pair(one, other)))
    assert {hit.where[0] for hit in hits} == {"x86.msu", "amd64.msu"}


def test_a_file_that_the_other_manifest_describes_is_reported() -> None:
    one = file(where="x86.msu", sha256=b"b", promised=b"a")
    other = file(where="amd64.msu", sha256=b"b", promised=b"b")
    assert list(check(pair(one, other))) == [
        Hit(
            where=("x86.msu", "a"),
            message="belongs to x64, not x86: the file of x64",
        )
    ]


def test_a_text_that_both_describe_is_silent() -> None:
    one = file(where="x86.msu", promised=b"a")
    other = file(where="amd64.msu", promised=b"a")
    assert list(check(pair(one, other))) == []


def test_a_file_that_nobody_describes_is_silent() -> None:
    """HF209 reports it."""
    one = file(where="x86.msu", sha256=b"c", promised=b"a")
    other = file(where="amd64.msu", sha256=b"b", promised=b"b")
    assert list(check(pair(one, other))) == []


@pytest.mark.boundary
def test_a_machine_of_neither_is_silent() -> None:
    """HF211 reports it."""
    one = file(where="x86.msu", machine="ARM", promised=b"a")
    other = file(where="amd64.msu", machine="x64", sha256=b"b", promised=b"b")
    assert list(check(pair(one, other))) == []


def test_a_digest_that_is_none_is_silent() -> None:
    one = file(where="x86.msu", promised=b"")
    other = file(where="amd64.msu", sha256=b"b", promised=b"b")
    assert list(check(pair(one, other))) == []
