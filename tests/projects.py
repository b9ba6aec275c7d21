"""Where the project lies, and how its command line is run in tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builder.cli.group import cli

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "manifests" / "kb967724"
SHARED = ROOT.parent / "shared" / "data"
ARTICLE = SHARED / "kb" / "KB967724.txt"
ARCHITECTURES = ("x86", "x64", "ia64")


def hotfix(*words: object, code: int = 0) -> Result:
    """Run a command in this process and hold it to its exit code."""
    result = CliRunner().invoke(cli, [str(word) for word in words])
    shown = f"{result.output}\n{result.exception!r}"
    assert result.exit_code == code, shown
    return result


def complaints_of(*words: object) -> list[tuple[str, str, str]]:
    """Validate one package; return rule, severity and last place of what is told.

    Notes are left out.
    """
    given = [str(word) for word in ("validate", *words, "--format", "json")]
    result = CliRunner().invoke(cli, given)
    (report,) = json.loads(result.stdout)["packages"]
    found = [
        (finding["rule"], finding["severity"], finding["where"][-1])
        for finding in report["findings"]
        if finding["severity"] != "note"
    ]
    assert result.exit_code == any(severity == "error" for _, severity, _ in found)
    return found


def outside(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m builder` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "builder", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
        timeout=120,
    )


def need_shared(path: Path) -> Path:
    """Return a path of ../shared/data, or skip where the folder is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data with genuine files is absent")
    assert path.exists()
    return path


def msu(folder: Path, word: str) -> Path:
    """Return the path of a built package below an output folder."""
    return folder / "kb967724" / word / f"Windows6.0-KB967724-{word}.msu"


def anchor(folder: Path, word: str) -> Path:
    """Return the path of the certificate beside a built package."""
    return msu(folder, word).with_suffix(".anchor.pem")
