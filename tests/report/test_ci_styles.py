"""JUnit, GitHub's commands, Markdown: what was read cannot speak for us."""

import re

from lxml import etree
from make_reports import HOSTILE, every_kind, finding

from builder.model.finding import PackageReport, Report, Severity
from builder.report import github, junit, markdown
from builder.report.markdown import MOST
from builder.report.text import render_text
from builder.rules import RULES


def render_github(report: Report, *, root: str = "") -> str:
    return "".join(github.render_github(report, (), root=root))


def render_junit(report: Report, *, strict: bool = False) -> str:
    return "".join(junit.render_junit(report, (), strict=strict))


def render_markdown(report: Report) -> str:
    return markdown.render_markdown(report, ())


PAGE = "https://hotfix-builder.invalid/docs/rules/HF301.md"


def of(*findings: object, path: str = "a.msu") -> Report:
    package = PackageReport(path=path, findings=findings)  # type: ignore[arg-type]  # findings they are
    return Report(packages=(package,))


def hostile() -> Report:
    return of(finding(HOSTILE, HOSTILE, message=HOSTILE), path=HOSTILE)


def cases(report: Report, *, strict: bool) -> list[tuple[str, str | None]]:
    root = etree.fromstring(render_junit(report, strict=strict).encode())
    return [
        (case.get("name", ""), str(case[0].tag) if len(case) else None)
        for case in root.iter("testcase")
    ]


def test_junit_has_a_case_for_the_file_and_one_for_each_finding_that_fails() -> None:
    report = of(
        finding("a.msu", "x", line=2),
        finding("a.msu", severity=Severity.WARNING, rule="HF302"),
        finding("a.msu", severity=Severity.NOTE, rule="HF303"),
    )
    failed = ("HF301 file-size-differs: a.msu!x:2", "failure")
    warned = ("HF302 file-size-differs: a.msu", "failure")
    assert cases(report, strict=False) == [("readable", None), failed]
    assert cases(report, strict=True) == [("readable", None), failed, warned]
    root = etree.fromstring(render_junit(report).encode())
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    said = root.findtext("testsuite/system-out")
    assert said is not None
    assert [line.split()[2] for line in said.splitlines()] == ["HF302", "HF303"]


def test_junit_calls_an_unreadable_file_an_error() -> None:
    root = etree.fromstring(render_junit(every_kind()).encode())
    suites = {s.get("name"): s.get("errors") for s in root}
    assert suites == {
        "dist/a b.msu": "0",
        "k/kb.json": "0",
        "good.cab": "0",
        "none.msu": "1",
    }
    assert root.get("errors") == "1"


def test_junit_totals_are_those_of_what_is_there() -> None:
    root = etree.fromstring(render_junit(every_kind(), strict=True).encode())
    assert root.get("tests") == str(len(root.findall("testsuite/testcase")))
    assert root.get("failures") == str(len(root.findall("testsuite/testcase/failure")))


def test_junit_survives_hostile_names() -> None:
    root = etree.fromstring(render_junit(hostile()).encode())
    assert len(root) == 1


def test_github_names_file_line_and_rule() -> None:
    shown = render_github(of(finding("k/kb.json", line=3)))
    assert shown == (
        "::error file=k/kb.json,line=3,title=HF301 file-size-differs::"
        f"5 bytes; the article says 6%0A{PAGE}\n"
        "hotfix: a.msu: invalid\n"
    )


def test_github_points_to_the_file_that_lies_in_the_repository() -> None:
    shown = render_github(of(finding("/r/a.msu", "b.cab", "u.mum", line=3)), root="/r")
    assert shown.startswith(
        "::error file=a.msu,title=HF301 file-size-differs::b.cab!u.mum:3: 5 bytes"
    )


def test_github_severities_and_unreadable_files_are_annotated() -> None:
    report = of(*(finding("a.msu", severity=severity) for severity in Severity))
    shown = render_github(report).splitlines()
    assert [line.split()[0] for line in shown[:3]] == [
        "::error",
        "::warning",
        "::notice",
    ]
    report = Report(packages=(PackageReport(path="b:c", unreadable="50% gone"),))
    assert render_github(report).splitlines() == [
        "::error file=b%3Ac,title=unreadable::50%25 gone",
        "hotfix: b:c: unreadable",
    ]


def test_github_cannot_be_told_anything_by_a_name() -> None:
    lines = render_github(hostile()).splitlines()
    assert len(lines) == 2
    command, verdict = lines
    head, _, _ = command.removeprefix("::error ").partition("::")
    facts = [fact.partition("=")[0] for fact in head.split(",")]
    assert facts == ["file", "title"]
    assert verdict.startswith("hotfix: ")
    assert "\x1b" not in command


def test_markdown_is_a_table_with_links() -> None:
    shown = render_markdown(of(finding("k/kb.json", line=3)))
    assert shown.splitlines()[0] == "### ❌ a.msu: invalid"
    row = f"| error | [HF301]({PAGE}) file-size-differs | k/kb.json\\:3 | 5 bytes; "
    assert f"\n{row}the article says 6 |\n" in shown


def test_markdown_says_what_was_not_checked_and_what_cannot_be_read() -> None:
    shown = render_markdown(every_kind())
    assert "- Not checked: revocation\\: no lists were given\n" in shown
    assert (
        "### ⛔ none.msu: unreadable\n\nUnreadable: none.msu\\: no such file" in shown
    )
    assert (
        "### ✅ good.cab: valid\n\n0 errors, 0 warnings, 0 notes; 1 of 1 file checked"
        in shown
    )


def test_markdown_escapes_what_was_read() -> None:
    shown = render_markdown(hostile())
    row = next(line for line in shown.splitlines() if line.startswith("| error"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert re.search(r"(?<!\\)[`@]|<|(?<!\\)\]\((?!https://hotfix)", row) is None


def test_markdown_stays_below_what_a_job_summary_holds() -> None:
    shown = render_markdown(of(*(finding("a.msu", str(n)) for n in range(MOST + 7))))
    assert shown.count("| error |") == MOST
    assert "7 more findings are not shown here" in shown


def test_every_style_for_people_says_once_what_to_do() -> None:
    rule = next(rule for rule in RULES if rule.id == "HF301")
    report = of(finding("a.msu", "x"), finding("a.msu", "y"))
    for shown in (
        "".join(render_text(report, rules=RULES)),
        markdown.render_markdown(report, RULES),
    ):
        assert shown.count("how to fix it") == 1
        assert shown.count(rule.advice[:30]) == 1
    commands = "".join(github.render_github(report, RULES)).splitlines()
    assert all(rule.advice[:30] in command for command in commands[:2])
    assert "".join(junit.render_junit(report, RULES)).count(rule.advice[:30]) == 2


def test_notes_and_quiet_reports_have_no_advice() -> None:
    noted = of(finding("a.msu", severity=Severity.NOTE))
    broken = of(finding("a.msu"))
    assert "how to fix" not in "".join(render_text(noted, rules=RULES))
    assert "how to fix" not in "".join(render_text(broken, rules=RULES, quiet=True))
