"""Programs that we did not write, asked about cabinets."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

EXTRACT = {
    "cabextract": ["cabextract", "-q", "-d", "{out}", "{cab}"],
    "7z": ["7z", "x", "-y", "-o{out}", "{cab}"],
    "gcab": ["gcab", "-x", "-C", "{out}", "{cab}"],
    "bsdtar": ["bsdtar", "-x", "-f", "{cab}", "-C", "{out}"],
}
TEST = {
    "cabextract": ["cabextract", "-t", "{cab}"],
    "7z": ["7z", "t", "{cab}"],
    "bsdtar": ["bsdtar", "-t", "-f", "{cab}"],
}


def need(tool: str) -> None:
    """Skip without the tool, or fail where tools are required."""
    if shutil.which(tool):
        return
    reason = f"{tool} is not installed"
    if os.environ.get("HOTFIX_REQUIRE_ORACLES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def ask(
    command: list[str], *, cab: Path, out: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of a table above, in UTF-8 and UTC."""
    need(command[0])
    words = [word.format(cab=cab, out=out) for word in command]
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        errors="replace",
        env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        check=False,
        timeout=300,
    )


def extract(tool: str, *, cab: Path, out: Path) -> dict[str, Path]:
    """Let a tool extract a cabinet; return its files by name with slashes."""
    out.mkdir()
    answer = ask(EXTRACT[tool], cab=cab, out=out)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return {
        path.relative_to(out).as_posix(): path
        for path in out.rglob("*")
        if path.is_file()
    }
