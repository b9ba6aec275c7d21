"""Deltas are applied by several processes, and nobody can tell from the result."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from errno import EAGAIN
from hashlib import sha1
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread

import pytest
from make_delta_package import Target, delta_package
from make_pa30 import Patch, make_delta
from projects import SHARED, hotfix

from builder.cli.decoding import decoders
from builder.cli.opening import open_path
from builder.cli.processes import BugError, start
from builder.errors import HotfixError, LimitError, LocatedError, StoreError
from builder.model.cix import IndexHash
from builder.model.limits import DEFAULT_LIMITS
from builder.steps.archive import ArchiveFile
from builder.steps.decode import InTurn, Job, Outcome, outcome_of

MANY = 64 << 20  # bytes that are worth several processes in either form
SIZE = 900_000
LONG = 60
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")


def root(seed: bytes, size: int = SIZE) -> tuple[bytes, bytes]:
    """Return a target that goes round in a circle, and its delta."""
    data = (seed * (size // len(seed) + 1))[:size]
    patch = Patch().literals(seed).far(len(seed), size - len(seed))
    return data, make_delta(patch.done(), data)


def change(basis: bytes, seed: bytes) -> tuple[bytes, bytes]:
    """Return a target that starts anew, and its delta."""
    data = seed + basis[len(seed) :]
    patch = Patch().literals(seed).far(len(basis), len(basis) - len(seed))
    return data, make_delta(patch.done(), data)


def family(number: int) -> tuple[list[Target], dict[str, bytes]]:
    """Make a target, three that follow from it, and a copy."""
    first, packed = root(b"root %04d " % number)
    second, packed_second = change(first, b"second")
    third, packed_third = change(second, b"the third")
    fourth, packed_fourth = change(first, b"another")
    name = f"f{number}"
    targets = [
        Target(
            id=f"{number}.{own}",
            name=f"{name}\\{own}.bin",
            data=data,
            kind=None if delta is None else "PA30",
            source=f"{name}.{own}",
            source_data=delta,
            basis=None if basis is None else f"{number}.{basis}",
        )
        for own, data, delta, basis in (
            (4, second, None, 2),
            (3, third, packed_third, 2),
            (2, second, packed_second, 1),
            (5, fourth, packed_fourth, 1),
            (1, first, packed, None),
        )
    ]
    deltas = (packed, packed_second, packed_third, packed_fourth)
    sources = (f"{name}.1", f"{name}.2", f"{name}.3", f"{name}.5")
    return targets, dict(zip(sources, deltas, strict=True))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of 45 MB of which three targets are damaged in their ways."""
    targets: list[Target] = []
    members: dict[str, bytes] = {}
    for number in range(10):
        some, packed = family(number)
        targets += some
        members |= packed
    damaged = bytearray(members["f3.1"])
    damaged[-9] ^= 0x55
    members["f3.1"] = bytes(damaged)
    at = targets.index(next(target for target in targets if target.id == "3.1"))
    targets[at] = replace(targets[at], source_data=bytes(damaged))
    members["f5.2"] = members["f5.2"][:40]
    members["f7.3"] = b"PA19" + bytes(30)
    at = targets.index(next(target for target in targets if target.id == "7.3"))
    targets[at] = replace(targets[at], source_data=members["f7.3"])
    path = tmp_path_factory.mktemp("decoding") / "several.cab"
    path.write_bytes(delta_package(targets, members))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("jobs", [2, 3])
def test_what_is_extracted_does_not_depend_on_jobs(
    package: Path, tmp_path: Path, jobs: int
) -> None:
    one, more = tmp_path / "one", tmp_path / "more"
    alone = hotfix("extract", "--jobs", "1", package, one, code=3)
    together = hotfix("extract", "--jobs", jobs, package, more, code=3)
    assert tree(more) == tree(one)
    # 50 targets: f3 is lost, and f5 and f7 in part.
    assert len(tree(one)) == 50 - 5 - 3 - 1
    assert together.stderr == alone.stderr
    assert together.stdout.partition(":")[2] == alone.stdout.partition(":")[2]
    assert alone.stderr.count("not written") > 3
    assert active_children() == []


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_is_found_does_not_depend_on_jobs(package: Path, style: str) -> None:
    words = ["validate", "--format", style, package]
    alone, together = (hotfix(*words, "--jobs", jobs, code=1) for jobs in (1, 2))
    assert together.stdout == alone.stdout
    assert "HF411" in alone.stdout
    assert active_children() == []


