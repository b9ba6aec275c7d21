"""git takes what `hotfix check --diff` prints."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cab_judges import need
from projects import LEDGER, hotfix
from test_mending import CLEAN, break_everything, tree

pytestmark = pytest.mark.oracle


def test_git_applies_the_diff_and_nothing_is_left_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("git")
    ledger = tmp_path / "manifests" / "kb967724"
    shutil.copytree(LEDGER, ledger)
    monkeypatch.chdir(tmp_path)
    break_everything(ledger)
    file = tmp_path / "fix.diff"
    file.write_bytes(hotfix("check", "--diff", code=1).stdout_bytes)
    done = subprocess.run(
        ["git", "apply", "--verbose", "--whitespace=nowarn", file],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert tree(ledger) == CLEAN
