"""Delta packages: what the index says the members stand for."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from builder.errors import (
    DeltaError,
    FormatError,
    LimitError,
    LocatedError,
    UnknownTransformError,
    UnsupportedError,
    reading,
)
from builder.formats.buffer import Buffer
from builder.formats.cix import INDEX_NAME, parse_index
from builder.formats.filetime import parse_filetime
from builder.model.cix import ContainerIndex, IndexTarget
from builder.model.inventory import Facts
from builder.model.unpacked import Promise
from builder.steps.archive import Archive, ArchiveFile
from builder.steps.drain import Read, Targets, Walk, drain, may_nest, member_of
from builder.steps.restore import How, Restored, restore
from builder.steps.sniff import kind_of_member
from builder.steps.spool import Spool

_CHUNK: Final = 1 << 20
_DECODED: Final = ("RAW", "PA30")
_REFUSED: Final = (b"PA19", b"PA31")
_DELTAS: Final = (*_REFUSED, b"PA30")


@dataclass(slots=True)
class _Sources:
    """Members in one spool: they are needed in an order of the index's choice."""

    spool: Spool
    places: dict[str, tuple[ArchiveFile, int, int]] = field(default_factory=dict)
    end: int = 0

    def add(self, file: ArchiveFile, chunks: Iterable[bytes], walk: Walk) -> None:
        start = self.end
        for chunk in chunks:
            walk.count(len(chunk))
            self.spool.write(chunk)
            self.end += len(chunk)
        self.places.setdefault(file.key, (file, start, self.end))

    def read(self, name: str) -> memoryview:
        """Return a member by its name.

        Raises:
            DeltaError: There is none.
        """
        place = self.places.get(name.casefold().replace("/", "\\"))
        if place is None:
            raise DeltaError(f"the source {name[:80]!r} is not in the package")
        _, start, end = place
        return memoryview(self.spool.buffer())[start:end]

    def at(self, key: str) -> memoryview:
        """Return a member that is there, by its folded name."""
        _, start, end = self.places[key]
        return memoryview(self.spool.buffer())[start:end]


def read_targets(walk: Walk, where: tuple[str, ...], archive: Archive) -> Targets:
    """Read a delta package: the files that its members stand for.

    Members are unpacked once, into a spool; targets are made from there, one
    after the other, each held to the length and the hash that the index gives.
    """
    sources = _Sources(walk.spool())
    found = Targets()
    text: bytes | None = None
    try:
        for group in archive.groups:
            for file, chunks in group():
                if file.key == INDEX_NAME and text is None:
                    place = (*where, file.name)
                    kind = kind_of_member(file.key)
                    drained = drain(walk, place, file, kind, chunks, sinks=False)
                    text = drained.text.data if drained.text is not None else None
                    found.read.append(Read(file, member_of(place, file, kind, drained)))
                else:
                    with reading(file.name):
                        sources.add(file, chunks, walk)
    except UnsupportedError:
        raise  # it is not the package that is wrong: we cannot go on
    except FormatError as error:
        found.damage = error
    index = _index(found, text, walk)
    if index is not None:
        found.read += _targets(walk, where, index, sources, found.damage)
    for key in _unnamed(index, sources):
        # Observed: deltas of files that became copies are left in packages.
        if index is not None and bytes(sources.at(key)[:4]) in _DELTAS:
            found.unused += 1
        else:
            found.read.append(_plain(walk, where, sources, key))
    return found


def _index(found: Targets, text: bytes | None, walk: Walk) -> ContainerIndex | None:
    if text is None:
        return None  # behind the damage
    try:
        with reading(INDEX_NAME):
            return parse_index(text, limits=walk.limits)
    except (FormatError, LimitError) as error:
        found.index_damage = error
        return None


def _unnamed(index: ContainerIndex | None, sources: _Sources) -> list[str]:
    """Return the keys of members that no target is made from, in their order."""
    named = {
        target.source.name.casefold().replace("/", "\\")
        for target in (index.targets if index else ())
        if target.source is not None
    }
    return [key for key in sources.places if key not in named]


