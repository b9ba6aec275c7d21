from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from make_article import NOT, glue

from builder.errors import ArticleError
from builder.formats.rows import (
    LONGEST_ROW,
    Reading,
    Row,
    RowError,
    readings,
    resembles_row,
)
from builder.formats.settle import Evidence, idle, settle, settle_rows
from builder.model.identity import Architecture
from builder.model.version import FileVersion

WHEN = datetime(2009, 2, 12, 5, 44, tzinfo=UTC)


PLAIN = "Mpio.sys6.0.6001.22375107,50412-Feb-200905:44x86"


def cells(text: str) -> list[str]:
    return [str(reading) for reading in readings(text)]


def rows(*texts: str) -> list[Row]:
    return [
        Row(line=line, section=Architecture.X86, readings=readings(text))
        for line, text in enumerate(texts, 1)
    ]


def settled(*texts: str) -> list[str]:
    return [str(reading) for reading in settle(rows(*texts))]


def test_a_row_of_the_article_has_one_reading() -> None:
    assert readings("Mpio.sys6.0.6001.22375107,50412-Feb-200905:44x86") == (
        Reading(
            name="Mpio.sys",
            version=FileVersion(6, 0, 6001, 22375),
            size=107504,
            modified=WHEN,
            platform=Architecture.X86,
        ),
    )


def test_not_applicable_stands_for_an_absent_version_and_platform() -> None:
    assert readings("Mpio.infNot Applicable3,76012-Feb-200905:44Not applicable") == (
        Reading(name="Mpio.inf", version=None, size=3760, modified=WHEN, platform=None),
    )


@pytest.mark.parametrize(
    ("word", "platform"),
    [
        ("x86", Architecture.X86),
        ("x64", Architecture.AMD64),
        ("IA-64", Architecture.IA64),
        ("Not Applicable", None),
    ],
)
def test_every_platform_word_is_known(word: str, platform: Architecture | None) -> None:
    assert [r.platform for r in readings(glue("a.sys", platform=word))] == [platform]


def test_every_border_between_version_and_size_is_listed() -> None:
    assert cells(glue("A.dll", "6.1.7600.16385", "22,016")) == [
        "A.dll | 6.1.7600.16385 | 22,016",
        "A.dll | 6.1.7600.1638 | 522,016",
    ]


def test_every_border_between_name_and_version_is_listed() -> None:
    assert cells(glue("A.dll", "10.0.14393.0", "1,024")) == [
        "A.dll1 | 0.0.14393.0 | 1,024",
        "A.dll | 10.0.14393.0 | 1,024",
    ]


def test_a_size_without_groups_is_split_everywhere() -> None:
    assert cells(glue("A.dll", "6.0.1.12", "345")) == [
        "A.dll | 6.0.1.1234 | 5",
        "A.dll | 6.0.1.123 | 45",
        "A.dll | 6.0.1.12 | 345",
    ]


def test_sizes_have_no_leading_zero_and_versions_neither() -> None:
    assert cells(glue("A.dll", "6.0.1.10", "7")) == ["A.dll | 6.0.1.10 | 7"]
    assert cells(glue("A.dll", "6.0.1.1", "0")) == ["A.dll | 6.0.1.1 | 0"]


