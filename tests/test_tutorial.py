"""The tutorial: its commands run, and print what it shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import ROOT

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANYTHING = "…"


def steps() -> list[tuple[str, str]]:
    """Return commands and what is shown below each."""
    guide = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    found: list[tuple[str, str]] = []
    for block in _BLOCK.findall(guide):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def pattern(shown: str) -> str:
    """Return a pattern: a line of … stands for lines, a … in a line for words."""
    lines = [
        r"(?:.*\n)*?"
        if line == _ANYTHING
        else re.escape(line).replace(re.escape(_ANYTHING), ".*") + r"\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)


@pytest.mark.skipif(sys.platform == "win32", reason="the tutorial is for a shell")
def test_each_step_prints_what_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    place = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((place, os.environ["PATH"])),
        "XDG_CONFIG_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path / "home"),
    }
    found = steps()
    assert len(found) > 7
    for command, shown in found:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), command
        assert re.fullmatch(pattern(shown), done.stdout), f"{command}\n{done.stdout}"
