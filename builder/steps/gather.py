"""Findings in any number: gathered in any order, given back by place."""

import heapq
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from builder.formats.buffer import Buffer
from builder.model.finding import Finding, Findings, Severity
from builder.rules.core import in_order, place_of
from builder.steps.spool import Spool

HELD = 10_000
"""The most findings of one package that are held at a time."""

_TOGETHER = 100  # findings of one run that are read at a time
_Piece = tuple[int, int]


class Gatherer:
    """Takes findings in any order; beyond `HELD` it spools them in sorted runs.

    Attributes:
        wrong: Places with an error.
    """

    def __init__(
        self, spool: Callable[[], Spool] | None = None, *, held: int = HELD
    ) -> None:
        """Make an empty one; without a `spool`, all findings are held."""
        self.wrong: set[tuple[str, ...]] = set()
        self._room = spool
        self._spool: Spool | None = None
        self._most = held
        self._held: list[Finding] = []
        self._runs: list[tuple[_Piece, ...]] = []
        self._end = 0
        self._count = 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Take what a generator yields, one by one."""
        for finding in findings:
            if finding.severity is Severity.ERROR:
                self.wrong.add(finding.hit.where)
            self._held.append(finding)
            self._count += 1
            if len(self._held) >= self._most and self._room is not None:
                self._spill(self._room)

    def _spill(self, room: Callable[[], Spool]) -> None:
        if self._spool is None:
            self._spool = room()
        run = []
        found = in_order(self._held)
        for start in range(0, len(found), _TOGETHER):
            piece = pickle.dumps(found[start : start + _TOGETHER])
            self._spool.write(piece)
            run.append((self._end, self._end + len(piece)))
            self._end += len(piece)
        self._runs.append(tuple(run))
        self._held.clear()

    def finish(self) -> Collection[Finding]:
        """Return all findings, sorted by place, then by rule."""
        if self._spool is None or self._room is None:
            return in_order(self._held)
        self._spill(self._room)
        merged = partial(_merged, self._spool.buffer(), tuple(self._runs))
        return Findings(merged, self._count)


def _merged(spooled: Buffer, runs: tuple[tuple[_Piece, ...], ...]) -> Iterator[Finding]:
    return heapq.merge(*(_read(spooled, run) for run in runs), key=place_of)


def _read(spooled: Buffer, run: tuple[_Piece, ...]) -> Iterator[Finding]:
    view = memoryview(spooled)
    for start, end in run:
        yield from pickle.loads(view[start:end])  # noqa: S301 - we wrote it
