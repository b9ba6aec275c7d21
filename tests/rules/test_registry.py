"""The tuple, the files and the pages agree."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import builder.rules
from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.hresult import Answer
from builder.rules import RULES
from builder.rules.core import Rule
from builder.rules.windows import answer_to

FOLDER = Path(builder.rules.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("hf*.py"))
KINDS = ("silent", "boundary", "exact")
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


ANSWERED = [rule for rule in RULES if rule.answers]
ANSWERS: list[Answer] = [answer for rule in RULES for answer in rule.answers]


def test_every_answer_of_windows_has_a_failure_code_and_a_source() -> None:
    assert len(ANSWERED) > 15
    for answer in ANSWERS:
        assert answer.hresult.code >> 31 == 1
        assert answer.hresult.code < 1 << 32
        assert re.fullmatch(r"[A-Z0-9_]+", answer.hresult.symbol)
        assert answer.hresult.meaning
        assert answer.source


def test_a_code_has_one_symbol_and_a_symbol_one_code() -> None:
    codes = {answer.hresult.code for answer in ANSWERS}
    symbols = {answer.hresult.symbol for answer in ANSWERS}
    assert len(codes) == len(symbols) == len({a.hresult for a in ANSWERS})


@pytest.mark.parametrize("rule", ANSWERED, ids=lambda rule: rule.id)
def test_a_finding_carries_what_windows_says(rule: Rule) -> None:
    hit = Hit(where=("a.cab",), message="a message")
    assert rule.finding(hit).answers == rule.answers
    one = Hit(where=("a.cab",), message="a message", answer=rule.answers[-1])
    assert rule.finding(one).answers == rule.answers[-1:]
    less = Hit(where=("a.cab",), message="a message", severity=Severity.NOTE)
    assert rule.finding(less).answers == ()


@pytest.mark.parametrize("fault", SignatureFault)
def test_every_answer_to_a_fault_is_one_of_the_rule(fault: SignatureFault) -> None:
    for name in ("HF501", "HF511"):
        (rule,) = (rule for rule in RULES if rule.id == name)
        assert answer_to(fault) in rule.answers


def is_silence(node: ast.AST) -> bool:
    """Tell whether a comparison is with nothing at all."""
    return isinstance(node, ast.Compare) and any(
        isinstance(side, (ast.List, ast.Tuple)) and not side.elts
        for side in node.comparators
    )


def is_exact(node: ast.AST) -> bool:
    """Tell whether a whole hit is made to compare with, or a message compared."""
    if isinstance(node, ast.Compare):
        return ast.unparse(node.left).endswith(".message")
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Hit")


def marked(name: str) -> dict[str, list[ast.FunctionDef]]:
    """Return the tests in a file by their marks."""
    found: dict[str, list[ast.FunctionDef]] = {}
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                word = ast.unparse(mark).removeprefix("pytest.mark.")
                found.setdefault(word, []).append(node)
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_tried_silent_at_its_edge_and_word_by_word(rule: Rule) -> None:
    name = f"test_{rule.id.lower()}_{rule.name.replace('-', '_')}.py"
    found = marked(name)
    silent, boundary, exact = (found.get(w, []) for w in KINDS)
    assert silent, f"{name} has no test that is marked silent"
    assert boundary, f"{name} has no test that is marked boundary"
    assert exact, f"{name} has no test that is marked exact"
    tests = [test.name for test in (*silent, *boundary, *exact)]
    assert len(set(tests)) == len(tests), f"{name}: a test has two of these marks"
    for test in silent:
        assert any(map(is_silence, ast.walk(test))), test.name
    for test in boundary:
        assert any(isinstance(node, ast.Assert) for node in ast.walk(test)), test.name
    for test in exact:
        assert any(map(is_exact, ast.walk(test))), test.name
