from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.errors import ArticleError
from builder.formats.article import Given, parse_article, read_article
from builder.formats.article_cells import (
    Day,
    parse_clock,
    parse_day,
    parse_name,
    parse_platform,
    parse_size,
    parse_version,
    split_moment,
)
from builder.formats.article_facts import Line
from builder.formats.article_headings import Heading, read_heading
from builder.formats.rows import RowError
from builder.formats.settle import Evidence
from builder.model.identity import Architecture
from builder.model.product import windows_versions
from builder.model.version import FileVersion

CORPUS = Path(__file__).parents[1] / "corpus" / "articles"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("6.1.7601.21680", (6, 1, 7601, 21680)),
        ("6.00.2900.5512", (6, 0, 2900, 5512)),
        ("6.1.7601.21680 (win7_ldr.110311-0330)", (6, 1, 7601, 21680)),
        ("6, 1, 7601, 21680", (6, 1, 7601, 21680)),
        ("10.1.17", (10, 1, 17, 0)),
        ("Not Applicable", None),
        ("not versioned", None),
        ("N/A", None),
        ("-", None),
        ("", None),
    ],
)
def test_versions_are_read(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "text", ["6.1", "6.1.7601.21680.1", "6.1.7601.99999", "v6.1.1.1", "6.1.7601.21680x"]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(RowError, match="is no file version"):
        parse_version(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("107,504", 107504),
        ("107504", 107504),
        ("1 234 567", 1234567),
        ("107,504 bytes", 107504),
        ("1 byte", 1),
        ("4,294,967,295", 0xFFFFFFFF),
    ],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "1,02", "12,3456", "1.024", "105 KB", "4,294,967,296", "-1", "N/A"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(RowError, match="file size"):
        parse_size(text)


def day(year: int, month: int, number: int) -> Day:
    found = datetime(year, month, number, tzinfo=UTC).date()
    return Day(day_first=found, month_first=found)


@pytest.mark.parametrize(
    "text",
    [
        *("12-Feb-2009", "12-feb-09", "12 Feb 2009", "12-February-2009"),
        *("2009-02-12", "2009/2/12", "February 12, 2009", "Feb. 12, 2009"),
        *("12\N{NON-BREAKING HYPHEN}Feb\N{EN DASH}2009",),
    ],
)
def test_dates_are_read(text: str) -> None:
    assert parse_day(text) == day(2009, 2, 12)


def test_dates_of_numbers_keep_both_readings() -> None:
    one, two = day(2009, 2, 3).day_first, day(2009, 3, 2).day_first
    assert parse_day("2/3/2009") == Day(day_first=two, month_first=one)
    assert parse_day("13/3/2009").month_first is None
    assert parse_day("3/13/2009").day_first is None
    assert parse_day("3/3/2009") == day(2009, 3, 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12-Fév-2009", "no English month"),
        ("12-Mai-2009", "no English month"),
        ("12.02.2009", "no date in a known form"),
        ("30-Feb-2009", "there is no date"),
        ("13/13/2009", "there is no date"),
        ("12-Feb-1979", "the year 1979"),
        ("12-Feb-2108", "the year 2108"),
        ("", "no date in a known form"),
    ],
)
def test_what_is_no_date_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("5:44", "05:44:00"),
        ("05:44:30", "05:44:30"),
        ("12:05 AM", "00:05:00"),
        ("12:05 p.m.", "12:05:00"),
        ("5:44PM", "17:44:00"),
        ("18:31 UTC", "18:31:00"),
    ],
)
def test_times_are_read(text: str, printed: str) -> None:
    assert f"{parse_clock(text):%H:%M:%S}" == printed


@pytest.mark.parametrize("text", ["24:00", "13:00 PM", "0:00 AM", "5:60", "544", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(RowError, match="is no time of day"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12-Feb-2009 05:44", ("12-Feb-2009", "05:44")),
        ("2009-02-12T05:44Z", ("2009-02-12", "05:44")),
        ("12-OCT-2009 5:44 AM", ("12-OCT-2009", "5:44 AM")),
        ("February 12, 2009, 5:44", ("February 12, 2009", "5:44")),
        ("12-Feb-2009", ("12-Feb-2009", "")),
    ],
)
def test_date_and_time_in_one_cell_are_parted(
    text: str, parts: tuple[str, str]
) -> None:
    assert split_moment(text) == parts


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("x86", Architecture.X86),
        ("AMD64", Architecture.AMD64),
        ("IA-64", Architecture.IA64),
        ("x64-based", Architecture.AMD64),
        ("Arm64", Architecture.ARM64),
        ("ARM", Architecture.ARM),
        ("n/a", None),
    ],
)
def test_platforms_are_read(text: str, platform: Architecture | None) -> None:
    assert parse_platform(text) is platform


