"""Completion: real shells complete commands and options."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ASK = """
eval "$(hotfix completion bash)"
complete -p hotfix
COMP_WORDS=({words}); COMP_CWORD={last}
_hotfix_completion hotfix
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def asked(words: str, last: int) -> list[str]:
    """Return what bash offers for the last of some words."""
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    place = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["bash", "--norc", "-c", _ASK.format(words=words, last=last)],
        env={**os.environ, "PATH": os.pathsep.join((place, os.environ["PATH"]))},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[1:]


def test_bash_completes_commands() -> None:
    assert asked("hotfix va", 1) == ["validate"]


def test_bash_completes_options_of_a_command() -> None:
    assert "--trust-anchor" in asked("hotfix validate --tr", 2)


@pytest.mark.parametrize("shell", ["fish", "zsh"])
def test_other_shells_have_a_script(shell: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "hotfix", "completion", shell],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_HOTFIX_COMPLETE" in done.stdout
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([program, "-n"], input=done.stdout, text=True, check=True)
