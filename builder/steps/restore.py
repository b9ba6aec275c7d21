"""Restore the files of a delta package from its index."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from builder.errors import DeltaError, LimitError, LocatedError, reading
from builder.formats.buffer import Buffer
from builder.formats.pa30 import decode_pa30
from builder.model.cix import ContainerIndex, IndexHash, IndexTarget
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.steps.spool import Spool


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
    """A target that others may wait for."""

    target: IndexTarget
    waiting: list["_Node"] = field(default_factory=list)
    depth: int = 0


@dataclass(slots=True)
class _Basis:
    """A restored target whose dependants are being made.

    Attributes:
        held: Bytes of our own memory that it takes.
    """

    made: Restored
    waiting: list[_Node]
    held: int


def restore(
    index: ContainerIndex,
    *,
    read: Callable[[str], Buffer],
    spool: Callable[[], Spool],
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Restored]:
    """Restore every target of an index, each of them once.

    A target follows its basis at once: targets that nobody waits for first,
    the longest chain last, so that few bases are held at a time.  One damaged
    target does not keep the others back.

    Args:
        read: Returns a member of the cabinet, by its name as written; raises
            a located error where there is none.
        spool: Makes room for a basis once `limits.bases` bytes are held.

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
    return _walk(_plant(index), _Maker(read=read, spool=spool, limits=limits))


def _plant(index: ContainerIndex) -> list[_Node]:
    """Return the targets without a basis, or with none that is there.

    The others wait for theirs.
    """
    nodes = {target.id: _Node(target) for target in index.targets}
    roots = []
    for node in nodes.values():
        basis = nodes.get(node.target.basis or "")
        if basis is None:
            roots.append(node)
        else:
            basis.waiting.append(node)
    _measure(roots)
    return roots


def _measure(roots: list[_Node]) -> None:
    """Sort those who wait: the longest chain first, to be taken from the end."""
    order: list[_Node] = []
    pending = list(roots)
    while pending:
        node = pending.pop()
        order.append(node)
        pending.extend(node.waiting)
    for node in reversed(order):
        node.waiting.sort(key=_depth)
        node.waiting.reverse()
        node.depth = 1 + max(map(_depth, node.waiting), default=-1)


def _depth(node: _Node) -> int:
    return node.depth


def _walk(roots: list[_Node], maker: "_Maker") -> Iterator[Restored]:
    for root in roots:
        made = maker.make(root.target, None)
        yield made
        stack = [maker.keep(made, root.waiting)] if root.waiting else []
        while stack:
            basis = stack[-1]
            node = basis.waiting.pop()
            made = maker.make(node.target, basis.made)
            if not basis.waiting:
                maker.drop(stack.pop())
            del basis
            yield made
            if node.waiting:
                stack.append(maker.keep(made, node.waiting))


@dataclass(slots=True)
class _Maker:
    """Makes targets, and holds those that others are based on."""

    read: Callable[[str], Buffer]
    spool: Callable[[], Spool]
    limits: Limits
    held: int = 0

    def keep(self, made: Restored, waiting: list[_Node]) -> _Basis:
        """Hold a basis in memory while there is room, else in a spool."""
        data, size = made.data, made.target.size
        if made.how is How.RAW or data is None:
            return _Basis(made, list(waiting), 0)
        if self.held + size <= self.limits.bases:
            self.held += size
            return _Basis(made, list(waiting), size)
        room = self.spool()
        room.write(bytes(data))
        kept = Restored(target=made.target, how=made.how, data=room.buffer())
        return _Basis(kept, list(waiting), 0)

    def drop(self, basis: _Basis) -> None:
        """Give back the room of a basis that nobody waits for any more."""
        self.held -= basis.held

    def make(self, target: IndexTarget, basis: Restored | None) -> Restored:
        """Make one target, or say why it cannot be made."""
        source = target.source
        how = How.COPY if source is None else How.DELTA
        if source is not None and source.type == "RAW":
            how = How.RAW
        if basis is not None and basis.damage is not None:
            reason = basis.damage.reason
            if not basis.blocked:
                reason = f"it rests on {basis.target.name}, which is damaged"
            damage = DeltaError(reason)
            damage.source = (target.name,)
            return Restored(target=target, how=how, damage=damage, blocked=True)
        try:
            with reading(target.name):
                data = self._data(target, basis)
        except LocatedError as error:
            return Restored(target=target, how=how, damage=error)
        return Restored(target=target, how=how, data=data)

    def _data(self, target: IndexTarget, basis: Restored | None) -> Buffer:
        old: Buffer = b"" if basis is None or basis.data is None else basis.data
        if basis is None and target.basis is not None:
            raise DeltaError(f"the basis {target.basis[:40]!r} is no File of the index")
        if target.source is None:
            if basis is None and target.size:
                raise DeltaError("the index names neither a source nor a basis")
            promised = None if basis is None else basis.target.hash
            return _verified(old, target.size, target.hash, known=promised)
        member = self.read(target.source.name)
        known = target.source.hash
        if known is not None:
            _verified(member, None, known)
        match target.source.type:
            case "RAW":
                return _verified(member, target.size, target.hash, known=known)
            case "PA30":
                limits = self.limits
                new = decode_pa30(member, old, limits=limits, size=target.size)
                return _verified(new, target.size, target.hash)
            case other:
                raise DeltaError(f"a source of the type {other[:40]!r}")


def _verified(
    data: Buffer,
    size: int | None,
    promised: IndexHash,
    *,
    known: IndexHash | None = None,
) -> Buffer:
    """Return the data if they are what the index promises.

    Args:
        size: In bytes; None where the index does not say.
        known: A hash that the data were found to have.
    """
    if size is not None and len(data) != size:
        raise DeltaError(f"{len(data):,} bytes; the index promises {size:,}")
    if known == promised:
        return data
    digest = hashlib.new(promised.algorithm, data, usedforsecurity=False).digest()
    if digest != promised.digest:
        raise DeltaError(
            f"the {promised.algorithm} is {digest.hex()}; "
            f"the index promises {promised.digest.hex()}"
        )
    return data
