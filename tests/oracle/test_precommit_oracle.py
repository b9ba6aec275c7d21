"""pre-commit runs our hooks in a repository of specifications."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cab_judges import need
from projects import LEDGER, ROOT

pytestmark = pytest.mark.oracle

BIN = Path(sys.executable).parent


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
        timeout=120,
        env=os.environ
        | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        },
    )


def hook(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "-m", "pre_commit", "run", name)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with our hooks, run by the program that is installed here."""
    need("git")
    folder = tmp_path / "repository"
    shutil.copytree(LEDGER, folder / "manifests" / "kb967724")
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for known in hooks:
        # No network: what "python" would install into an environment is here.
        known["language"] = "system"
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    for words in (("init", "-q"), ("config", "core.autocrlf", "false"), ("add", ".")):
        assert run(folder, "git", *words).returncode == 0
    return folder


def test_pre_commit_accepts_the_hooks_file() -> None:
    words = (sys.executable, "-m", "pre_commit", "validate-manifest")
    done = run(ROOT, *words, ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout


def test_a_clean_repository_passes(repository: Path) -> None:
    done = hook(repository, "hotfix-check")
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout


def test_a_broken_manifest_stops_the_commit_and_is_mended(repository: Path) -> None:
    document = repository / "manifests" / "kb967724" / "x86" / "update.mum"
    right = document.read_bytes()
    document.write_bytes(right.replace(b"KB967724", b"KB967725"))
    run(repository, "git", "add", ".")
    done = hook(repository, "hotfix-check")
    assert done.returncode == 1
    assert "manifests/kb967724/x86/update.mum:2: error HF903" in done.stdout
    done = hook(repository, "hotfix-fix")
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert document.read_bytes() == right
    run(repository, "git", "add", ".")
    assert hook(repository, "hotfix-fix").returncode == 0