def test_processes_that_judge_have_no_processes(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.cab"
    other.write_bytes(package.read_bytes())
    words = ["validate", package, other]
    alone, together = (hotfix(*words, "--jobs", jobs, code=1) for jobs in (1, 2))
    assert together.stdout == alone.stdout


@pytest.mark.parametrize("ratio", [1, 200])
def test_a_limit_is_the_same_error(package: Path, ratio: int) -> None:
    """Of the index at once, and of all bytes in the midst of the targets."""
    least = DEFAULT_LIMITS.unpacked if ratio > 1 else 25 << 20
    limits = replace(DEFAULT_LIMITS, unpacked=least, ratio=ratio, ratio_from=1 << 20)
    said = []
    for jobs in (1, 2):
        with pytest.raises(LimitError) as caught:
            open_path(package, limits=limits, jobs=jobs)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert ("the targets have 45,000,000 bytes" in said[0]) == (ratio == 1)
    assert active_children() == []


def test_small_packages_need_no_processes(tmp_path: Path) -> None:
    with decoders(tmp_path, 8) as several:
        with several(1 << 20) as decoder:
            assert isinstance(decoder, InTurn)
        assert active_children() == []
        with several(MANY) as decoder:
            assert not isinstance(decoder, InTurn)
        started = len(active_children())
        assert 2 <= started <= 8
        with several(1) as decoder:
            assert not isinstance(decoder, InTurn)
        assert len(active_children()) == started
    assert active_children() == []


def test_one_process_is_none_beside_this_one(tmp_path: Path) -> None:
    with decoders(tmp_path, 1) as several, several(MANY) as decoder:
        assert isinstance(decoder, InTurn)


def job(number: int) -> Job:
    data, delta = root(b"job %d " % number)
    return Job(
        delta=memoryview(delta),
        basis=b"",
        size=len(data),
        hash=IndexHash(algorithm="sha1", digest=sha1(data).digest()),
        limits=DEFAULT_LIMITS,
    )


def test_answers_are_those_of_one_process(tmp_path: Path) -> None:
    jobs = [job(number) for number in range(20)]
    jobs[3] = replace(jobs[3], size=7)
    jobs[4] = replace(jobs[4], hash=jobs[5].hash)
    jobs[6] = replace(jobs[6], delta=b"PA31" + bytes(20))
    jobs[8] = replace(jobs[8], limits=replace(DEFAULT_LIMITS, target=9))
    answers: dict[int, Outcome] = {}
    with decoders(tmp_path, 2) as several, several(MANY) as decoder:
        for turn, one in enumerate(jobs):
            decoder.begin(turn, one)
        while len(answers) < len(jobs):
            answers |= decoder.finished(wait=True)
        assert decoder.finished(wait=False) == []
    damaged = []
    for turn, one in enumerate(jobs):
        here, there = outcome_of(one), answers[turn]
        assert type(there) is type(here)
        if isinstance(here, LocatedError):
            damaged.append(turn)
            assert vars(there) == vars(here)
            assert str(there) == str(here)
        else:
            assert there == here
    assert damaged == [3, 4, 6, 8]


def test_what_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    with decoders(tmp_path, 2) as several:
        with several(MANY) as left:
            for turn in range(500):
                left.begin(turn, job(1))
        with several(MANY) as decoder:
            decoder.begin(7, job(2))
            ((turn, answer),) = decoder.finished(wait=True)
        assert turn == 7
        assert answer == outcome_of(job(2))
        assert len(left.finished(wait=False)) < 500


@pytest.mark.parametrize("allowed", [0, 1])
def test_who_may_start_no_more_processes_makes_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    begin = SpawnProcess.start

    def refused(process: SpawnProcess) -> None:
        if len(active_children()) >= allowed:
            raise OSError(EAGAIN, "Resource temporarily unavailable")
        begin(process)

    monkeypatch.setattr(SpawnProcess, "start", refused)
    with decoders(tmp_path, 3) as several, several(MANY) as decoder:
        assert len(active_children()) == allowed
        assert isinstance(decoder, InTurn) == (allowed == 0)
        decoder.begin(5, job(5))
        assert decoder.finished(wait=True) == [(5, outcome_of(job(5)))]
    assert active_children() == []


@pytest.mark.parametrize("allowed", [0, 1])
def test_who_may_start_no_more_threads_makes_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    begin = Thread.start
    begun: list[Thread] = []

    def refused(thread: Thread) -> None:
        if len(begun) >= allowed:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        begin(thread)

    monkeypatch.setattr(Thread, "start", refused)
    with decoders(tmp_path, 2) as several, several(MANY) as decoder:
        assert isinstance(decoder, InTurn) == (allowed == 0)
        decoder.begin(5, job(5))
        assert decoder.finished(wait=True) == [(5, outcome_of(job(5)))]
    assert active_children() == []


def answer(path: Path, jobs: Sequence[Job], *, kill: bool = False) -> None:
    with decoders(path, 2) as several, several(MANY) as decoder:
        for process in active_children():
            if kill:
                process.kill()
        for turn, one in enumerate(jobs):
            decoder.begin(turn, one)
        for _ in jobs:
            decoder.finished(wait=True)


def test_that_no_process_can_be_started_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(_: SpawnProcess) -> None:
        raise OSError(EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(SpawnProcess, "start", refused)
    with pytest.raises(HotfixError) as caught:
        start(tuple)
    reason = "resource temporarily unavailable"
    assert str(caught.value) == f"no process can be started: {reason}"


@POSIX
def test_a_process_that_is_killed_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(HotfixError) as caught:
        answer(tmp_path / "large.cab", [job(1)] * 9, kill=True)
    assert str(caught.value) == (
        f"{tmp_path / 'large.cab'}: a process that applied deltas ended with "
        "SIGKILL; is there enough memory?"
    )
    assert active_children() == []


def test_a_bug_is_not_the_package_s_fault(tmp_path: Path) -> None:
    broken = replace(job(1), hash=IndexHash(algorithm="none", digest=b""))
    with pytest.raises(BugError, match="unsupported hash type"):
        answer(tmp_path, [broken])
    assert active_children() == []


def test_a_sink_that_fails_ends_the_processes(package: Path) -> None:
    class Full:
        """A disk with room for ten files."""

        files = 0
        processes = 0

        @contextmanager
        def writing(
            self, where: tuple[str, ...], file: ArchiveFile
        ) -> Iterator[Callable[[bytes], object]]:
            self.files += 1
            self.processes = len(active_children())
            if self.files > 10:
                raise StoreError(f"{where[-1]} of {file.size}", "no space left")
            yield len

    disk = Full()
    with pytest.raises(StoreError, match="no space left"):
        open_path(package, limits=DEFAULT_LIMITS, jobs=2, sink=disk)
    assert disk.files == 11
    assert disk.processes == 2
    assert active_children() == []


@POSIX
def test_a_full_disk_leaves_nothing_half_written(package: Path, tmp_path: Path) -> None:
    """A file may have no more bytes than half a target."""
    code = (
        "import resource, signal, sys\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({SIZE // 2}, {SIZE // 2}))\n"
        "if __name__ == '__main__':\n"
        "    from builder.cli import main; main()\n"
    )
    words = ["extract", "--jobs", "2", str(package), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        check=False,
        timeout=LONG,
    )
    assert done.returncode == 3, done.stderr
    assert b"file too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert tree(tmp_path / "out") == {}


@POSIX
def test_ctrl_c_ends_everybody(package: Path, tmp_path: Path) -> None:
    """Also those who wait for a process that does nothing."""
    code = (
        "import os, signal, sys, threading, time\n"
        "from multiprocessing import active_children\n"
        "def stop():\n"
        "    while len(active_children()) < 2: time.sleep(0.001)\n"
        "    for child in active_children(): os.kill(child.pid, signal.SIGSTOP)\n"
        "    print(*[child.pid for child in active_children()], flush=True)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "threading.Thread(target=stop, daemon=True).start()\n"
        "from builder.cli import main; main()\n"
    )
    words = ["extract", "--jobs", "2", str(package), str(tmp_path / "out")]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        children = [int(word) for word in process.stdout.readline().split()]
        assert len(children) == 2
        time.sleep(0.5)
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=LONG)
    assert process.returncode == 130
    assert b"Traceback" not in said
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    assert not list((tmp_path / "out").rglob("*.partial"))


@pytest.mark.genuine
def test_a_genuine_package_gives_the_same_files(tmp_path: Path) -> None:
    path = SHARED / "packages" / "Windows6.0-KB2999226-x64.msu"
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in ../shared/data")
    for jobs in (1, 2):
        hotfix("extract", "-q", "--jobs", jobs, path, tmp_path / str(jobs))
    one = tree(tmp_path / "1")
    assert tree(tmp_path / "2") == one
    assert len(one) == 5_178
    assert sum(name.endswith("ucrtbase.dll") for name in one) == 4
