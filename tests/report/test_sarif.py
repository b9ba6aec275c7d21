"""SARIF: every place is found again, and nothing else changes between runs."""

import json
from typing import Any

import pytest
from make_reports import HOSTILE, every_kind, finding

from builder.model.finding import PackageReport, Report, Severity
from builder.report.sarif import render_sarif, uri_of
from builder.rules import RULES


def run_of(report: Report, root: str = "") -> dict[str, Any]:
    text = "".join(render_sarif(report, RULES, version="1.2.3", root=root))
    assert text.isascii()
    (run,) = json.loads(text)["runs"]
    assert isinstance(run, dict)
    return run


def of(*findings: Any) -> Report:
    return Report(packages=(PackageReport(path="a.msu", findings=findings),))


def test_all_rules_are_there_with_help_in_text_and_markdown_and_a_link() -> None:
    rules = run_of(Report(packages=()))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    for shown, rule in zip(rules, RULES, strict=True):
        assert shown["helpUri"].endswith(f"/{rule.id}.md")
        assert shown["defaultConfiguration"]["level"] == rule.severity
        assert shown["help"]["markdown"].startswith(f"# {rule.id} {rule.name}\n")
        assert "How to fix it: " in shown["help"]["text"]


def test_a_result_names_its_rule_by_position() -> None:
    run = run_of(every_kind())
    assert run["results"]
    for result in run["results"]:
        assert RULES[result["ruleIndex"]].id == result["ruleId"]


def test_files_in_files_have_parents() -> None:
    run = run_of(every_kind())
    result = next(r for r in run["results"] if r["ruleId"] == "HF301")
    outer = result["locations"][0]["physicalLocation"]
    assert outer["artifactLocation"]["uri"] == "dist/a%20b.msu"
    assert outer["region"] == {"startLine": 1}
    inner = result["relatedLocations"][0]["physicalLocation"]
    assert inner["artifactLocation"]["uri"] == "x86/ntfs.sys"
    assert inner["region"] == {"byteOffset": 64, "byteLength": 0}
    artifacts = run["artifacts"]
    chain, index = [], inner["artifactLocation"]["index"]
    while index is not None:
        chain.append(artifacts[index]["location"]["uri"])
        index = artifacts[index].get("parentIndex")
    assert chain == ["x86/ntfs.sys", "in.cab", "dist/a%20b.msu"]
    (logical,) = result["locations"][0]["logicalLocations"]
    assert logical["fullyQualifiedName"] == "dist/a b.msu!in.cab!x86\\ntfs.sys"
    named = run["logicalLocations"][logical["index"]]
    assert named["fullyQualifiedName"] == logical["fullyQualifiedName"]


def test_a_line_of_the_file_itself_is_where_it_is_shown() -> None:
    (result,) = run_of(of(finding("k/kb.json", line=3)))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert "relatedLocations" not in result


def test_an_unreadable_file_is_no_success_and_says_why() -> None:
    (invocation,) = run_of(every_kind())["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [
        (n["level"], n["message"]["text"])
        for n in invocation["toolExecutionNotifications"]
    ]
    assert told == [
        ("note", "Not checked: revocation: no lists were given."),
        ("error", "none.msu: no such file."),
    ]
    assert run_of(of())["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_survive_other_lines_and_words_and_tell_twins_apart() -> None:
    def prints(*findings: Any) -> list[str]:
        results = run_of(of(*findings))["results"]
        return [r["partialFingerprints"]["ruleAndPlace/v1"] for r in results]

    one = finding("a.msu", "x", line=1)
    moved = finding("a.msu", "x", line=9, message="7 bytes")
    other = finding("a.msu", "y", line=1)
    assert prints(one) == prints(moved)
    assert prints(one) != prints(other)
    assert prints(one) != prints(finding("a.msu", "x", rule="HF302"))
    assert len(set(prints(one, moved, other))) == 3


def test_names_below_the_working_folder_become_relative() -> None:
    report = of(finding("/home/me/repo/a.msu"))
    (result,) = run_of(report, root="/home/me/repo")["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "a.msu"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a/b.msu", "a/b.msu"),
        ("a\\b.msu", "a/b.msu"),
        ("a b%.msu", "a%20b%25.msu"),
        ("/tmp/ä.msu", "file:///tmp/%C3%A4.msu"),
        ("C:\\a b.msu", "file:///C:/a%20b.msu"),
        ("a:b", "a%3Ab"),
        ("x\udc80", "x%80"),
    ],
)
def test_paths_become_references(path: str, uri: str) -> None:
    assert uri_of(path) == uri


def test_levels_are_the_severities() -> None:
    findings = [finding("a.msu", severity=severity) for severity in Severity]
    levels = [r["level"] for r in run_of(of(*findings))["results"]]
    assert levels == ["error", "warning", "note"]


def test_hostile_names_stay_names() -> None:
    (result,) = run_of(of(finding("a.msu", HOSTILE, message=HOSTILE)))["results"]
    (logical,) = result["locations"][0]["logicalLocations"]
    assert logical["fullyQualifiedName"].isprintable()
    assert result["message"]["text"].isprintable()
    inner = result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert inner["uri"].isascii()
    assert not set(inner["uri"]) & set(' :\\"<>')
