"""Exit codes of real processes: interrupts, closed pipes, full disks."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from projects import LEDGER, hotfix, outside

from builder.cli.options import FILE

HOTFIX = (sys.executable, "-m", "builder")
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


@POSIX
def test_an_interrupt_exits_with_130() -> None:
    # A background job of a shell ignores interrupts, and so do its children.
    code = (
        "import signal; from builder.cli import main; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "parse", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    # Larger than the buffer of a pipe: when all but the end of it has gone,
    # the process has started, and reads.
    process.stdin.write(b" " * 1_000_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b"bug" not in errors


def test_an_interrupt_while_it_starts_says_nothing() -> None:
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from builder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("words", [["validate"], ["inspect"], ["check"]])
def test_an_empty_name_is_not_the_current_folder(words: list[str]) -> None:
    """A script whose variable is empty must not be told that all is well."""
    done = outside(*words, "")
    assert done.returncode == 2
    assert "the name of a file is empty" in done.stderr


@POSIX
@pytest.mark.parametrize("words", [["rules"], ["--help"], ["rules", "--help"]])
def test_a_closed_pipe_exits_with_141(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as output:
        done = subprocess.run(
            [*HOTFIX, *words],
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 141
    assert done.stderr == b""


@FULL
@pytest.mark.parametrize("words", [["rules"], ["--version"]])
def test_a_full_standard_output_exits_with_3(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as output:
        done = subprocess.run(
            [*HOTFIX, *words],
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 3
    reason = os.strerror(28).lower()
    assert done.stderr.decode() == f"hotfix: error: standard output: {reason}\n"


@POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_are_no_error(tmp_path: Path, closed: str) -> None:
    line = f'"$0" -m builder build "$1" --stand-in --unsigned -o "$2" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, LEDGER, tmp_path / "out"],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.rglob("*.msu"))) == 3


@POSIX
def test_a_closed_standard_input_is_an_error() -> None:
    line = '"$0" -m builder parse - <&-'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stderr == "hotfix: error: -: standard input is closed\n"


def test_wrong_usage_still_exits_with_2() -> None:
    done = outside("biuld")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_help_tells_every_exit_code() -> None:
    text = hotfix("--help").output
    codes = ("0 clean", "1 a rule", "2 wrong", "3 an input", "70 a bug", "130 inter")
    assert all(code in " ".join(text.split()) for code in (*codes, "141 the reader"))


def test_whether_a_file_can_be_read_is_not_asked_beforehand() -> None:
    """It is found when it is read, and the report goes on to the next file."""
    assert FILE.readable is False
    assert FILE.exists is False


@POSIX
def test_an_unreadable_file_does_not_end_the_report(tmp_path: Path) -> None:
    bad, secret, last = (tmp_path / f"{name}.mum" for name in "abc")
    os.mkfifo(bad)
    for path in (secret, last):
        path.write_bytes(b"<a/>")
    secret.chmod(0)  # to the superuser, it is readable still
    done = outside("validate", bad, secret, last, "--format", "json")
    assert done.returncode == 3
    packages = json.loads(done.stdout)["packages"]
    assert [Path(package["path"]) for package in packages] == [bad, secret, last]
    assert packages[0]["verdict"] == "unreadable"
