import pytest
from make_subjects import FOLDER, PLACE, delivery, entry, plain_entry, program

from builder.model.finding import Hit
from builder.model.version import FileVersion
from builder.rules.hf301_file_size_differs import check

WHERE = (*PLACE, f"{FOLDER}\\mpio.sys")


@pytest.mark.silent
def test_the_promised_size_is_silent() -> None:
    assert list(check(delivery((entry(), program())))) == []


def test_a_missing_file_is_silent() -> None:
    """HF300 reports missing files: one cause, one finding."""
    assert list(check(delivery((entry(), None)))) == []


@pytest.mark.exact
@pytest.mark.parametrize("size", [1_659_775, 1_659_777])
def test_the_message_shows_both_sizes(size: int) -> None:
    row = entry(size=1_659_776)
    assert list(check(delivery((row, program(size=size))))) == [
        Hit(where=WHERE, message=f"{size:,} bytes; the article says 1,659,776")
    ]


@pytest.mark.boundary
def test_a_row_without_version_is_compared() -> None:
    made = delivery((plain_entry("mpio.sys"), program(size=99)))
    assert [hit.message for hit in check(made)] == ["99 bytes; the article says 100"]


def test_another_version_explains_another_size() -> None:
    """HF302 reports the version."""
    row = entry(version=FileVersion(6, 0, 6001, 1))
    assert list(check(delivery((row, program(size=99))))) == []


def test_a_file_that_is_wrong_by_itself_is_silent() -> None:
    made = delivery((entry(), program(size=99)), explained=frozenset({WHERE}))
    assert list(check(made)) == []
