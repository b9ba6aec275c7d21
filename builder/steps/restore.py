"""Restore the files of a delta package from its index."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import heappop, heappush
from typing import Final

from builder.errors import DeltaError, LimitError, LocatedError, reading
from builder.formats.buffer import Buffer
from builder.model.cix import ContainerIndex, IndexTarget
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.steps.decode import Decoder, Decoders, Job, in_turn, verify
from builder.steps.spool import Spool

_EACH: Final = 1 << 10
"""Bytes that a target counts for before its turn, beside its data."""


class How(StrEnum):
    """What a target was made from."""

    RAW = "raw"
    COPY = "copy"
    DELTA = "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """One target of an index.

    Attributes:
        data: The bytes, whose length and hash are what the index promises;
            None where there is damage.
        damage: Why the target could not be restored, or None.
        blocked: The damage is that of a basis, which was reported already.
    """

    target: IndexTarget
    how: How
    data: Buffer | None = None
    damage: LocatedError | None = None
    blocked: bool = False


@dataclass(slots=True)
class _Node:
    """A target, and those that wait for it.

    Attributes:
        turn: Its number in the order in which targets are made.
        made: What became of it; None before, and once nobody needs it.
        left: How many of those that wait are not made yet.
        cost: Bytes that it counts for until its turn is over.
        held: Bytes of our own memory that it takes after its turn.
        is_over: Its turn is.
    """

    target: IndexTarget
    basis: "_Node | None" = None
    waiting: list["_Node"] = field(default_factory=list)
    depth: int = 0
    turn: int = 0
    made: Restored | None = None
    left: int = 0
    cost: int = 0
    held: int = 0
    is_over: bool = False


def restore(
    index: ContainerIndex,
    *,
    read: Callable[[str], Buffer],
    spool: Callable[[], Spool],
    limits: Limits = DEFAULT_LIMITS,
    decoders: Decoders = in_turn,
) -> Generator[Restored, None, None]:
    """Restore every target of an index, each of them once.

    A target follows its basis at once: targets that nobody waits for first,
    the longest chain last, so that few bases are held at a time.  One damaged
    target does not keep the others back.

    Args:
        read: Returns a member of the cabinet, by its name as written; raises
            a located error where there is none.
        spool: Makes room for a basis once `limits.bases` bytes are held.
        decoders: May apply deltas before their turn; neither what comes out
            nor the order depends on it.

    Yields:
        Targets; `data` is good until the next one is asked for.

    Raises:
        LimitError: All targets together are larger than `limits.unpacked`.
    """
    total = sum(target.size for target in index.targets)
    if total > limits.unpacked:
        raise LimitError(
            f"the targets have {total:,} bytes; the limit is {limits.unpacked:,}"
        )
    order = _in_order(index)
    return _walk(order, decoders, read=read, spool=spool, limits=limits)


def _in_order(index: ContainerIndex) -> list[_Node]:
    """Return the targets in their turns, each behind the one it waits for."""
    nodes = {target.id: _Node(target) for target in index.targets}
    roots = []
    for node in nodes.values():
        node.basis = nodes.get(node.target.basis or "")
        if node.basis is None:
            roots.append(node)
        else:
            node.basis.waiting.append(node)
    for node in reversed(_above(roots)):
        # The longest chain first: they are taken from the end.
        node.waiting.sort(key=_depth)
        node.waiting.reverse()
        node.depth = 1 + max(map(_depth, node.waiting), default=-1)
    order = _above(roots)
    for turn, node in enumerate(order):
        node.turn, node.left = turn, len(node.waiting)
    return order


def _above(roots: list[_Node]) -> list[_Node]:
    """Return all targets, each basis directly above the last that waits for it."""
    order: list[_Node] = []
    pending = roots[::-1]
    while pending:
        node = pending.pop()
        order.append(node)
        pending.extend(node.waiting)
    return order


def _depth(node: _Node) -> int:
    return node.depth


def _is_decoded(target: IndexTarget) -> bool:
    return target.source is not None and target.source.type == "PA30"


def _walk(
    order: list[_Node],
    decoders: Decoders,
    *,
    read: Callable[[str], Buffer],
    spool: Callable[[], Spool],
    limits: Limits,
) -> Generator[Restored, None, None]:
    targets = [node.target for node in order]
    with decoders(sum(t.size for t in targets if _is_decoded(t))) as decoder:
        maker = _Maker(order, decoder, read, spool, limits)
        for node in order:
            yield maker.finish(node)
            maker.leave(node)


@dataclass(slots=True)
class _Maker:
    """Makes targets, and holds those that others are based on.

    Attributes:
        ready: Those that can be begun, by turn: their basis is made.
        ahead: Bytes of those that are begun and whose turn is not over.
        held: Bytes of bases whose turn is over.
    """

    order: list[_Node]
    decoder: Decoder
    read: Callable[[str], Buffer]
    spool: Callable[[], Spool]
    limits: Limits
    ready: list[tuple[int, _Node]] = field(init=False)
    ahead: int = 0
    held: int = 0

    def __post_init__(self) -> None:
        self.ready = [(node.turn, node) for node in self.order if node.basis is None]

    def finish(self, node: _Node) -> Restored:
        """Make the target whose turn it is, and begin with others meanwhile."""
        self._take(wait=False)
        self._begin_ready(node.turn)
        while node.made is None:
            self._take(wait=True)
            self._begin_ready(node.turn)
        return node.made

    def leave(self, node: _Node) -> None:
        """Hold a target after its turn while others wait for it.

        In memory while there is room, else in a spool.
        """
        self.ahead -= node.cost
        node.is_over = True
        made, size = node.made, node.target.size
        if made is None or not node.left:
            node.made = None
        elif made.data is None or made.how is How.RAW:
            return
        elif self.held + size <= self.limits.bases:
            node.held = size
            self.held += size
        else:
            room = self.spool()
            room.write(bytes(made.data))
            node.made = replace(made, data=room.buffer())

    def _begin_ready(self, now: int) -> None:
        """Begin with the one whose turn it is, and as many more as have room."""
        while self.ready:
            turn, node = self.ready[0]
            cost = _EACH + node.target.size
            if node.basis is not None:
                cost += node.basis.target.size
            if turn != now and self.ahead + cost > self.decoder.ahead:
                return
            heappop(self.ready)
            node.cost = cost
            self.ahead += cost
            self._begin(node)

    def _take(self, *, wait: bool) -> None:
        """Take the targets that have come out of deltas meanwhile."""
        for turn, outcome in self.decoder.finished(wait=wait):
            node = self.order[turn]
            if isinstance(outcome, LocatedError):
                outcome.source = (node.target.name, *outcome.source)
            self._settle(node, outcome)

    def _begin(self, node: _Node) -> None:
        """Make one target, or have its delta applied, or say why that cannot be."""
        target = node.target
        basis = None if node.basis is None else node.basis.made
        if basis is not None and basis.damage is not None:
            reason = basis.damage.reason
            if not basis.blocked:
                reason = f"it rests on {basis.target.name}, which is damaged"
            damage = DeltaError(reason)
            damage.source = (target.name,)
            self._settle(node, damage, blocked=True)
            return
        try:
            with reading(target.name):
                made = self._data(target, basis)
        except LocatedError as error:
            self._settle(node, error)
            return
        if isinstance(made, Job):
            self.decoder.begin(node.turn, made)
        else:
            self._settle(node, made)

    def _settle(
        self, node: _Node, made: Buffer | LocatedError, *, blocked: bool = False
    ) -> None:
        """Keep what became of a target: those that wait for it can be begun."""
        source = node.target.source
        how = How.COPY if source is None else How.DELTA
        if source is not None and source.type == "RAW":
            how = How.RAW
        damage, data = (made, None) if isinstance(made, LocatedError) else (None, made)
        node.made = Restored(
            target=node.target, how=how, data=data, damage=damage, blocked=blocked
        )
        for other in node.waiting:
            heappush(self.ready, (other.turn, other))
        basis = node.basis
        if basis is None:
            return
        basis.left -= 1
        if basis.is_over and not basis.left:
            self.held -= basis.held
            basis.made = None

    def _data(self, target: IndexTarget, basis: Restored | None) -> Buffer | Job:
        """Return what a target is, or the delta that it comes out of."""
        old: Buffer = b"" if basis is None or basis.data is None else basis.data
        if basis is None and target.basis is not None:
            raise DeltaError(f"the basis {target.basis[:40]!r} is no File of the index")
        if target.source is None:
            if basis is None and target.size:
                raise DeltaError("the index names neither a source nor a basis")
            promised = None if basis is None else basis.target.hash
            verify(old, target.size, target.hash, known=promised)
            return old
        member = self.read(target.source.name)
        known = target.source.hash
        if known is not None:
            verify(member, None, known)
        match target.source.type:
            case "RAW":
                verify(member, target.size, target.hash, known=known)
                return member
            case "PA30":
                return Job(
                    delta=member,
                    basis=old,
                    size=target.size,
                    hash=target.hash,
                    limits=self.limits,
                )
            case other:
                raise DeltaError(f"a source of the type {other[:40]!r}")
