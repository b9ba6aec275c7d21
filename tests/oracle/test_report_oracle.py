"""Other people's validators read our reports."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from make_reports import every_kind
from projects import LEDGER, hotfix, msu
from report_judges import (
    JUNIT_SCHEMA,
    MULTITOOL,
    SARIF_SCHEMA,
    multitool_says,
    need,
)

from builder.model.finding import Report
from builder.report.junit import render_junit
from builder.report.sarif import render_sarif
from builder.rules import RULES

pytestmark = pytest.mark.oracle

# Advice that does not fit: messages by id and arguments, a repository's name and
# revision, contents and snippets of the files; and the network, which is not asked.
ADVICE = {"SARIF2002", "SARIF2003", "SARIF2006", "SARIF2010", "SARIF2011", "SARIF2013"}


def judged(text: str, folder: Path) -> list[tuple[str, str, str]]:
    schema = json.loads(need(SARIF_SCHEMA).read_bytes())
    Draft202012Validator(schema).validate(json.loads(text))
    file = folder / "report.sarif"
    file.write_text(text, "utf-8")
    return [said for said in multitool_says(file) if said[1] not in ADVICE]


@pytest.mark.parametrize("report", [every_kind(), Report(packages=())])
def test_microsofts_multitool_has_nothing_against_our_sarif(
    report: Report, tmp_path: Path
) -> None:
    assert judged("".join(render_sarif(report, RULES, version="1.2.3")), tmp_path) == []


def test_a_real_package_and_a_real_ledger_make_sarif_that_is_accepted(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ledger, package = tmp_path / "kb967724", tmp_path / "x86.msu"
    shutil.copytree(LEDGER, ledger)
    shutil.copy(msu(built, "x86"), package)
    document = ledger / "x86" / "update.mum"
    document.write_bytes(document.read_bytes().replace(b"KB967724", b"KB967725"))
    for words in (("validate", package), ("check", ledger)):
        text = hotfix(*words, "--format", "sarif", code=1).output
        assert json.loads(text)["runs"][0]["results"]
        assert judged(text, tmp_path) == []
        (tmp_path / "report.answer.sarif").unlink()


def test_the_judges_see_what_is_wrong(tmp_path: Path) -> None:
    need(MULTITOOL)
    document = json.loads("".join(render_sarif(every_kind(), RULES, version="1")))
    document["runs"][0]["results"][0]["ruleIndex"] = 10_000
    file = tmp_path / "broken.sarif"
    file.write_text(json.dumps(document), "utf-8")
    assert "error" in {level for level, _, _ in multitool_says(file)}


@pytest.mark.parametrize("strict", [False, True])
def test_jenkins_schema_accepts_our_junit(*, strict: bool) -> None:
    schema = etree.XMLSchema(file=str(need(JUNIT_SCHEMA)))
    text = "".join(render_junit(every_kind(), RULES, strict=strict))
    schema.assertValid(etree.fromstring(text.encode()))
    broken = text.replace("<testcase name=", "<testcase nome=", 1)
    assert not schema.validate(etree.fromstring(broken.encode()))
