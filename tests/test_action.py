"""action.yml: what its steps do, with the program in place."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from action_steps import action, run_step
from projects import LEDGER, ROOT

STEP = action()["runs"]["steps"][1]
if shutil.which("bash") is None:
    pytest.skip("bash is not installed", allow_module_level=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copytree(LEDGER, tmp_path / "manifests" / "kb967724")
    return tmp_path


def run(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Return the exit code, what is printed, and the job summary."""
    temporary = folder / ".temporary"
    temporary.mkdir(exist_ok=True)
    summary, output = temporary / "summary", temporary / "output"
    summary.write_text("before\n", "utf-8")
    output.write_text("", "utf-8")
    program = Path(sys.executable).parent
    environment = {
        "RUNNER_TEMP": str(temporary),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(output),
        "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
    }
    done = run_step(STEP, folder, environment, inputs)
    if done.returncode in (0, 1):
        assert (
            output.read_text("utf-8")
            == f"sarif={inputs.get('sarif', 'hotfix.sarif')}\n"
        )
    return done.returncode, done.stdout + done.stderr, summary.read_text("utf-8")


def test_a_clean_repository_passes_with_a_summary(repository: Path) -> None:
    code, shown, summary = run(repository)
    assert code == 0
    assert shown == "hotfix: manifests/kb967724: valid\n"
    assert summary.startswith("before\n### ✅ manifests/kb967724: valid\n")


def test_a_broken_manifest_is_annotated_and_fails(repository: Path) -> None:
    document = repository / "manifests" / "kb967724" / "x86" / "update.mum"
    document.write_bytes(document.read_bytes().replace(b"KB967724", b"KB967725"))
    code, shown, summary = run(repository, sarif="a b.sarif")
    assert code == 1
    assert shown.startswith(
        "::error file=manifests/kb967724/x86/update.mum,line=2,title=HF903 "
    )
    assert "HF903" in summary
    log = json.loads((repository / "a b.sarif").read_bytes())
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "manifests/kb967724/x86/update.mum"


def test_arguments_and_paths_are_lines_and_never_shell(repository: Path) -> None:
    code, shown, _ = run(
        repository,
        paths="manifests/kb967724/kb.json\nmanifests",
        arguments="--strict\n--ignore\nHF906",
    )
    assert (code, shown.count(": valid")) == (0, 1)
    code, shown, _ = run(repository, paths="$(touch owned); --output")
    assert code == 3
    assert "no such file" in shown
    assert not (repository / "owned").exists()


def test_packages_are_validated(repository: Path) -> None:
    code, shown, _ = run(repository, command="validate", paths="none.msu")
    assert code == 3
    assert "::error file=none.msu,title=unreadable::" in shown


def test_every_input_and_output_is_described() -> None:
    described = action()
    assert described["runs"]["using"] == "composite"
    for each in (*described["inputs"].values(), *described["outputs"].values()):
        assert each["description"].endswith(".")
    assert all(step["shell"] == "bash" for step in described["runs"]["steps"])


def test_inputs_reach_the_shell_as_variables_only() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_hooks_ask_for_files_that_check_understands() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [hook["id"] for hook in hooks] == ["hotfix-check", "hotfix-fix"]
    for hook in hooks:
        wanted = re.compile(hook["files"])
        names = [p.relative_to(ROOT).as_posix() for p in LEDGER.rglob("*.*")]
        assert names
        assert all(wanted.search(name) for name in names)
        assert wanted.search("manifests/README.md") is None
