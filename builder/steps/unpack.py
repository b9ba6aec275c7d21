"""Open a file and everything in it, once, in container order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, Unpack

from builder.errors import (
    DeltaError,
    FormatError,
    LocatedError,
    SignatureError,
    UnsupportedError,
    reading,
)
from builder.formats.buffer import Buffer
from builder.formats.cix import INDEX_NAME
from builder.formats.facts import observe
from builder.model.limits import Limits
from builder.model.seal import Seal
from builder.model.unpacked import (
    SCAN_CABINET,
    SCAN_DATA,
    Container,
    Form,
    Kind,
    Member,
)
from builder.steps.archive import Archive, ArchiveFile, Streams, open_archive
from builder.steps.drain import (
    Opening,
    Read,
    Targets,
    Walk,
    drain,
    has_index,
    may_nest,
    member_of,
)
from builder.steps.sniff import kind_of_file, kind_of_member
from builder.steps.spool import Spool

_FIRST_DELTA: Final = "0"
_SCAN_WAITS: Final = "only update services read it; nothing in it is judged"


def unpack(
    name: str,
    data: Buffer,
    *,
    limits: Limits,
    spool: Callable[[], Spool],
    **how: Unpack[Opening],
) -> tuple[Container, ...]:
    """Read a package, a catalog or a manifest, and all that lies in it.

    Every member is unpacked once; each of its bytes feeds the size, all hashes
    and the facts of program files together.  Only documents are held.

    Args:
        name: Of the file, for places and to tell .mum from .manifest.
        spool: Makes room for an inner container.
        how: See `Opening`.

    Returns:
        Containers, outermost first; a file given alone is one of its own.

    Raises:
        FormatError: The file itself cannot be read.  Damage inside is in
            `Container.damage` and `Member.damage` instead.
        LimitError: A limit was reached.
    """
    walk = Walk(
        limits=limits,
        spool=spool,
        packed=memoryview(data).nbytes,
        **how,
    )
    with reading(name):
        kind = kind_of_file(name, bytes(memoryview(data)[:64]))
        if kind is Kind.CABINET:
            return _open(walk, (name,), data, depth=1)
        return (_alone(walk, name, kind, data),)


def unpack_archive(
    name: str,
    archive: Archive,
    *,
    limits: Limits,
    spool: Callable[[], Spool],
    **how: Unpack[Opening],
) -> tuple[Container, ...]:
    """Read what lies in a container that is open already, such as a folder.

    See `unpack`.
    """
    walk = Walk(
        limits=limits,
        spool=spool,
        packed=sum(file.size for file in archive.files),
        **how,
    )
    with reading(name):
        return _read_archive(walk, (name,), archive, depth=1)


def _alone(walk: Walk, name: str, kind: Kind, data: Buffer) -> Container:
    walk.hold(len(data))
    content = bytes(data)
    short = name.replace("\\", "/").rpartition("/")[2]
    text = walk.text(content, short)
    member = Member(
        where=(name,),
        name=short,
        kind=kind,
        size=len(content),
        is_read=True,
        facts=observe([content]) if walk.observes else None,
        content=text.data,
        expanded=text.expanded,
        waits=text.waits,
    )
    return Container(where=(name,), members=(member,), is_cabinet=False, form=Form.FILE)


def _open(
    walk: Walk, where: tuple[str, ...], data: Buffer, *, depth: int
) -> tuple[Container, ...]:
    walk.enter(depth)
    archive = open_archive(data, limits=walk.limits)
    if archive.waits is not None and walk.opens_all:
        raise UnsupportedError(archive.waits)
    return _read_archive(walk, where, archive, depth=depth)


def _read_archive(
    walk: Walk, where: tuple[str, ...], archive: Archive, *, depth: int
) -> tuple[Container, ...]:
    """Read all members, then open those that are containers."""
    targets, behind = _read_members(walk, where, archive)
    nested: list[Container] = []
    members: list[Member] = []
    for read in targets.read:
        member, inner = read.member, read.inner
        if inner is not None:
            with reading(read.file.name):
                member, found = _open_inner(walk, member, inner, depth=depth + 1)
            nested.extend(found)
        members.append(member)
    seal, seal_fault = _sealed(archive)
    container = Container(
        where=where,
        members=(*members, *behind),
        form=archive.form,
        packing=archive.packing,
        tables=archive.tables,
        waits=archive.waits,
        is_signed=archive.is_signed,
        seal=seal,
        seal_fault=seal_fault,
        trailing=archive.trailing,
        hidden=archive.hidden,
        damage=targets.damage,
        index_damage=targets.index_damage,
        unused=targets.unused,
    )
    return (container, *nested)


def _read_members(
    walk: Walk, where: tuple[str, ...], archive: Archive
) -> tuple[Targets, tuple[Member, ...]]:
    """Return what was read, then the members that are known by name alone."""
    if walk.restores and has_index(archive):
        # The decoder of deltas is slow to import, and most cabinets have none.
        from builder.steps.targets import read_targets  # noqa: PLC0415

        return read_targets(walk, where, archive), ()
    if not walk.opens_scan and _is_scan(where, archive):
        (data,) = _unread(where, archive, [])
        return Targets(), (replace(data, kind=Kind.CABINET, waits=_SCAN_WAITS),)
    lost = _lost_index(archive) if walk.restores else None
    read, damage = _read_groups(walk, where, archive)
    found = Targets(read=read, damage=damage, index_damage=lost)
    return found, _unread(where, archive, read)


def _lost_index(archive: Archive) -> LocatedError | None:
    """Tell that a delta package has lost its index: its members have numbers."""
    keys = {file.key for file in archive.files}
    if _FIRST_DELTA not in keys or "update.mum" not in keys:
        return None
    return DeltaError(
        f"{INDEX_NAME} is absent, which says what members such as"
        f" {_FIRST_DELTA!r} stand for"
    )


def _is_scan(where: tuple[str, ...], archive: Archive) -> bool:
    """Tell whether this is a WSUSSCAN.cab with nothing but what belongs there.

    Nothing in it is judged, and it holds thousands of tiny files.
    """
    keys = [file.key for file in archive.files]
    is_named = len(where) > 1 and where[-1].casefold() == SCAN_CABINET
    return is_named and keys == [SCAN_DATA]


def _sealed(archive: Archive) -> tuple[Seal | None, SignatureError | None]:
    """Take the signature of a container, or why it cannot be one."""
    try:
        return archive.seal(), None
    except SignatureError as error:
        return None, error


def _read_groups(
    walk: Walk, where: tuple[str, ...], archive: Archive
) -> tuple[list[Read], LocatedError | None]:
    """Read the folders of a cabinet, at the same time where that pays."""

    def read(streams: Streams) -> tuple[list[Read], LocatedError | None]:
        return _read_group(walk, where, streams)

    if walk.threads > 1 and len(archive.groups) > 1:
        with ThreadPoolExecutor(walk.threads) as pool:
            results = list(pool.map(read, archive.groups))
    else:
        results = [read(group) for group in archive.groups]
    members = [member for found, _ in results for member in found]
    damages = [damage for _, damage in results if damage is not None]
    return members, damages[0] if damages else None


def _read_group(
    walk: Walk, where: tuple[str, ...], streams: Streams
) -> tuple[list[Read], LocatedError | None]:
    found: list[Read] = []
    try:
        for file, chunks in streams():
            place = (*where, file.name)
            kind = kind_of_member(file.key)
            with reading(file.name):
                if file.waits is not None:
                    found.append(_waiting(walk, place, file, file.waits))
                    continue
                try:
                    nests = may_nest(file.key)
                    drained = drain(walk, place, file, kind, chunks, nests=nests)
                except FormatError as error:
                    found.append(Read(file, member_of(place, file, kind, damage=error)))
                    break  # what follows in the folder fails in the same way
            member = member_of(place, file, kind, drained)
            found.append(Read(file, member, drained.inner))
    except UnsupportedError:
        raise  # it is not the package that is wrong: we cannot go on
    except FormatError as error:
        return found, error
    return found, None


def _waiting(
    walk: Walk, place: tuple[str, ...], file: ArchiveFile, reason: str
) -> Read:
    if walk.opens_all:
        raise UnsupportedError(reason)
    member = member_of(place, file, kind_of_member(file.key))
    return Read(file, replace(member, waits=reason))


def _open_inner(
    walk: Walk, read: Member, inner: Spool, *, depth: int
) -> tuple[Member, tuple[Container, ...]]:
    member = replace(read, kind=Kind.CABINET)
    try:
        return member, _open(walk, member.where, inner.buffer(), depth=depth)
    except UnsupportedError as error:
        if walk.opens_all:
            raise  # it is not the package that is wrong: we cannot go on
        return replace(member, waits=error.reason), ()
    except FormatError as error:
        return replace(member, damage=error), ()


def _unread(
    where: tuple[str, ...], archive: Archive, read: list[Read]
) -> tuple[Member, ...]:
    """Return the members behind a damage: known by name, not by content."""
    seen = {item.file.name for item in read}
    return tuple(
        member_of((*where, file.name), file, kind_of_member(file.key))
        for file in archive.files
        if file.name not in seen
    )
