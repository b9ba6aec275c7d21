"""The tuple, the files and the pages agree."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import builder.rules
from builder.rules import RULES
from builder.rules.core import Rule

FOLDER = Path(builder.rules.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("hf*.py"))
PARTS = ("What it checks:", "Why it matters:", "How to fix it:", "Source:")

assert FILES, "no rules found"


def test_files_and_tuple_agree_in_name_and_order() -> None:
    modules = [import_module(f"builder.rules.{stem}") for stem in FILES]
    assert tuple(module.RULE for module in modules) == RULES


def test_ids_and_names_are_unique_and_ids_are_sorted() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_rule_has_its_tests() -> None:
    tests = {path.stem.removeprefix("test_") for path in TESTS.glob("test_hf*.py")}
    assert tests == set(FILES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_file_name_is_id_and_name(rule: Rule) -> None:
    assert re.fullmatch(r"HF[0-9]{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert f"{rule.id.lower()}_{rule.name.replace('-', '_')}" in FILES
    assert len(rule.name) <= 28


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_has_a_summary_and_four_paragraphs(rule: Rule) -> None:
    summary, *paragraphs = rule.page.strip().split("\n\n")
    assert summary.endswith(".")
    assert summary.count(". ") == 0
    assert "\n" not in summary
    assert len(paragraphs) == len(PARTS)
    for paragraph, part in zip(paragraphs, PARTS, strict=True):
        assert paragraph.startswith(part)
        assert paragraph.rstrip().endswith(".")
