"""Where reports go, in which styles, and which exit code they leave."""

import json
import shutil
from pathlib import Path

import pytest
from projects import LEDGER, hotfix

from builder.cli.options import has_colour
from builder.cli.styles import STYLES


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A ledger with one document that its specification does not make."""
    folder = tmp_path / "ledger" / "kb967724"
    shutil.copytree(LEDGER, folder)
    document = folder / "x86" / "update.mum"
    document.write_bytes(document.read_bytes().replace(b"KB967724", b"KB967725"))
    return folder.parent


def test_text_goes_to_standard_output_where_nothing_is_said(broken: Path) -> None:
    shown = hotfix("check", broken, code=1).output
    assert "error HF903 generated-file-differs" in shown


def test_every_style_gives_something_that_ends_with_a_line_end(broken: Path) -> None:
    assert {"text", "json"} <= set(STYLES)
    for style in STYLES:
        shown = hotfix("check", broken, "--format", style, code=1).output
        assert shown.endswith("\n")
        assert "HF903" in shown


def test_output_takes_the_format_that_names_no_file(
    broken: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a" / "report.json"
    words = ("check", broken, "--format", "json")
    assert hotfix(*words, "--output", file, code=1).output == ""
    assert file.read_text("utf-8") == hotfix(*words, code=1).output


def test_several_styles_at_once(broken: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    words = ("--format", "text", "--format", f"json:{file}")
    shown = hotfix("check", broken, *words, code=1).output
    assert shown == hotfix("check", broken, code=1).output
    assert len(json.loads(file.read_bytes())["packages"]) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--format", "yaml"], "'yaml' is none of text, json"),
        (["--format", "json:"], "names no file after the colon"),
        (["--format", "json", "--format", "text"], "two formats go to one place"),
        (["--format", "json:a", "--format", "text:a"], "two formats go to one place"),
        (["--format", "json:a", "-o", "b"], "--output has none left"),
    ],
)
def test_formats_that_cannot_be_are_wrong_usage(words: list[str], reason: str) -> None:
    assert reason in hotfix("check", LEDGER, *words, code=2).output


def test_a_place_that_cannot_be_written_is_found_before_the_work(
    tmp_path: Path,
) -> None:
    shown = hotfix("validate", tmp_path / "none.msu", "-o", tmp_path, code=3).output
    assert "exists and is no regular file" in shown
    assert "none.msu" not in shown


def test_exit_zero_forgives_broken_rules_and_nothing_else(
    broken: Path, tmp_path: Path
) -> None:
    hotfix("check", broken, "--exit-zero")
    (broken / "kb967724" / "kb.json").unlink()
    hotfix("validate", "--exit-zero", tmp_path / "none.msu", code=3)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
    ],
)
def test_colour_can_be_forced_and_refused(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, expected: bool
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_colour() is expected


def test_forced_colour_reaches_a_pipe_and_never_a_file(
    monkeypatch: pytest.MonkeyPatch, broken: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    file = tmp_path / "report.txt"
    words = ("--format", "text", "--format", f"text:{file}")
    assert "\x1b[31merror\x1b[0m" in hotfix("check", broken, *words, code=1).output
    assert "\x1b" not in file.read_text("utf-8")
