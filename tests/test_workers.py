"""Several packages are judged at once, and nobody can tell from the answer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_packages import build_parts
from make_pki import simple_signer
from odd_judges import (
    LONG,
    MANY,
    breaks_at_two,
    dies_at_two,
    findings_of,
    finds_many,
)

from builder.cli.group import cli
from builder.cli.options import once
from builder.cli.processes import deaf_to_ctrl_c
from builder.cli.workers import chosen_jobs, judge_all
from builder.model.finding import Verdict
from builder.model.identity import Architecture

PATHS = tuple(Path(str(number)) for number in range(5))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("workers")
    parts = build_parts(Architecture.X86, simple_signer())
    paths = [folder / f"several-{number}.msu" for number in range(3)]
    for path in paths:
        path.write_bytes(parts.pack())
    parts.drop("update.mum")
    paths[1].write_bytes(parts.pack())
    return paths


@pytest.mark.parametrize("style", ["text", "json", "sarif", "html"])
def test_the_answer_does_not_depend_on_jobs(packages: list[Path], style: str) -> None:
    words = ["validate", "--at", "2020-06-01T12:00:00Z", "--format", style]
    words += map(str, packages)
    words.append(str(packages[0].with_name("none.msu")))
    alone, together = (
        CliRunner().invoke(cli, [*words, "--jobs", jobs]) for jobs in ("1", "3")
    )
    assert alone.exit_code == together.exit_code == 3
    assert alone.stdout == together.stdout
    assert len(alone.stdout) > 1_000


def test_many_findings_come_in_the_order_of_the_files() -> None:
    judged = judge_all(finds_many, PATHS, jobs=2, quiet=True)
    assert [report.path for report, _ in judged] == [str(path) for path in PATHS]
    for path, (report, _) in zip(PATHS, judged, strict=True):
        assert tuple(report.findings) == findings_of(path, count=MANY)


@pytest.mark.parametrize("jobs", [2, 5])
def test_a_process_that_dies_takes_its_own_file_alone(jobs: int) -> None:
    judged = judge_all(dies_at_two, PATHS, jobs=jobs, quiet=True)
    reports = [report for report, _ in judged]
    verdicts = [report.verdict() for report in reports]
    wanted = [Verdict.VALID] * 5
    wanted[2] = Verdict.UNREADABLE
    assert verdicts == wanted
    assert (reports[2].unreadable or "").startswith("2: the process that judged it")
    assert "code 9" in (reports[2].unreadable or "")


def test_a_bug_is_not_the_package_s_fault() -> None:
    with pytest.raises(Exception, match="ZeroDivisionError: of two") as caught:
        judge_all(breaks_at_two, PATHS, jobs=2, quiet=True)
    assert "breaks_at_two" in str(caught.value)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[Path]]]:
    """A program whose two workers have each written their number to a file."""
    paths = [tmp_path / "long-0", tmp_path / "long-1"]
    code = (
        "import sys; from pathlib import Path\n"
        "from builder.cli.workers import judge_all; from odd_judges import sleeps\n"
        "judge_all(sleeps, [Path(w) for w in sys.argv[1:]], jobs=2, quiet=True)\n"
    )
    known = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, paths)],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=known,
    ) as process:
        deadline = time.monotonic() + LONG / 10
        while not all(path.exists() and path.read_text() for path in paths):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process, paths


NO_GROUPS = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no process groups"
)


@NO_GROUPS
def test_ctrl_c_ends_everybody(
    program: tuple[subprocess.Popen[bytes], list[Path]],
) -> None:
    process, paths = program
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=LONG / 10)
    assert said.count(b"Traceback") == 1
    assert b"KeyboardInterrupt" in said
    assert process.returncode != 0
    for path in paths:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


@NO_GROUPS
def test_nobody_goes_on_for_a_program_that_was_killed(
    program: tuple[subprocess.Popen[bytes], list[Path]],
) -> None:
    process, _ = program
    process.kill()
    # the workers hold the other end of it for as long as they live
    _, said = process.communicate(timeout=LONG / 10)
    assert said == b""


@NO_GROUPS
def test_ctrl_c_says_nothing_to_who_is_starting() -> None:
    with deaf_to_ctrl_c():
        held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        child = subprocess.run(
            [sys.executable, "-c", "import os; os.kill(os.getpid(), 2)"],
            capture_output=True,
            check=True,
        )
    assert signal.SIGINT in held
    assert child.stderr == b""
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_one_file_is_judged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    words = ("a.msu", "./a.msu", "in/../a.msu", str(tmp_path / "a.msu"), "in/a.msu")
    assert once(map(Path, words)) == (Path("a.msu"), Path("in/a.msu"))
    folders = (".", str(tmp_path), "in/..", "in")
    assert once(map(Path, folders)) == (Path(), Path("in"))


def test_a_link_has_its_own_name(tmp_path: Path) -> None:
    real, link = tmp_path / "a.msu", tmp_path / "b.msu"
    real.touch()
    link.symlink_to(real)
    assert once((real, link)) == (real, link)


def test_siblings_are_not_one_file_twice(packages: list[Path]) -> None:
    other = packages[0].parent / ".." / packages[0].parent.name / packages[0].name
    words = [str(packages[0]), str(other)]
    result = CliRunner().invoke(cli, ["validate", "--siblings", *words])
    assert result.exit_code == 2
    assert "given twice" in result.output


def test_few_small_files_need_no_help(tmp_path: Path) -> None:
    paths = [tmp_path / f"small-{number}" for number in range(5)]
    for path in paths:
        path.touch()
    cores = os.cpu_count() or 1
    assert chosen_jobs(None, paths[:4]) == 1
    assert chosen_jobs(None, paths) == min(5, cores)
    assert chosen_jobs(None, [tmp_path, tmp_path]) == min(2, cores)
    assert chosen_jobs(None, [tmp_path / "none"]) == 1
    assert chosen_jobs(64, paths) == 5
