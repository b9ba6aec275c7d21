"""The page: what was read stays text in it, and the same report is the same bytes."""

import json
import tomllib
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_reports import (
    NASTY,
    alone,
    chain,
    comparison,
    finding,
    hostile_package,
    hostile_report,
    large_report,
    link,
)
from projects import ROOT

from builder.model.custody import LinkKind, LinkState
from builder.model.dossier import Dossier
from builder.model.escaped import printable
from builder.model.finding import Ignored, PackageReport, Report, Severity
from builder.model.hresult import FILE_HASH_MISMATCH, Answer
from builder.model.rule import page_url
from builder.report.page import render_page
from builder.report.page_findings import MOST_FINDINGS
from builder.report.table_html import MOST_ROWS
from builder.rules import RULES

VOID = {"meta", "input", "br"}
URLS = {"src", "href", "action", "data", "style", "xlink:href", "srcset", "poster"}


class Read(HTMLParser):
    """What a page holds, as an HTML parser sees it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.comments = 0
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
            if tag in self.inside:
                self.inside[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.inside:
            self.inside[self._open[-1]][-1] += data
        else:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments += 1 + len(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(report: Report, *, strict: bool = False) -> Read:
    return Read(render_page(report, strict=strict))


def source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def harmless(page: Read, packages: int) -> None:
    """Hold a page to what we alone write into it."""
    data, script = page.inside["script"]
    assert [a.get("type") for a in page.all("script")] == ["application/json", None]
    assert script == files("builder.report").joinpath("page.js").read_text().strip()
    assert len(json.loads(data)) == packages
    assert not page.comments
    allowed = {"html", "head", "meta", "title", "style", "body", "script", "main"}
    allowed |= {"header", "section", "article", "nav", "div", "p", "a", "span", "bdi"}
    allowed |= {"h1", "h2", "h3", "h4", "ul", "li", "table", "thead", "tbody", "tr"}
    allowed |= {"th", "td", "caption", "del", "ins", "br", "details", "summary", "form"}
    allowed |= {"fieldset", "legend", "label", "input", "select", "option", "button"}
    allowed |= {"svg", "g", "rect", "path", "text", "code"}
    assert {tag for tag, _ in page.tags} <= allowed
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert all(attributes[n].startswith("#") for n in URLS & attributes.keys())
    names = [a["id"] for _, a in page.tags if "id" in a]
    assert len(names) == len(set(names))
    links = [a["href"][1:] for a in page.all("a")]
    assert set(links) <= set(names)
    assert links


def test_the_policy_names_script_and_style_by_hash_and_nothing_else() -> None:
    page = read(alone(PackageReport(path="a.msu")))
    (policy,) = (a["content"] for a in page.all("meta") if "http-equiv" in a)
    (style,) = page.inside["style"]
    script = page.inside["script"][-1]
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src {source(style)}",
        f"script-src {source(script)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize("text", NASTY)
def test_a_hostile_name_is_shown_as_what_it_is(text: str) -> None:
    page = read(alone(hostile_package(text)))
    harmless(page, 1)
    shown = "".join(page.text)
    assert shown.count(printable(text)) >= 20
    data = json.loads(page.inside["script"][0])[0]
    assert data["graph"]["nodes"][0][1] == printable(text)
    assert printable(text) in data["custody"]["texts"]
    assert all(c.isprintable() or c == "\n" for c in shown)


def test_hostile_names_together_are_harmless_and_can_be_written() -> None:
    report = hostile_report()
    harmless(read(report), len(report.packages))
    assert render_page(report, strict=True).encode("utf-8")


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_any_text_is_harmless(text: str) -> None:
    page = read(alone(hostile_package(text)))
    harmless(page, 1)
    assert printable(text).strip("\r\n") in "".join(page.text)


def test_the_same_report_gives_the_same_bytes() -> None:
    first, second = (render_page(large_report(), strict=False) for _ in range(2))
    assert first == second


def test_a_large_package_stays_below_a_megabyte() -> None:
    page = render_page(large_report(500, 600), strict=False)
    assert page.count('<g class="node') == 500
    assert len(page.encode()) < 1_000_000


def test_the_verdict_comes_first_in_words() -> None:
    warned = PackageReport(
        path="d/a.msu", findings=(finding(severity=Severity.WARNING),)
    )
    for strict, word in ((False, "valid"), (True, "invalid")):
        page = read(alone(warned), strict=strict)
        shown = "".join(page.text)
        assert shown.index(f"a.msu is {word}") < shown.index("Findings")
    bad = PackageReport(path="b.msu", unreadable="b.msu: no cabinet")
    both = read(Report(packages=(warned, bad)))
    assert "2 files: 1 valid, 1 unreadable" in "".join(both.text)
    assert "no cabinet" in "".join(both.text)


def test_what_a_configuration_leaves_out_stands_with_the_verdict() -> None:
    ignored = Ignored(rule="HF501", count=2, reason="known <b>", source="hotfix.toml")
    package = PackageReport(path="a.msu", ignored=(ignored,), configured=("HF1 error",))
    shown = "".join(read(alone(package)).text)
    assert "ignored: 2 findings of HF501: known <b> (hotfix.toml)" in shown
    assert shown.index("configured: HF1 error") < shown.index("No rule is broken")


def test_findings_are_grouped_by_rule_errors_first() -> None:
    package = PackageReport(
        path="a.msu",
        findings=(
            finding(rule="HF507", severity=Severity.NOTE),
            finding(rule="HF302"),
            finding(rule="HF301"),
            finding(rule="HF302", line=3, offset=16),
        ),
    )
    page = read(alone(package))
    groups = [a["class"] for a in page.all("details") if "group" in a["class"]]
    assert groups == ["group error", "group error", "group note"]
    items = [a["data-rule"] for a in page.all("li") if "data-rule" in a]
    assert items == ["HF301", "HF302", "HF302", "HF507"]
    assert "b.sys, line 3, at byte 0x10" in "".join(page.text)


def test_what_a_rule_says_of_itself_is_there_where_it_is_given() -> None:
    report = alone(PackageReport(path="a.msu", findings=(finding(),)))
    page = Read(render_page(report, strict=False, rules=RULES))
    (rule,) = (rule for rule in RULES if rule.id == "HF301")
    assert rule.summary in "".join(page.text)
    assert page_url("HF301") in [attributes["href"] for attributes in page.all("a")]
    assert "About HF301" not in render_page(report, strict=False)


def test_what_to_do_and_what_windows_answers_stand_with_the_findings() -> None:
    answers = (Answer(hresult=FILE_HASH_MISMATCH, source="a document"),)
    found = (
        replace(finding(rule="HF209"), answers=answers),
        replace(finding(rule="HF209"), answers=answers),
        finding(rule="HF507", severity=Severity.NOTE),
    )
    page = render_page(
        alone(PackageReport(path="a.msu", findings=found)), strict=False, rules=RULES
    )
    assert page.count(str(FILE_HASH_MISMATCH)) == 1
    assert page.count("How to fix it: ") - page.count("<p>How to fix it: ") == 1


def test_too_many_findings_are_counted_and_errors_are_kept() -> None:
    notes = [finding(severity=Severity.NOTE) for _ in range(MOST_FINDINGS)]
    package = PackageReport(path="a.msu", findings=(*notes, finding(rule="HF209")))
    page = render_page(alone(package), strict=False)
    assert page.count("<li data-rule") == MOST_FINDINGS
    assert page.count('<li data-rule="HF209"') == 1
    assert "1 finding not shown" in page


def test_too_many_rows_are_counted_and_those_not_equal_are_kept() -> None:
    made = comparison("x")
    equal, *others = made.rows
    rows = (*(equal for _ in range(MOST_ROWS)), *others)
    package = PackageReport(path="a.msu", comparisons=(replace(made, rows=rows),))
    page = render_page(alone(package), strict=False)
    assert f"{len(others)} equal rows not shown" in page
    for row in others:
        assert f'<tr class="{row.mark.value}">' in page


def test_long_text_is_cut_with_a_word() -> None:
    package = PackageReport(path="a.msu", findings=(finding(message="x" * 50_000),))
    page = render_page(alone(package), strict=False)
    assert "48,000 more characters" in page
    assert "x" * 2_001 not in page


def test_chains_share_what_they_have_in_common() -> None:
    signer = link(LinkKind.SIGNER, LinkState.HOLDS, "CN=one", "until 2030")
    chains = tuple(chain(f"{n}.dll", link(says=f"{n}"), signer) for n in range(9))
    dossier = Dossier(chains=chains, chains_left_out=3)
    page = read(alone(PackageReport(path="a.msu", dossier=dossier)))
    custody = json.loads(page.inside["script"][0])[0]["custody"]
    assert len(custody["chains"]) == 9
    assert len(custody["links"]) == 10
    assert custody["texts"].count("CN=one") == 1
    assert "3 files not shown" in "".join(page.text)
    for (folder, name, numbers), given_ in zip(custody["chains"], chains, strict=True):
        texts, links = custody["texts"], custody["links"]
        assert (texts[folder], texts[name]) == given_.where[1:]
        for number, wanted in zip(numbers, given_.links, strict=True):
            kind, state, says, *details = links[number]
            assert custody["kinds"][kind] == wanted.kind.value
            assert custody["states"][state] == wanted.state.value
            assert texts[says] == wanted.says
            assert tuple(texts[at] for at in details) == wanted.details


def test_style_and_script_are_package_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shipped = project["tool"]["setuptools"]["package-data"]["builder.report"]
    for name in ("page.css", "page.js"):
        assert f"*.{name.rpartition('.')[2]}" in shipped
        text = files("builder.report").joinpath(name).read_text("utf-8")
        assert "</" not in text
        assert "http" not in text
