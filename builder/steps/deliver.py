"""Put a package beside the article that promises it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.product import windows_versions
from builder.model.subject import Delivery, PackageSet, is_payload
from builder.model.unpacked import Kind, Member
from builder.model.version import FileVersion
from builder.rules.hf202_name_differs_from_identity import promised_name
from builder.rules.number import kb_number

_COMPARED = (Kind.MUM, Kind.MANIFEST)


def _architecture(packages: PackageSet) -> Architecture | None:
    """Return the architecture of the root, or else the one that all .mum share."""
    root = packages.root
    if root is not None:
        return Architecture.of(root.identity.architecture)
    shared = {Architecture.of(p.identity.architecture) for _, p in packages.packages}
    return shared.pop() if len(shared) == 1 else None


def _version(member: Member) -> FileVersion | None:
    pe = member.facts.pe if member.facts is not None else None
    return pe.version if pe is not None else None


def _minute(moment: datetime | None) -> str:
    """Return a time as an article gives it, to the minute, in the order of time."""
    return "" if moment is None else moment.isoformat()[: len("2009-02-12T18:35")]


_Key = tuple[object, ...]
_PASSES: tuple[
    tuple[Callable[[FileEntry], _Key], Callable[[Member], tuple[_Key, ...]]], ...
] = (
    (
        lambda entry: (entry.version, entry.size, _minute(entry.modified)),
        lambda member: (
            (_version(member), member.size, _minute(member.modified)),
            (None, member.size, _minute(member.modified)),
        ),
    ),
    (
        lambda entry: (entry.version, entry.size),
        lambda member: ((_version(member), member.size), (None, member.size)),
    ),
    (lambda entry: (entry.version,), lambda member: ((_version(member),),)),
    (lambda entry: (entry.size,), lambda member: ((member.size,),)),
    (lambda _: (), lambda _: ((),)),
)
"""What an entry and a member have to agree in: all, then less and less."""


def _answers(
    entries: Sequence[FileEntry], members: Sequence[Member]
) -> list[Member | None]:
    """Give each row of one name a member of its own, the best agreement first.

    Of equals the earliest is taken, for the earliest row: that holds for times
    of any zone.  A row that is printed twice may share.
    """
    members = sorted(members, key=lambda member: _minute(member.modified))
    rows = sorted(enumerate(entries), key=lambda row: _minute(row[1].modified))
    found: list[Member | None] = [None] * len(entries)
    taken: set[int] = set()
    shared: dict[_Key, Member] = {}
    for entry_key, member_keys in _PASSES:
        waiting: dict[_Key, list[int]] = {}
        for at in range(len(members) - 1, -1, -1):
            for key in member_keys(members[at]):
                waiting.setdefault(key, []).append(at)
        for at, entry in rows:
            line = waiting.get(entry_key(entry), [])
            while found[at] is None and line:
                choice = line.pop()
                if choice not in taken:
                    taken.add(choice)
                    found[at] = members[choice]
                    shared.setdefault((entry.version, entry.size), members[choice])
    return [
        shared.get((entry.version, entry.size)) if member is None else member
        for entry, member in zip(entries, found, strict=True)
    ]


def _paired(
    entries: Iterable[FileEntry], named: Mapping[str, Sequence[Member]]
) -> tuple[tuple[FileEntry, Member | None], ...]:
    """Pair rows with members; the order of the rows stays."""
    rows = tuple(entries)
    groups: dict[str, list[int]] = {}
    for at, entry in enumerate(rows):
        groups.setdefault(entry.name.casefold(), []).append(at)
    answers: list[Member | None] = [None] * len(rows)
    for name, places in groups.items():
        found = _answers([rows[at] for at in places], named.get(name, ()))
        for at, member in zip(places, found, strict=True):
            answers[at] = member
    return tuple(zip(rows, answers, strict=True))


def _of_package(entries: Iterable[FileEntry], packages: PackageSet) -> list[FileEntry]:
    """Leave out rows for another Windows, where an article has several."""
    rows = list(entries)
    root = packages.root
    version = (root.identity.version or "") if root is not None else ""
    parts = version.split(".")
    if len(parts) != 4 or not all(p.isascii() and p.isdigit() for p in parts):
        return rows
    own = int(parts[0][:5]), int(parts[1][:5])
    kept = [
        row
        for row in rows
        if own in (windows_versions(row.product or "") or frozenset({own}))
    ]
    return kept or rows


def _by_name(packages: PackageSet) -> dict[str, list[Member]]:
    """Return the members by folded name, documents by their identity's as well."""
    found: dict[str, list[Member]] = {}
    for member in packages.container.members:
        if member.kind in (*_COMPARED, Kind.OTHER):
            name = member.key.rpartition("\\")[2]
            found.setdefault(name, []).append(member)
    for document in packages.documents:
        name = (promised_name(document) or "").casefold()
        if name and name not in found:
            found[name] = [document.member]
    return found


def deliver(
    spec: KbSpec,
    packages: PackageSet,
    *,
    explained: frozenset[tuple[str, ...]] = frozenset(),
) -> Delivery:
    """Pair each promised row of the package's architecture with a member.

    Rows and members of one name (a file of several components) are paired so
    that version, size and time agree best.  Where the article has tables for several
    versions of Windows, those of the package's own are taken.  Beside another
    article or architecture nothing is paired: HF306 says so.

    Args:
        explained: Places of members that other rules already call wrong.
    """
    number = kb_number(packages)
    architecture = _architecture(packages)
    named = _by_name(packages)
    pairs = _paired(
        _of_package(
            (
                entry
                for entry in spec.files
                if entry.architecture is architecture and number in (None, spec.number)
            ),
            packages,
        ),
        named,
    )
    listed = {entry.name.casefold() for entry, _ in pairs}
    answering = {member.where for _, member in pairs if member is not None}
    unlisted = tuple(
        member
        for member in packages.container.members
        if member.kind in _COMPARED or is_payload(member)
        if pairs and member.key.rpartition("\\")[2] not in listed
        if member.where not in answering
    )
    return Delivery(
        where=packages.container.where,
        spec=spec,
        number=number,
        architecture=architecture,
        pairs=pairs,
        unlisted=unlisted,
        explained=explained,
        missed=packages.missed,
        is_incomplete=bool(packages.absences),
    )