def test_names_may_hold_blanks_digits_and_dots() -> None:
    assert cells(glue("My file 2.0.txt", NOT, "12")) == [
        "My file 2.0.txt | Not Applicable | 12"
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (glue("a.sys", platform="x85"), "platform"),
        (glue("a.sys", when="12-Feb-200924:00"), "time"),
        (glue("a.sys", when="12-Feb-200923:60"), "time"),
        (glue("a.sys", when="12-Fev-200923:50"), "date"),
        (glue("a.sys", when="2-Feb-200923:50"), "there is no 42-Feb-2009"),
        (glue("a.sys", when="30-Feb-200923:50"), "there is no 30-Feb-2009"),
        (glue("a.sys", when="12-Feb-197923:50"), "year 1979"),
        (glue("a.sys", when="12-Feb-210823:50"), "year 2108"),
        (glue("a.sys", size="1,02"), "name, version and size"),
        (glue("a.sys", "6.0.6001.1", "1,02"), "name, version and size"),
        (glue("a.sys", size="01"), "name, version and size"),
        (glue("a.sys", size="4,294,967,296"), "name, version and size"),
        (glue("a.sys", size=""), "name, version and size"),
        (glue("a.sys", version=""), "name, version and size"),
        (glue("a.sys", version="6.0.65536.1"), "name, version and size"),
        (glue("a.sys", version="6.0.1"), "name, version and size"),
        (glue(""), "name, version and size"),
        (glue(" a.sys"), "name, version and size"),
        (glue("a/b.sys"), "name, version and size"),
        (glue("..\\b.sys"), "name, version and size"),
        (glue("con.sys"), "name, version and size"),
        (glue("a\x7f.sys"), "name, version and size"),
        (glue("a" * 256), "name, version and size"),
        (glue("a" * LONGEST_ROW), "too long"),
        ("", "platform"),
        ("x86", "time"),
        ("05:44x86", "date"),
    ],
)
def test_a_damaged_cell_is_named(text: str, cell: str) -> None:
    with pytest.raises(RowError, match=cell):
        readings(text)


def test_the_largest_size_is_that_of_a_cabinet() -> None:
    assert [r.size for r in readings(glue("a", size="4,294,967,295"))] == [0xFFFFFFFF]


def test_only_lines_with_a_date_resemble_rows() -> None:
    assert resembles_row(glue("a.sys"))
    assert not resembles_row("a.sys is a file of 2009-02-12")
    assert not resembles_row(glue("a" * LONGEST_ROW))


OPEN = glue("A.dll", "6.1.7600.16385", "22,016")
RESOLVED = "A.dll | 6.1.7600.16385 | 22,016"


def test_a_sibling_of_the_same_name_decides() -> None:
    sibling = glue("a.DLL", "6.1.7600.16385", "522,016")
    assert len(readings(sibling)) == 1
    assert settled(OPEN, sibling)[0] == RESOLVED


def test_a_manifest_name_decides() -> None:
    manifest = "x86_a_31bf3856ad364e35_6.1.7600.16385_none_0123456789abcdef.manifest"
    assert settled(OPEN, glue(manifest))[0] == RESOLVED


def test_the_version_of_another_row_decides() -> None:
    other = glue("B.dll", "6.1.7600.16385", "922,016")
    assert settled(OPEN, other)[0] == RESOLVED


def test_a_settled_name_decides() -> None:
    texts = glue("A.dll", "10.0.14393.0", "1,024"), glue("A.dll")
    assert settled(*texts)[0] == "A.dll | 10.0.14393.0 | 1,024"


def test_open_rows_of_one_name_decide_together() -> None:
    """Each alone has several versions; only one version fits both."""
    first = glue("A.dll", "6.0.1.234", "567")
    second = glue("A.dll", "6.0.1.234", "99")
    assert len(readings(first)) == len(readings(second)) == 3
    versions = [
        {reading.version for reading in readings(text)} for text in (first, second)
    ]
    assert versions[0] & versions[1] == {FileVersion(6, 0, 1, 234)}
    assert settled(first, second) == [
        "A.dll | 6.0.1.234 | 567",
        "A.dll | 6.0.1.234 | 99",
    ]


def test_without_evidence_every_candidate_is_named_with_the_line() -> None:
    with pytest.raises(ArticleError) as caught:
        settle(rows(glue("B.inf"), OPEN))
    assert caught.value.line == 2
    assert caught.value.reason == (
        "the row can be read in 2 ways and nothing else in the article decides: "
        "A.dll | 6.1.7600.16385 | 22,016; A.dll | 6.1.7600.1638 | 522,016"
    )


def test_evidence_for_two_readings_settles_nothing() -> None:
    first = glue("B.dll", "6.1.7600.16385", "922,016")
    second = glue("x86_c_0_6.1.7600.1638_none_0123456789abcdef.manifest")
    with pytest.raises(ArticleError, match="2 ways"):
        settle(rows(OPEN, first, second))


