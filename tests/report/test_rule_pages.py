"""docs/rules says what the rules say."""

from pathlib import Path

import pytest
from projects import ROOT, hotfix

from builder.model.rule import Rule, page_url
from builder.report.rule_page import family, render_rule, render_rule_pages
from builder.rules import RULES

DOCS = ROOT / "docs" / "rules"


def test_docs_rules_is_up_to_date() -> None:
    lying = {path.name: path.read_text("utf-8") for path in DOCS.iterdir()}
    assert lying == render_rule_pages(RULES), "run make rule-pages"


def test_the_command_writes_the_same_pages(tmp_path: Path) -> None:
    shown = hotfix("rules", "--docs", tmp_path / "rules").output
    assert shown == f"{tmp_path / 'rules'}: {len(RULES) + 1} files\n"
    for path in DOCS.iterdir():
        assert (tmp_path / "rules" / path.name).read_bytes() == path.read_bytes()


def test_rules_takes_one_question_at_a_time() -> None:
    assert "give one of" in hotfix("rules", "HF301", "--docs", "x", code=2).output


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_has_the_four_parts_and_every_answer(rule: Rule) -> None:
    page = render_rule(rule)
    heads = [line for line in page.splitlines() if line.startswith("#")]
    parts = ["What it checks", "Why it matters", "How to fix it", "Source"]
    parts += ["What Windows answers"] if rule.answers else []
    assert heads == [f"# {rule.id} {rule.name}", *(f"## {part}" for part in parts)]
    assert all(str(answer.hresult) in page for answer in rule.answers)
    assert family(rule.id) != "More"


def test_links_lead_to_the_pages() -> None:
    for rule in RULES:
        assert (DOCS / page_url(rule.id).rpartition("/")[2]).exists()
