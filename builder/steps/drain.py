"""One pass over one file: every byte feeds all who want it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC
from threading import Lock
from typing import Final, Protocol, TypedDict

from builder.errors import LimitError, LocatedError
from builder.formats.cix import INDEX_NAME
from builder.formats.facts import Observer
from builder.model.content import Content
from builder.model.inventory import Facts
from builder.model.limits import Limits
from builder.model.unpacked import Kind, Member
from builder.steps.archive import Archive, ArchiveFile, is_archive
from builder.steps.decode import Decoders, in_turn
from builder.steps.expand import Base, Text, text_of
from builder.steps.spool import Keeper, Spool

HELD: Final = (
    *(Kind.MUM, Kind.MANIFEST, Kind.CATALOG, Kind.UNATTEND, Kind.PROPERTIES),
    Kind.INDEX,
)
_ARCHIVES: Final = (".cab", ".msu", ".wim", ".esd")


class Sink(Protocol):
    """Takes the bytes of members that somebody wants to keep."""

    def writing(
        self, where: tuple[str, ...], file: ArchiveFile
    ) -> AbstractContextManager[Callable[[bytes], object] | None]:
        """Open a place for one member; None where it is not wanted.

        What was written counts only if the block ends without an error.
        """
        ...


Advance = Callable[[int, int], None]
"""Is told how many bytes and how many files have been unpacked just now."""


def nobody(size: int, files: int) -> None:
    """Listen to nothing."""
    del size, files


_NOWHERE: Final[AbstractContextManager[None]] = nullcontext()


class NoSink:
    """Keeps nothing."""

    def writing(
        self, where: tuple[str, ...], file: ArchiveFile
    ) -> AbstractContextManager[None]:
        """Want no member."""
        del where, file
        return _NOWHERE


@dataclass(frozen=True, slots=True)
class Drained:
    """What one pass over a file left behind.

    Attributes:
        facts: None where nobody asks for any.
        text: A document; None else.
        content: Its bytes, or where they are kept.
        inner: The bytes of a container; None else.
    """

    facts: Facts | None
    text: Text | None
    content: bytes | Content | None
    inner: Spool | None


class Opening(TypedDict, total=False):
    """How a top-level file is opened; `Walk` has the defaults.

    Attributes:
        advance: Is told the numbers of bytes and files just unpacked.
        sink: Is given every member; only containers have any.
        threads: That unpack the folders of a cabinet at the same time; what
            comes out does not depend on it.
        opens_all: What nothing here decodes is an error; otherwise it waits.
        restores: The files that deltas stand for take the place of the deltas.
        bases: Manifests that compressed ones may be based on.
        opens_scan: What only update services read is opened; otherwise it is
            a member that waits.
        decoders: May apply deltas before their turn; what comes out does not
            depend on it.
        observes: Facts are taken of what is read; they take time.
    """

    advance: Advance
    sink: Sink
    threads: int
    opens_all: bool
    restores: bool
    bases: tuple[Base, ...]
    opens_scan: bool
    decoders: Decoders
    observes: bool


@dataclass(slots=True)
class Walk:
    """One run over one top-level file: what is still allowed, who listens.

    May be shared by threads.

    Attributes:
        advance: Is told the numbers of bytes and files just unpacked.
        packed: Length of the top-level file in bytes.
        bases: Manifests that compressed ones may be based on.
    """

    limits: Limits
    spool: Callable[[], Spool]
    packed: int
    advance: Advance = nobody
    sink: Sink = field(default_factory=NoSink)
    threads: int = 1
    opens_all: bool = True
    restores: bool = True
    bases: tuple[Base, ...] = ()
    opens_scan: bool = False
    decoders: Decoders = in_turn
    observes: bool = True
    unpacked: int = 0
    spooled: int = 0
    held: int = 0
    opened: int = 0
    lock: Lock = field(default_factory=Lock)
    keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.spool, most=self.limits.held_in_memory)

    def count(self, size: int) -> None:
        """Ask for `size` more unpacked bytes."""
        with self.lock:
            self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise LimitError(
                f"unpacks to more than {self.limits.unpacked:,} bytes in total"
            )
        allowed = max(self.limits.ratio_from, self.limits.ratio * self.packed)
        if self.unpacked > allowed:
            raise LimitError(
                f"{self.packed:,} bytes unpack to more than {allowed:,}, "
                f"over {self.limits.ratio:,} times as many"
            )
        self.advance(size, 0)

    def copy(self, size: int) -> None:
        """Ask for room for `size` more bytes of an inner container."""
        with self.lock:
            self.spooled += size
        if self.spooled > self.limits.spooled:
            raise LimitError(
                f"inner containers of more than {self.limits.spooled:,} bytes in total"
            )

    def hold(self, size: int) -> None:
        """Ask for room for a document of `size` bytes."""
        with self.lock:
            self.held += size
        if size > self.limits.held or self.held > self.limits.held_together:
            raise LimitError(
                f"a document of {size:,} bytes is over the limits "
                f"({self.limits.held:,} each, {self.limits.held_together:,} together)"
            )

    def text(self, data: bytes, name: str) -> Text:
        """Decode a document if it is compressed, and ask for room for it."""
        text = text_of(data, name, self.bases, limits=self.limits)
        if text.expanded is not None:
            self.hold(len(text.data))
        return text

    def enter(self, depth: int) -> None:
        """Ask for leave to open one more container, `depth` deep."""
        self.opened += 1
        if depth > self.limits.depth:
            raise LimitError(f"containers nested more than {self.limits.depth} deep")
        if self.opened > self.limits.containers:
            raise LimitError(f"more than {self.limits.containers} containers")


def may_nest(key: str) -> bool:
    """Tell by its folded name whether a member may be a container to open."""
    return "\\" not in key and key.endswith(_ARCHIVES)


def drain(
    walk: Walk,
    where: tuple[str, ...],
    file: ArchiveFile,
    kind: Kind,
    chunks: Iterable[bytes],
    *,
    nests: bool = False,
    counts: bool = True,
    sinks: bool = True,
    known: Facts | None = None,
) -> Drained:
    """Feed the bytes of one file to all who want them.

    Args:
        where: The place of the file, itself last.
        kind: Documents are held.
        nests: A container is spooled, to be opened later.
        counts: The bytes come from a packed form that nobody counted yet.
        sinks: The sink of the walk is asked whether it wants the file.
        known: The facts of the file, where they were taken before.

    Raises:
        FormatError: From `chunks`.
        LimitError: More bytes than are allowed.
    """
    observer = Observer() if walk.observes and known is None else None
    held: list[bytes] | None = None
    if kind in HELD:
        walk.hold(file.size)
        held = []
    inner: Spool | None = None
    first = True
    sink = walk.sink if sinks else NoSink()
    with sink.writing(where, file) as write:
        for chunk in chunks:
            if counts:
                walk.count(len(chunk))
            if observer is not None:
                observer.feed(chunk)
            if first and nests and is_archive(chunk[:8]):
                inner = walk.spool()
            first = False
            if inner is not None:
                walk.copy(len(chunk))
                inner.write(chunk)
            if held is not None:
                held.append(chunk)
            elif write is not None:
                write(chunk)
        text = None if held is None else walk.text(b"".join(held), where[-1])
        if text is not None and write is not None:
            write(text.data)
    walk.advance(0, 1)
    content = None if text is None else walk.keeper.keep(text.data)
    facts = known if observer is None else _finish(walk, observer)
    return Drained(facts, text, content, inner)


def _finish(walk: Walk, observer: Observer) -> Facts:
    """Return the facts; the signature in them is kept as a document is."""
    facts = observer.finish()
    if facts.pe is None or not facts.pe.table:
        return facts
    table = facts.pe.certificates
    walk.hold(len(table))
    return replace(facts, pe=replace(facts.pe, table=walk.keeper.keep(table)))


@dataclass(frozen=True, slots=True)
class Read:
    """A member that was read, and the bytes of the container that it is."""

    file: ArchiveFile
    member: Member
    inner: Spool | None = None


def member_of(
    place: tuple[str, ...],
    file: ArchiveFile,
    kind: Kind,
    drained: Drained | None = None,
    *,
    damage: LocatedError | None = None,
) -> Member:
    """Describe one file, read or not; its time loses its zone, which is UTC."""
    modified = file.modified
    if modified is not None and modified.tzinfo is not None:
        modified = modified.astimezone(UTC).replace(tzinfo=None)
    text = drained.text if drained is not None else None
    return Member(
        where=place,
        name=file.name,
        kind=kind,
        size=file.size,
        modified=modified,
        is_read=drained is not None,
        facts=drained.facts if drained is not None else None,
        content=drained.content if drained is not None else None,
        expanded=text.expanded if text is not None else None,
        damage=damage,
        waits=text.waits if text is not None else None,
    )


def has_index(archive: Archive) -> bool:
    """Tell whether an index says what the members stand for."""
    return any(file.key == INDEX_NAME for file in archive.files)


@dataclass(slots=True)
class Targets:
    """What became of the members of a delta package.

    Attributes:
        read: The index, the targets in its order, then members that the index
            does not name and that are no deltas.
        damage: Why reading the members stopped, or None.
        index_damage: Why the index cannot be used, or None.
        unused: Number of deltas that the index does not name.
    """

    read: list[Read] = field(default_factory=list)
    damage: LocatedError | None = None
    index_damage: LocatedError | None = None
    unused: int = 0