def test_name_and_version_evidence_that_contradict_settle_nothing() -> None:
    texts = (
        glue("A.dll", "10.0.14393.0", "1,024"),
        glue("A.dll"),
        glue("x86_c_0_0.0.14393.0_none_0123456789abcdef.manifest"),
    )
    with pytest.raises(ArticleError, match="2 ways"):
        settle(rows(*texts))


def test_other_names_with_manifest_in_them_are_no_evidence() -> None:
    texts = (
        OPEN,
        glue("a_6.1.7600.16385_b_c.txt"),
        glue("a_b.manifest"),
        glue("a_x_b_c.manifest"),
    )
    with pytest.raises(ArticleError, match="2 ways"):
        settle(rows(*texts))


part = st.integers(0, 0xFFFF)
names = st.from_regex(r"[A-Za-z_~-]{1,12}[0-9]{0,2}\.[a-z]{1,5}[0-9]?", fullmatch=True)
made_readings = st.builds(
    Reading,
    name=names,
    version=st.none() | st.builds(FileVersion, part, part, part, part),
    size=st.integers(0, 0xFFFFFFFF) | st.integers(0, 2000),
    modified=st.datetimes(
        datetime(1980, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2107, 12, 31),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    ).map(lambda when: when.replace(second=0, microsecond=0)),
    platform=st.sampled_from(
        [None, Architecture.X86, Architecture.AMD64, Architecture.IA64]
    ),
)
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
WORDS = {
    None: NOT,
    Architecture.X86: "x86",
    Architecture.AMD64: "x64",
    Architecture.IA64: "IA-64",
}


def printed(reading: Reading) -> str:
    when = reading.modified
    return glue(
        reading.name,
        NOT if reading.version is None else str(reading.version),
        f"{reading.size:,}",
        f"{when.day:02}-{MONTHS[when.month - 1]}-{when.year}"
        f"{when.hour:02}:{when.minute:02}",
        WORDS[reading.platform],
    )


@given(made_readings)
def test_the_readings_of_a_glued_row_contain_the_row(made: Reading) -> None:
    assume(made.name.partition(".")[0].lower() not in {"con", "nul", "prn", "aux"})
    found = readings(printed(made))
    assert made in found
    assert len(set(found)) == len(found)
    assert {printed(reading) for reading in found} == {printed(made)}


@given(st.lists(made_readings, max_size=6, unique_by=lambda r: r.name.casefold()))
def test_glued_rows_come_back_or_are_listed(made: list[Reading]) -> None:
    texts = [printed(reading) for reading in made]
    try:
        everything = rows(*texts)
    except RowError:
        assume(condition=False)  # a device name
    # Evidence is no proof: a row that by chance supports a wrong border is out.
    versions = [reading.version for row in everything for reading in row.readings]
    assume(len(set(versions)) == len(versions) or len(made) == 1)
    try:
        found = list(settle(everything))
    except ArticleError as error:
        if error.line is None or str(made[error.line - 1]) not in error.reason:
            raise
    else:
        assert found == made


@given(st.text(max_size=80) | st.text("019.,:-xFeb a4Not Applicable", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert readings(text)
    except RowError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("texts", "sizes", "reason"),
    [
        ((OPEN, PLAIN), {}, "no row of the article names a file in it"),
        ((OPEN, PLAIN), {"b.dll": 5}, "no row of the article names a file in it"),
        ((PLAIN,), {"mpio.sys": 107_504}, "each row can be read in one way only"),
        ((OPEN,), {"a.dll": 1}, "it fits several readings"),
        ((OPEN, PLAIN), {"a.dll": 22_016}, None),
    ],
)
def test_evidence_that_settles_nothing_says_why(
    texts: tuple[str, ...], sizes: dict[str, int], reason: str | None
) -> None:
    evidence = Evidence(sizes={name: frozenset({size}) for name, size in sizes.items()})
    said = idle(settle_rows(rows(*texts), evidence), evidence)
    assert said == reason or (said or "").startswith(reason or "?")
