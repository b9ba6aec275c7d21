"""hotfix.toml and pyproject.toml: found, obeyed, and never silent."""

import json
import os
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from projects import LEDGER, anchor, hotfix, msu

from builder.cli.styles import STYLES
from builder.formats.schema import schema


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose ledger breaks HF903, with nothing configured."""
    folder = tmp_path / "repository"
    shutil.copytree(LEDGER, folder / "manifests" / "kb967724")
    document = folder / "manifests" / "kb967724" / "x86" / "update.mum"
    document.write_bytes(document.read_bytes().replace(b"KB967724", b"KB967725"))
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, text: str, name: str = "hotfix.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


IGNORE = '[ignore]\nHF903 = "it is being moved"\n'


def test_an_ignored_rule_does_not_fail_and_is_named_in_every_style(
    repository: Path,
) -> None:
    hotfix("check", code=1)
    write(repository, IGNORE)
    for style in STYLES:
        for quiet in ([], ["--quiet"]):
            shown = hotfix("check", "--format", style, *quiet).output
            assert "HF903" in shown
            assert "it is being moved" in shown
            assert "hotfix.toml" in shown


def test_json_with_decisions_keeps_to_its_schema(repository: Path) -> None:
    write(repository, '[severity]\nHF9 = "note"\n')
    shown = json.loads(hotfix("check", "--format", "json").output)
    Draft202012Validator(json.loads(schema("report.schema.json"))).validate(shown)
    assert shown["packages"][0]["configured"]
    write(repository, IGNORE)
    shown = json.loads(hotfix("check", "--format", "json").output)
    Draft202012Validator(json.loads(schema("report.schema.json"))).validate(shown)
    assert shown["packages"][0]["ignored"] == [
        {
            "rule": "HF903",
            "count": 1,
            "reason": "it is being moved",
            "source": "hotfix.toml:2",
        }
    ]


def test_pyproject_counts_where_it_has_the_table(repository: Path) -> None:
    write(repository, '[tool.hotfix.ignore]\nHF903 = "moved"\n', "pyproject.toml")
    assert "moved (pyproject.toml:2)" in hotfix("check").output


def test_the_nearest_configuration_counts_and_pyprojects_without_us_do_not(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, IGNORE)
    below = repository / "manifests"
    write(below, "[project]\n", "pyproject.toml")
    monkeypatch.chdir(below)
    hotfix("check", ".")
    write(below, "strict = true\n")
    hotfix("check", ".", code=1)


def test_hotfix_toml_comes_before_pyproject(repository: Path) -> None:
    write(repository, IGNORE)
    write(repository, "[tool.hotfix]\nstrict = true\n", "pyproject.toml")
    hotfix("check")


def test_a_repository_that_is_checked_from_elsewhere_brings_its_own(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, IGNORE)
    monkeypatch.chdir(tmp_path)
    hotfix("check", "repository/manifests")


def test_isolated_reads_nothing_and_config_reads_what_is_named(
    repository: Path, tmp_path: Path
) -> None:
    write(repository, IGNORE)
    hotfix("check", "--isolated", code=1)
    other = write(tmp_path, "strict = true\n", "other.toml")
    hotfix("check", "--config", other, code=1)
    hotfix("check", "--config", other, "--isolated", code=2)
    hotfix("check", "--config", tmp_path / "none.toml", code=3)


def test_options_outweigh_the_configuration(repository: Path) -> None:
    write(repository, 'select = ["HF1"]\n')
    assert "not selected" in hotfix("check").output
    hotfix("check", "--select", "HF901,HF903", code=1)
    shown = hotfix("check", "--select", "HF9", "--ignore", "generated-file-differs")
    assert "ignored: 1 finding of HF903: --ignore" in shown.output
    hotfix("check", "--ignore", "HF77", code=2)
    hotfix("check", "--ignore", "HF903,", code=2)


def test_paths_start_at_the_configuration(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, '[per-path-ignore."manifests/*/x86"]\nHF903 = "moved"\n')
    monkeypatch.chdir(repository / "manifests" / "kb967724")
    hotfix("check", ".")
    write(repository, '[per-path-ignore."manifests/*/x64"]\nHF903 = "moved"\n')
    hotfix("check", ".", code=1)


def test_strict_can_be_configured(repository: Path) -> None:
    write(repository, '[severity]\nHF903 = "warning"\n')
    assert "configured: 1 of HF903: warning instead of error" in hotfix("check").output
    write(repository, 'strict = true\n[severity]\nHF903 = "warning"\n')
    hotfix("check", code=1)


def test_an_entry_that_ignores_nothing_is_reported(repository: Path) -> None:
    write(repository, IGNORE + 'HF1 = "gone"\nHF503 = "asked of packages only"\n')
    shown = hotfix("check").output
    assert "hotfix.toml:3: note HF905 ignore-unused: HF1 ignores nothing" in shown
    assert "HF503" not in shown


def test_a_mistake_is_one_line_with_its_place(repository: Path) -> None:
    write(repository, "\nslect = []\n")
    shown = hotfix("check", code=3).output
    assert shown.startswith("hotfix: error: hotfix.toml:2: slect is not known")


def test_anchors_of_a_configuration_are_those_of_packages(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    package = msu(built, "x86")
    hotfix("validate", package, code=1)
    name = os.path.relpath(anchor(built, "x86"), tmp_path).replace("\\", "/")
    write(tmp_path, f'trust-anchors = ["{name}"]\n')
    hotfix("validate", package)


def test_signatures_are_never_ignored_in_silence(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, '[ignore]\nHF5 = "our own root"\n')
    shown = hotfix("validate", "--quiet", msu(built, "x86")).output
    assert "ignored: 6 findings of HF503: our own root (hotfix.toml:2)" in shown


def test_what_is_judged_does_not_configure_its_judge(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "package"
    hotfix("extract", msu(built, "x86"), folder)
    write(folder, '[ignore]\nHF = "trust me"\n')
    monkeypatch.chdir(folder)
    shown = hotfix("validate", ".", code=1).output
    assert "lies in what is judged and is not used" in shown
    assert "trust me" not in shown
