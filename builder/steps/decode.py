"""Deltas that are applied, in their turn or several at once."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from builder.errors import DeltaError, LocatedError
from builder.formats.buffer import Buffer
from builder.model.cix import IndexHash
from builder.model.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A delta to apply, and all that has to be known for it.

    Attributes:
        size: Of the target in bytes, as the index promises.
        hash: Of the target, as the index promises.
    """

    delta: Buffer
    basis: Buffer
    size: int
    hash: IndexHash
    limits: Limits


Outcome = bytes | LocatedError
"""A target, or why there is none."""


class Decoder(Protocol):
    """Applies the deltas of one index."""

    @property
    def ahead(self) -> int:
        """Bytes that jobs may take, together, before their targets' turn."""
        ...

    def begin(self, turn: int, job: Job) -> None:
        """Take a job; `turn` tells it from the others."""
        ...

    def finished(self, *, wait: bool) -> list[tuple[int, Outcome]]:
        """Return what was begun and has come to its end since last time.

        Args:
            wait: For one of them at least; one was begun and not returned.
        """
        ...


Decoders = Callable[[int], AbstractContextManager[Decoder]]
"""Gives a decoder for deltas whose targets have so many bytes together."""


class InTurn:
    """Applies a delta when somebody waits for its target."""

    ahead = 0

    def __init__(self) -> None:
        self._begun: list[tuple[int, Job]] = []

    def begin(self, turn: int, job: Job) -> None:
        """Take a job."""
        self._begun.append((turn, job))

    def finished(self, *, wait: bool) -> list[tuple[int, Outcome]]:
        """Do what was begun."""
        begun, self._begun = self._begun if wait else [], []
        return [(turn, outcome_of(job)) for turn, job in begun]


def in_turn(size: int) -> AbstractContextManager[Decoder]:
    """Let deltas be applied one after the other."""
    del size
    return nullcontext(InTurn())


def outcome_of(job: Job) -> Outcome:
    """Apply one delta and hold what comes out to the index."""
    # Slow to import, and who only hands jobs on has no need of it.
    from builder.formats.pa30 import decode_pa30  # noqa: PLC0415

    try:
        new = decode_pa30(job.delta, job.basis, limits=job.limits, size=job.size)
        verify(new, job.size, job.hash)
    except LocatedError as error:
        return error
    return new


def verify(
    data: Buffer,
    size: int | None,
    promised: IndexHash,
    *,
    known: IndexHash | None = None,
) -> None:
    """Hold data to what the index promises.

    Args:
        size: In bytes; None where the index does not say.
        known: A hash that the data were found to have.

    Raises:
        DeltaError: They differ from it.
    """
    if size is not None and len(data) != size:
        raise DeltaError(f"{len(data):,} bytes; the index promises {size:,}")
    if known == promised:
        return
    digest = hashlib.new(promised.algorithm, data, usedforsecurity=False).digest()
    if digest != promised.digest:
        raise DeltaError(
            f"the {promised.algorithm} is {digest.hex()}; "
            f"the index promises {promised.digest.hex()}"
        )