def test_a_break_is_no_part_of_a_name() -> None:
    assert parse_name("a_\nb.dll") == "a_b.dll"
    with pytest.raises(RowError, match="no name of a file"):
        parse_name("a/b.dll")


@pytest.mark.parametrize(
    ("text", "section", "products"),
    [
        ("For all supported Itanium-based versions of Windows 7", "ia64", 1),
        ("Windows Vista, x86-based version", "x86", 1),
        ("x64-based versions", "x64", 0),
        ("x64 Windows 8.1 and Windows Server 2012 R2", "x64", 2),
        ("For x64\N{EN DASH}based versions of Windows 7:", "x64", 1),
        ("All supported ARM-based versions of Windows RT 8.1", "arm", 1),
        ("ARM64", "arm64", 0),
        ("Windows Server 2003 (x64)", "x64", 1),
        ("Windows 7 file information", None, 1),
        ("x86-based and x64-based versions of Windows 7", None, 1),
    ],
)
def test_headings_name_architecture_and_products(
    text: str, section: str | None, products: int
) -> None:
    found = read_heading(Line(number=1, text=text))
    assert found is not None
    assert (found.section and found.section.word) == section
    assert len(found.products) == products


@pytest.mark.parametrize(
    "text",
    [
        "To get the package for x64-based systems, follow the link.",
        "The x86 instruction set",
        "Note these files",
        "",
        "x64" * 200,
    ],
)
def test_sentences_are_no_headings(text: str) -> None:
    assert read_heading(Line(number=1, text=text)) is None


def test_what_is_marked_as_a_heading_is_one() -> None:
    line = Line(number=1, text="Status", is_heading=True)
    assert read_heading(line) == Heading(section=None, products=())


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("Windows 7, Windows Server 2008 R2", {(6, 1)}),
        ("Windows Vista and Windows Server 2008", {(6, 0)}),
        ("Windows 8.1 and Windows 8", {(6, 3), (6, 2)}),
        ("Windows 10", {(10, 0)}),
        ("Windows 70", set()),
        ("SQL Server", set()),
    ],
)
def test_products_have_versions(text: str, versions: set[tuple[int, int]]) -> None:
    assert windows_versions(text) == versions


def test_a_given_architecture_serves_tables_without_one() -> None:
    data = (CORPUS / "refused_no_architecture.md").read_bytes()
    spec = parse_article(data, given=Given(section=Architecture.IA64))
    assert [entry.architecture.word for entry in spec.files] == ["ia64"]


def test_a_given_number_has_to_agree() -> None:
    data = (CORPUS / "markdown_plain.md").read_bytes()
    assert parse_article(data, given=Given(number=900123)).number == 900123
    with pytest.raises(ArticleError, match="the article is KB900123, not KB900124"):
        parse_article(data, given=Given(number=900124))


AMBIGUOUS = (CORPUS / "refused_ambiguous_row.txt").read_bytes()


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (
            Evidence(sizes={"second.dll": frozenset({22016})}),
            "the package has a file of this name and size",
        ),
        (
            Evidence(
                sizes={"second.dll": frozenset({7})},
                versions={"second.dll": frozenset({FileVersion(6, 1, 7600, 16385)})},
            ),
            "the package has a file of this name and version",
        ),
    ],
)
def test_a_package_settles_a_row(evidence: Evidence, reason: str) -> None:
    reader = read_article(AMBIGUOUS, evidence=evidence)
    assert [settled.reason for settled in reader.rows] == [reason]
    (entry,) = reader.specification().files
    assert (entry.version, entry.size) == ((6, 1, 7600, 16385), 22016)


def test_a_package_with_another_size_settles_nothing() -> None:
    evidence = Evidence(sizes={"second.dll": frozenset({7})})
    reader = read_article(AMBIGUOUS, evidence=evidence)
    assert reader.rows[0].reading is None
    with pytest.raises(ArticleError, match="2 ways"):
        reader.specification()


def test_reasons_say_which_line_decided() -> None:
    data = (CORPUS / "text_settled_by_a_manifest.txt").read_bytes()
    reasons = [settled.reason for settled in read_article(data).rows]
    assert reasons == [
        "the manifest of line 6 has the version",
        "its glued cells can be read in one way only",
    ]
