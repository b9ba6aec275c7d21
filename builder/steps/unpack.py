"""Open a file and everything in it, once, in container order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from builder.errors import (
    FormatError,
    LimitError,
    LocatedError,
    UnsupportedError,
    reading,
)
from builder.formats.buffer import Buffer
from builder.formats.cab import parse_cab
from builder.formats.cab_decoders import decoder
from builder.formats.cab_members import unpack_members
from builder.formats.facts import Observer
from builder.model.cabinet import CabFile, Cabinet
from builder.model.inventory import Facts
from builder.model.limits import Limits
from builder.model.unpacked import Container, Kind, Member
from builder.steps.sniff import CABINET_MAGIC, kind_of_file, kind_of_member

_HELD = (Kind.MUM, Kind.MANIFEST, Kind.CATALOG, Kind.UNATTEND, Kind.PROPERTIES)
_ARCHIVES = (".cab", ".msu")


class Spool(Protocol):
    """Room for an inner cabinet, outside our own memory."""

    def write(self, data: bytes, /) -> int:
        """Append."""
        ...

    def buffer(self) -> Buffer:
        """Return what was written."""
        ...


@dataclass(slots=True)
class _Walk:
    """One run over one top-level file: what was found, what is still allowed."""

    limits: Limits
    spool: Callable[[], Spool]
    advance: Callable[[int], None]
    containers: list[Container] = field(default_factory=list)
    unpacked: int = 0
    held: int = 0

    def count(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise LimitError(
                f"unpacks to more than {self.limits.unpacked:,} bytes in total"
            )
        self.advance(size)

    def hold(self, size: int) -> None:
        """Ask for room for a document of `size` bytes."""
        self.held += size
        if size > self.limits.held or self.held > self.limits.held_together:
            raise LimitError(
                f"a document of {size:,} bytes is over the limits "
                f"({self.limits.held:,} each, {self.limits.held_together:,} together)"
            )


def unpack(
    name: str,
    data: Buffer,
    *,
    limits: Limits,
    spool: Callable[[], Spool],
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[Container, ...]:
    """Read a package, a catalog or a manifest, and all that lies in it.

    Every member is unpacked once; each of its bytes feeds the size, all hashes
    and the facts of program files together.  Only documents are held.

    Args:
        name: Of the file, for places and to tell .mum from .manifest.
        spool: Makes room for an inner cabinet.
        advance: Is told the number of bytes just unpacked.

    Returns:
        Containers, outermost first; a file given alone is one of its own.

    Raises:
        FormatError: The file itself cannot be read.  Damage inside is in
            `Container.damage` and `Member.damage` instead.
        LimitError: A limit was reached.
    """
    walk = _Walk(limits=limits, spool=spool, advance=advance)
    with reading(name):
        kind = kind_of_file(name, bytes(memoryview(data)[:64]))
        if kind is Kind.CABINET:
            _open_cabinet(walk, (name,), data, depth=1)
        else:
            walk.containers.append(_alone(walk, name, kind, data))
    return tuple(walk.containers)


def _alone(walk: _Walk, name: str, kind: Kind, data: Buffer) -> Container:
    walk.hold(len(data))
    content = bytes(data)
    observer = Observer()
    observer.feed(content)
    member = Member(
        where=(name,),
        name=name.replace("\\", "/").rpartition("/")[2],
        kind=kind,
        size=len(content),
        facts=observer.finish(),
        data=content,
    )
    return Container(where=(name,), members=(member,), is_cabinet=False)


def _open_cabinet(
    walk: _Walk, where: tuple[str, ...], data: Buffer, *, depth: int
) -> None:
    if depth > walk.limits.depth:
        raise LimitError(f"containers nested more than {walk.limits.depth} deep")
    place = len(walk.containers)
    cabinet = parse_cab(data, limits=walk.limits)
    for folder in cabinet.folders:
        decoder(folder.compression)  # refuses by name what cannot be decoded
    members: list[Member] = []
    damage: LocatedError | None = None
    try:
        for file, chunks in unpack_members(cabinet, data, limits=walk.limits):
            with reading(file.name):
                members.append(_read_member(walk, where, file, chunks, depth=depth))
            if members[-1].damage is not None and members[-1].facts is None:
                break
    except UnsupportedError:
        raise  # it is not the package that is wrong: we cannot go on
    except FormatError as error:
        damage = error
    container = Container(
        where=where,
        members=(*members, *_unread(where, cabinet, members)),
        is_signed=cabinet.signature is not None,
        trailing=cabinet.trailing,
        damage=damage,
    )
    walk.containers.insert(place, container)


def _unread(
    where: tuple[str, ...], cabinet: Cabinet, members: list[Member]
) -> Iterator[Member]:
    """Yield the members behind a damage: known by name, not by content."""
    seen = {member.name for member in members}
    for file in cabinet.files:
        if file.name not in seen:
            kind = kind_of_member(_key(file))
            yield _member(where, file, kind)


def _key(file: CabFile) -> str:
    return file.name.casefold().replace("/", "\\")


def _member(
    where: tuple[str, ...],
    file: CabFile,
    kind: Kind,
    drained: "_Drained | None" = None,
    damage: LocatedError | None = None,
) -> Member:
    return Member(
        where=(*where, file.name),
        name=file.name,
        kind=kind,
        size=file.size,
        modified=file.modified,
        facts=drained.facts if drained is not None else None,
        data=drained.data if drained is not None else None,
        damage=damage,
    )


@dataclass(frozen=True, slots=True)
class _Drained:
    """What one pass over a member left behind."""

    facts: Facts
    data: bytes | None
    inner: Spool | None


def _drain(walk: _Walk, file: CabFile, kind: Kind, chunks: Iterator[bytes]) -> _Drained:
    observer = Observer()
    held: list[bytes] | None = None
    if kind in _HELD:
        walk.hold(file.size)
        held = []
    key = _key(file)
    may_nest = "\\" not in key and key.endswith(_ARCHIVES)
    inner: Spool | None = None
    for number, chunk in enumerate(chunks):
        walk.count(len(chunk))
        observer.feed(chunk)
        if number == 0 and may_nest and chunk.startswith(CABINET_MAGIC):
            inner = walk.spool()
        if inner is not None:
            inner.write(chunk)
        if held is not None:
            held.append(chunk)
    data = b"".join(held) if held is not None else None
    return _Drained(facts=observer.finish(), data=data, inner=inner)


def _read_member(
    walk: _Walk,
    where: tuple[str, ...],
    file: CabFile,
    chunks: Iterator[bytes],
    *,
    depth: int,
) -> Member:
    kind = kind_of_member(_key(file))
    try:
        drained = _drain(walk, file, kind, chunks)
    except FormatError as error:
        return _member(where, file, kind, damage=error)
    if drained.inner is None:
        return _member(where, file, kind, drained)
    try:
        inner = drained.inner.buffer()
        _open_cabinet(walk, (*where, file.name), inner, depth=depth + 1)
    except UnsupportedError:
        raise  # it is not the package that is wrong: we cannot go on
    except FormatError as error:
        return _member(where, file, Kind.CABINET, drained, error)
    return _member(where, file, Kind.CABINET, drained)