def _plain(walk: Walk, where: tuple[str, ...], sources: _Sources, key: str) -> Read:
    """Read a member that is what it is called."""
    file = sources.places[key][0]
    place, kind = (*where, file.name), kind_of_member(key)
    chunks = _chunks(sources.at(key))
    with reading(file.name):
        drained = drain(
            walk, place, file, kind, chunks, nests=may_nest(key), counts=False
        )
    return Read(file, member_of(place, file, kind, drained), drained.inner)


def _chunks(data: Buffer) -> Iterator[bytes]:
    view = memoryview(data)
    for start in range(0, len(view), _CHUNK):
        yield bytes(view[start : start + _CHUNK])


def _targets(
    walk: Walk,
    where: tuple[str, ...],
    index: ContainerIndex,
    sources: _Sources,
    damage: LocatedError | None,
) -> list[Read]:
    """Restore all targets; return them in the order of the index."""
    made: dict[str, Read] = {}
    facts: dict[str, Facts] = {}
    waiting: dict[str, str] = {}
    restored_all = restore(
        index,
        read=sources.read,
        spool=walk.spool,
        limits=walk.limits,
        decoders=walk.decoders,
    )
    # Closed at once where it stops early: nobody shall decode any more.
    with closing(restored_all):
        for restored in restored_all:
            target = restored.target
            file = ArchiveFile(
                name=target.name, size=target.size, modified=_modified(target)
            )
            if restored.data is not None:
                known = (
                    facts.get(target.basis or "") if restored.how is How.COPY else None
                )
                read = _restored(walk, where, restored, file, known)
                if read.member.facts is not None:
                    facts[target.id] = read.member.facts
            else:
                reason = _waits(restored, sources, waiting)
                if reason is not None:
                    waiting[target.id] = reason
                read = _missing(
                    where, restored, file, reason, behind=damage is not None
                )
            made[target.id] = read
    return [made[target.id] for target in index.targets]


def _modified(target: IndexTarget) -> datetime | None:
    try:
        return None if target.filetime is None else parse_filetime(target.filetime)
    except ValueError:
        return None


def _promise(restored: Restored) -> Promise:
    target = restored.target
    return Promise(
        algorithm=target.hash.algorithm,
        digest=target.hash.digest,
        source=None if target.source is None else target.source.name,
        is_raw=restored.how is How.RAW,
        is_copy=restored.how is How.COPY,
    )


def _restored(
    walk: Walk,
    where: tuple[str, ...],
    restored: Restored,
    file: ArchiveFile,
    known: Facts | None,
) -> Read:
    place, kind = (*where, file.name), kind_of_member(file.key)
    data: Buffer = b"" if restored.data is None else restored.data
    with reading(file.name):
        drained = drain(
            walk,
            place,
            file,
            kind,
            _chunks(data),
            nests=may_nest(file.key),
            counts=restored.how is not How.RAW,
            known=known,
        )
    member = replace(member_of(place, file, kind, drained), promise=_promise(restored))
    return Read(file, member, drained.inner)


def _missing(
    where: tuple[str, ...],
    restored: Restored,
    file: ArchiveFile,
    reason: str | None,
    *,
    behind: bool,
) -> Read:
    """Describe a target that could not be made, by what the index says.

    Args:
        behind: The package is damaged, which is reported: not every target
            that needs what lies behind the damage is.
    """
    is_reported = restored.blocked or reason is not None or behind
    place, kind = (*where, file.name), kind_of_member(file.key)
    blocked = restored.damage.reason if restored.blocked and restored.damage else None
    member = replace(
        member_of(place, file, kind),
        damage=None if is_reported else restored.damage,
        promise=_promise(restored),
        waits=reason or blocked,
    )
    return Read(file, member)


def _waits(
    restored: Restored, sources: _Sources, waiting: dict[str, str]
) -> str | None:
    """Return why nothing here can make a target although it may be sound."""
    target = restored.target
    if isinstance(restored.damage, UnknownTransformError):
        return restored.damage.reason.partition(":")[0]
    if target.basis is not None and target.basis in waiting:
        return waiting[target.basis]
    if target.source is None:
        return None
    if target.source.type not in _DECODED:
        return f"a source of the type {target.source.type[:20]!r} is not decoded"
    try:
        head = bytes(sources.read(target.source.name)[:4])
    except DeltaError:
        return None
    return f"a {head.decode()} delta is not decoded" if head in _REFUSED else None
