"""An article's table beside packages and other articles, and who is wrong."""

import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from projects import ARTICLE, LEDGER, anchor, hotfix, msu, need_shared

from builder.formats.json_text import parse_json
from builder.formats.schema import schema
from builder.formats.spec import parse_spec
from builder.model.comparison import Comparison, Mark
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS
from builder.model.unpacked import Container, Member
from builder.model.version import FileVersion
from builder.report.table_html import render_tables_html
from builder.report.table_text import render_table
from builder.steps.beside import compare_containers, evidence_of
from builder.steps.compare import compare_articles
from builder.steps.unpack import unpack
from builder.store import Scratch

SPEC = parse_spec((LEDGER / "kb.json").read_bytes())
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def containers(built: Path) -> tuple[Container, ...]:
    path = msu(built, "x86")
    return unpack(path.name, path.read_bytes(), limits=DEFAULT_LIMITS, spool=Scratch)


def changed(change: Change) -> KbSpec:
    document = json.loads((LEDGER / "kb.json").read_bytes())
    change(document)
    return parse_spec(json.dumps(document).encode())


def with_members(
    containers: tuple[Container, ...], change: Callable[[Member], Member | None]
) -> tuple[Container, ...]:
    return tuple(
        replace(
            container,
            members=tuple(
                new for m in container.members if (new := change(m)) is not None
            ),
        )
        for container in containers
    )


def only(spec: KbSpec, containers: tuple[Container, ...]) -> Comparison:
    (found,) = compare_containers(spec, containers)
    return found


def test_a_right_package_is_equal_in_every_cell(
    containers: tuple[Container, ...],
) -> None:
    found = only(SPEC, containers)
    promised = [row for row in found.rows if row.mark is not Mark.UNLISTED]
    assert len(promised) == 7
    assert {cell.mark for row in promised for cell in row.cells} == {Mark.EQUAL}
    assert found.times == "the container's times are UTC: 7 of 7 rows fit"
    assert found.is_clean
    assert not list(found.odd())
    (manifest,) = (row for row in promised if row.name.endswith(".manifest"))
    assert manifest.notes == ("the key proves type=driverUpdate, versionScope=nonSxS",)
    extra = [row.name for row in found.rows if row.mark is Mark.UNLISTED]
    assert "update.mum" in extra


