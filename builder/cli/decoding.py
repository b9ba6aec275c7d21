"""Deltas of one package, applied by several processes.

What comes out of them is the same, in the same order, as with one process.
In memory are no more than 128 MiB of bases and targets whose turn has not
come, or a single one of them; and in each process what one delta takes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from os import cpu_count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from builder.errors import HotfixError, LocatedError
from builder.steps.decode import Decoder, Decoders, InTurn, Job, Outcome, outcome_of

if TYPE_CHECKING:
    from builder.cli.processes import Worker

AHEAD = 128 << 20
"""Bytes of bases and targets that may be taken before their turn."""
_MOST = 8  # one process that takes the targets serves no more


@dataclass(frozen=True, slots=True)
class _Order:
    asked: "_Ahead"
    turn: int
    job: Job


@dataclass(slots=True, eq=False)
class _Ahead:
    """The decoder of one index: hands jobs on, and is given what came of them."""

    give: Callable[[_Order], None]
    ahead: int = AHEAD
    came: SimpleQueue[tuple[int, Outcome | Exception]] = field(
        default_factory=SimpleQueue
    )
    is_over: bool = False

    def begin(self, turn: int, job: Job) -> None:
        """Hand a job on."""
        self.give(_Order(self, turn, job))

    def finished(self, *, wait: bool) -> list[tuple[int, Outcome]]:
        """Return what came.

        Raises:
            HotfixError: A process has ended before its answer.
        """
        found: list[tuple[int, Outcome]] = []
        try:
            while True:
                turn, outcome = self.came.get(block=wait and not found)
                if not isinstance(outcome, bytes | LocatedError):
                    raise outcome
                found.append((turn, outcome))
        except Empty:
            return found


def _answer(job: Job) -> Iterator[Outcome]:
    yield outcome_of(job)


class _Crew:
    """Processes, each with a thread here that waits for its answers."""

    def __init__(self, name: str, jobs: int) -> None:
        self._name = name
        self._jobs = jobs
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        self._workers: list[Worker] = []
        self._threads: list[Thread] = []

    @contextmanager
    def decoder(self, size: int) -> Iterator[Decoder]:
        """Give a decoder of an index; see `builder.steps.decode.Decoders`."""
        if not self._workers:
            self._start(min(self._jobs, _MOST, _worth(size)))
        if not self._threads:
            yield InTurn()
            return
        asked = _Ahead(self._orders.put)
        try:
            yield asked
        finally:
            asked.is_over = True

    def _start(self, count: int) -> None:
        if count < 2:
            return
        from builder.cli.processes import start  # multiprocessing is slow to import

        with suppress(HotfixError):  # those that could be started do it, or we do
            for _ in range(count):
                self._workers.append(start(_answer))
        with suppress(RuntimeError):  # no more threads are allowed: likewise
            for worker in self._workers:
                thread = Thread(target=self._serve, args=(worker,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _serve(self, worker: "Worker") -> None:
        while (order := self._orders.get()) is not None:
            if not order.asked.is_over:
                order.asked.came.put((order.turn, self._ask(worker, order.job)))

    def _ask(self, worker: "Worker", job: Job) -> Outcome | Exception:
        from builder.cli.processes import Bug, BugError

        try:
            worker.pipe.send(
                replace(job, delta=bytes(job.delta), basis=bytes(job.basis))
            )
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            return HotfixError(
                f"{self._name}: a process that applied deltas {worker.ending()}"
            )
        except Exception as error:  # noqa: BLE001  # raised where it is waited for
            return error
        if isinstance(answer, Bug):
            return BugError(answer.text)
        assert isinstance(answer, bytes | LocatedError)  # noqa: S101  # see `_answer`
        return answer

    def end(self) -> None:
        """End all of them, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
            self._orders.put(None)
        for thread in self._threads:
            thread.join()
        for worker in self._workers:
            worker.end(kill=True)


def _worth(size: int) -> int:
    """Return how many processes targets of so many bytes are worth starting."""
    from builder.formats.lzx import COMPILED

    each, least = (8 << 20, 32 << 20) if COMPILED else (1 << 20, 2 << 20)
    return 1 if size < least else size // each


@contextmanager
def decoders(path: Path, jobs: int | None) -> Iterator[Decoders]:
    """Let several processes apply the deltas of a package, if that is quicker.

    Args:
        path: Of the package, for errors.
        jobs: The most processes; with 1, this one alone.  None: one for each
            core.
    """
    crew = _Crew(str(path), cpu_count() or 1 if jobs is None else jobs)
    try:
        yield crew.decoder
    finally:
        crew.end()
