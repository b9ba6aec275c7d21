"""Programs of other people that judge portable executables."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def need(*names: str) -> str:
    """Find the first of some programs; skip, or fail where judges are required."""
    for name in names:
        if found := shutil.which(name):
            return found
    reason = f"{' or '.join(names)} is not installed"
    if os.environ.get("HOTFIX_REQUIRE_ORACLES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def need_signify() -> str:
    """Find an interpreter that has signify: HOTFIX_SIGNIFY, or .signify beside us."""
    usual = Path(__file__).parents[1] / ".signify" / "bin" / "python"
    named = os.environ.get("HOTFIX_SIGNIFY")
    return named or (str(usual) if usual.exists() else need("signify in .signify"))


def run(*command: str | Path) -> str:
    """Run a program that has to succeed; return what it said."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=120
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