def test_a_version_that_the_article_alone_has_is_the_odd_one_out(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["files"][1]["version"] = "6.0.6001.22376"

    found = only(changed(change), containers)
    ((row, cell),) = found.odd()
    assert row.name == "Mpio.sys"
    assert (cell.promised, cell.observed) == ("6.0.6001.22376", "6.0.6001.22375")
    assert cell.odd == (
        "the article's file version is the odd one out: the version resource, the "
        "component's manifest, the key of the component's name and the article's own "
        "manifest row agree on 6.0.6001.22375"
    )
    assert not found.is_clean


def test_a_version_that_the_file_alone_has_is_the_odd_one_out(
    containers: tuple[Container, ...],
) -> None:
    def change(member: Member) -> Member:
        if member.facts is None or member.facts.pe is None:
            return member
        pe = replace(member.facts.pe, version=FileVersion(6, 0, 6001, 22374))
        return replace(member, facts=replace(member.facts, pe=pe))

    found = only(SPEC, with_members(containers, change))
    ((_, cell),) = found.odd()
    assert (cell.promised, cell.observed) == ("6.0.6001.22375", "6.0.6001.22374")
    assert cell.odd is not None
    assert cell.odd.startswith("the file is the odd one out: the article, the comp")


def test_a_size_that_a_digest_denies_is_the_articles_fault(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["files"][1]["size"] += 1

    found = only(changed(change), containers)
    ((row, cell),) = found.odd()
    assert (row.name, cell.column) == ("Mpio.sys", "File size")
    assert cell.odd == (
        "the article's file size is the odd one out: the container and the digest in "
        "its manifest agree on 107504"
    )


def test_a_size_without_a_second_fact_has_no_culprit(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["files"][6]["size"] += 1

    found = only(changed(change), containers)
    assert not list(found.odd())
    assert found.count(Mark.DIFFERS) == 1


def test_a_platform_that_the_article_alone_has_is_the_odd_one_out(
    containers: tuple[Container, ...],
) -> None:
    def change(member: Member) -> Member:
        if member.facts is None or member.facts.pe is None:
            return member
        pe = replace(member.facts.pe, machine=0x8664)
        return replace(member, facts=replace(member.facts, pe=pe))

    found = only(SPEC, with_members(containers, change))
    ((_, cell),) = found.odd()
    assert (cell.promised, cell.observed) == ("x86", "x64")
    assert cell.odd is not None
    assert cell.odd.startswith("the file is the odd one out")


def test_local_times_are_recognised_and_the_stray_row_is_flagged(
    containers: tuple[Container, ...],
) -> None:
    def change(member: Member) -> Member:
        if member.modified is None:
            return member
        hours = 5 if member.key.endswith("mpio.sys") else 8
        return replace(member, modified=member.modified - timedelta(hours=hours))

    found = only(SPEC, with_members(containers, change))
    assert found.times == (
        "the container's times are local, UTC-08:00: 6 of 7 rows fit, 1 do not"
    )
    ((row, cell),) = found.odd()
    assert (row.name, cell.column) == ("Mpio.sys", "Time")
    assert (cell.promised, cell.observed) == ("05:44", "08:44")
    assert cell.odd is not None
    assert "6 other rows follow" in cell.odd


def test_what_is_missing_and_what_is_not_checkable_says_why(
    containers: tuple[Container, ...],
) -> None:
    def change(member: Member) -> Member | None:
        if member.key.endswith("mpio.inf"):
            return None
        if member.key.endswith("mpio.sys"):
            return replace(member, facts=None, modified=None, waits="its basis waits")
        return member

    found = only(SPEC, with_members(containers, change))
    rows = {row.name: row for row in found.rows}
    assert rows["Mpio.inf"].mark is Mark.MISSING
    cells = {cell.column: cell for cell in rows["Mpio.sys"].cells}
    assert cells["File size"].mark is Mark.EQUAL
    assert cells["File version"].reason == "its basis waits"
    assert cells["Date"].reason == "the container gives no time"
    text = render_table(found)
    assert "- Mpio.inf" in text
    assert "File version: not checkable: its basis waits" in text


def test_a_name_that_its_own_key_denies_is_the_articles_fault(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        row = next(f for f in document["files"] if f["name"].startswith("X86_"))
        row["name"] = row["name"].replace("22375", "22376")

    found = only(changed(change), containers)
    (row,) = (row for row in found.rows if row.mark is Mark.MISSING)
    assert "the article's file name is the odd one out: its own key denies it" in (
        row.notes
    )


def test_another_article_is_not_compared(containers: tuple[Container, ...]) -> None:
    def change(document: dict[str, Any]) -> None:
        document["kb"] = 900123

    found = only(changed(change), containers)
    assert not found.rows
    assert found.notes == ("the tables do not fit: the package is KB967724 for x86",)


def test_rows_for_another_windows_are_left_out(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        for row in document["files"]:
            row["product"] = "Windows Server 2008"
        other = dict(document["files"][1], product="Windows 7", size=1)
        document["files"].insert(0, other)

    found = only(changed(change), containers)
    assert found.is_clean
    assert found.count(Mark.EQUAL) == 7


def test_rows_of_one_name_meet_the_members_that_fit_them(
    containers: tuple[Container, ...],
) -> None:
    def change(document: dict[str, Any]) -> None:
        document["files"].insert(0, dict(document["files"][1], size=1, version=None))

    def doubled(container: Container) -> Container:
        members = [
            replace(m, name=f"wow_{m.name}", size=1, facts=None)
            for m in container.members
            if m.key.endswith("mpio.sys")
        ]
        return replace(container, members=(*members, *container.members))

    found = only(changed(change), tuple(map(doubled, containers)))
    sizes = [
        next(cell for cell in row.cells if cell.column == "File size")
        for row in found.rows
        if row.name == "Mpio.sys"
    ]
    assert [(cell.promised, cell.mark) for cell in sizes] == [
        ("1", Mark.EQUAL),
        ("107,504", Mark.EQUAL),
    ]


def test_two_revisions_are_compared_in_facts_and_rows() -> None:
    def change(document: dict[str, Any]) -> None:
        document["restart"] = "none"
        document["files"][1]["size"] += 1
        del document["files"][0]

    found = compare_articles(SPEC, changed(change), names=("old", "new"))
    assert found.notes == ("the restart differs: required; none",)
    assert found.count(Mark.MISSING) == 1
    assert found.count(Mark.DIFFERS) == 1
    assert found.count(Mark.EQUAL) == 19
    assert not found.is_clean
    assert compare_articles(SPEC, SPEC, names=("a", "a")).is_clean


def test_rows_of_one_name_meet_their_equals_in_another_revision() -> None:
    def change(document: dict[str, Any]) -> None:
        row = document["files"][1]
        document["files"] = [dict(row, size=size) for size in (3, 1, 2)]

    def other(document: dict[str, Any]) -> None:
        row = document["files"][1]
        document["files"] = [dict(row, size=size) for size in (1, 4, 3)]

    found = compare_articles(changed(change), changed(other), names=("a", "b"))
    assert [row.mark for row in found.rows] == [Mark.EQUAL, Mark.EQUAL, Mark.DIFFERS]


def test_evidence_of_a_package_names_sizes_and_versions(
    containers: tuple[Container, ...],
) -> None:
    found = evidence_of(containers, source="the package")
    assert found.sizes["mpio.sys"] == {107504}
    assert found.versions["mpio.sys"] == {FileVersion(6, 0, 6001, 22375)}


class Page(HTMLParser):
    """Collects what a page would run or fetch, and how often it has rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_page_escapes_what_it_shows_and_runs_nothing(
    containers: tuple[Container, ...],
) -> None:
    evil = "<script>alert(1)</script>\x1b[2J\"'&"

    def change(member: Member) -> Member:
        return replace(member, name=evil) if member.key == "update.mum" else member

    comparisons = compare_containers(SPEC, with_members(containers, change))
    page = render_tables_html(comparisons)
    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x1b" not in page
    parser = Page()
    parser.feed(page)
    assert parser.tags.count("tr") > 7
    assert not {"script", "img", "link", "iframe", "object"} & set(parser.tags)
    assert parser.attributes <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "colspan"),
        *("scope", "role", "tabindex", "aria-label", "aria-hidden"),
    }
    assert not re.search(r"https?:|url\(|@import", page)


def test_the_command_prints_text_json_and_html(built: Path) -> None:
    words = ("compare", LEDGER, msu(built, "x64"))
    assert "rows: 7 equal, 0 differ, 0 missing" in hotfix(*words).output
    assert hotfix(*words, "--format", "html").output.startswith("<!DOCTYPE html>")
    shown = json.loads(hotfix(*words, "--format", "json").output)
    Draft202012Validator(parse_json(schema("comparison.schema.json")).value).validate(
        shown
    )
    assert shown["comparisons"][0]["summary"]["equal"] == 7


def test_validate_shows_the_same_table(built: Path) -> None:
    words = ("validate", msu(built, "x64"), "--kb", LEDGER)
    trust = ("--trust-anchor", anchor(built, "x64"))
    table = hotfix("compare", LEDGER, msu(built, "x64")).output
    text = hotfix(*words, *trust).output
    assert table.split("\n", 1)[1] in text
    assert "= Mpio.sys" not in hotfix(*words, *trust, "--quiet").output
    shown = json.loads(hotfix(*words, *trust, "--format", "json").output)
    Draft202012Validator(parse_json(schema("report.schema.json")).value).validate(shown)
    assert shown["packages"][0]["comparisons"][0]["summary"]["equal"] == 7


def test_both_schemas_say_the_same_about_comparisons() -> None:
    one = json.loads(schema("comparison.schema.json"))["$defs"]
    other = json.loads(schema("report.schema.json"))["$defs"]
    assert set(one) <= set(other)
    assert {name: other[name] for name in one} == one


def test_a_difference_exits_with_1_and_an_unreadable_file_with_3(
    built: Path, tmp_path: Path
) -> None:
    document = json.loads((LEDGER / "kb.json").read_bytes())
    document["files"][1]["size"] += 1
    article = tmp_path / "kb.json"
    article.write_text(json.dumps(document), encoding="utf-8")
    text = hotfix("compare", article, msu(built, "x86"), code=1).output
    assert "! 107,505 -> 107,504" in text
    assert hotfix("compare", article, LEDGER, code=1).output.count("!") >= 2
    damaged = tmp_path / "a.msu"
    damaged.write_bytes(msu(built, "x86").read_bytes()[:200])
    hotfix("compare", article, damaged, code=3)
    hotfix("compare", article, tmp_path / "absent", code=3)
    hotfix("compare", article, code=2)


AMBIGUOUS = Path(__file__).parent / "corpus" / "articles" / "refused_ambiguous_row.txt"


def test_parse_explains_every_row(tmp_path: Path) -> None:
    done = hotfix("parse", AMBIGUOUS, "--explain", code=3)
    assert "line 5: x64: ambiguous, 2 readings, nothing decides" in done.output
    assert "  or Second.dll | 6.1.7600.16385 | 22,016" in done.output
    settled = AMBIGUOUS.with_name("text_settled_by_a_manifest.txt")
    done = hotfix("parse", settled, "--explain", "-o", tmp_path / "kb.json")
    assert "because the manifest of line 6 has the version" in done.output
    assert "  not Second.dll | 6.1.7600.1638 | 522,016" in done.output
    assert parse_spec((tmp_path / "kb.json").read_bytes()).number == 900123


def test_parse_takes_evidence_from_a_package(
    built: Path, containers: tuple[Container, ...], tmp_path: Path
) -> None:
    (size,) = evidence_of(containers, source="x").sizes["update.mum"]
    assert 1_000 <= size < 10_000
    row = f"Update.mum6.0.1.12{size:,}12-Feb-200905:44Not Applicable"
    lines = AMBIGUOUS.read_text("utf-8").splitlines()
    lines[4] = row
    article = tmp_path / "a.txt"
    article.write_text("\n".join(lines), "utf-8")
    assert "2 ways" in hotfix("parse", article, code=3).output
    words = ("parse", article, "--evidence", msu(built, "x86"), "--explain")
    done = hotfix(*words)
    assert f"x64: Update.mum | 6.0.1.12 | {size:,}" in done.output
    assert "has a file of this name and size" in done.output
    assert "settles no row" not in done.output


def test_parse_says_why_a_package_is_no_evidence(built: Path) -> None:
    package = msu(built, "x86")
    said = hotfix("parse", AMBIGUOUS, "--evidence", package, code=3).output
    note = f"hotfix: {package} settles no row: no row of the article names a file in it"
    assert note in said.splitlines()


@pytest.mark.genuine
def test_parse_says_that_nothing_was_left_to_settle(
    built: Path, tmp_path: Path
) -> None:
    written = ("-o", tmp_path / "kb.json")
    evidence = ("--evidence", msu(built, "x86"))
    said = hotfix("parse", need_shared(ARTICLE), *written, *evidence).output
    assert "settles no row: each row can be read in one way" in said


def test_parse_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = AMBIGUOUS.with_name("markdown_plain.md").read_bytes()
    stream = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr(sys, "stdin", stream)
    from builder.cli.sources import read_text_document

    assert read_text_document(Path("-")) == data


@pytest.mark.genuine
def test_the_article_itself_is_compared(built: Path) -> None:
    article = need_shared(ARTICLE)
    for word in ("x86", "x64", "ia64"):
        text = hotfix("compare", article, msu(built, word)).output
        assert "rows: 7 equal, 0 differ, 0 missing" in text


@pytest.mark.genuine
def test_a_delta_package_is_compared_from_its_index(tmp_path: Path) -> None:
    """An article made of what the index says is equal beside the package."""
    package = need_shared(
        ARTICLE.parents[1] / "packages" / "Windows6.1-KB2584475-x86.msu"
    )
    containers = unpack(
        package.name, package.read_bytes(), limits=DEFAULT_LIMITS, spool=Scratch
    )
    rows = [
        {
            "architecture": "x86",
            "name": member.name.rpartition("\\")[2],
            "version": None,
            "size": member.size,
            "modified": f"{member.modified:%Y-%m-%dT%H:%M:00Z}",
            "platform": None,
        }
        for container in containers
        for member in container.members
        if member.key.endswith((".sys", ".manifest")) and member.modified is not None
    ]
    assert rows
    document = json.loads((LEDGER / "kb.json").read_bytes())
    document |= {"kb": 2584475, "files": rows}
    article = tmp_path / "kb.json"
    article.write_text(json.dumps(document), encoding="utf-8")
    found = only(parse_spec(article.read_bytes()), containers)
    assert found.times.startswith("the container's times are UTC")
    assert not found.count(Mark.DIFFERS)
    assert not found.count(Mark.MISSING)
