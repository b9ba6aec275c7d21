import pytest
from make_siblings import file, oddity, pair, siblings

from builder.model.finding import Hit
from builder.rules.hf706_sibling_file_version_differs import check

ODD = oddity(
    "file",
    {"file version": ("6.0.6001.1", "6.0.6001.2")},
    inside=("component",),
    where=("amd64.msu", "a"),
)


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_another_version_is_reported() -> None:
    assert list(check(siblings(ODD))) == [
        Hit(
            where=("amd64.msu", "a"),
            message=(
                "component component > file A: file version is '6.0.6001.2', "
                "not '6.0.6001.1' (x86)"
            ),
            line=3,
        )
    ]


def test_another_attribute_is_silent() -> None:
    """HF708 reports it."""
    odd = oddity("file", {"importPath": ("a", "b")}, inside=("component",))
    assert not list(check(siblings(odd)))


@pytest.mark.boundary
def test_a_swapped_file_is_silent() -> None:
    """HF707 reports it."""
    one = file(where="x86.msu", machine="x86", promised=b"a")
    other = file(where="amd64.msu", machine="x86", promised=b"a")
    swapped = pair(one, other)
    both = siblings(ODD, files=swapped.files)
    assert not list(check(both))
