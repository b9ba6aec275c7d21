"""Put a package beside the article that promises it."""

from collections.abc import Iterable

from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.subject import Delivery, PackageSet, is_payload
from builder.model.unpacked import Kind, Member
from builder.rules.absence import missed
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


def _agreement(entry: FileEntry, member: Member) -> tuple[bool, bool]:
    pe = member.facts.pe if member.facts is not None else None
    version = pe.version if pe is not None else None
    return entry.version in (None, version), entry.size == member.size


def _answer(entry: FileEntry, candidates: Iterable[Member]) -> Member | None:
    """Choose the member that agrees best; of equals, the first."""
    return max(candidates, key=lambda m: _agreement(entry, m), default=None)


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

    A row that several members could answer (one name in several components)
    is paired with the one whose version and size agree best.  Beside another
    article or architecture nothing is paired: HF306 says so.

    Args:
        explained: Places of members that other rules already call wrong.
    """
    number = kb_number(packages)
    architecture = _architecture(packages)
    named = _by_name(packages)
    pairs = tuple(
        (entry, _answer(entry, named.get(entry.name.casefold(), ())))
        for entry in spec.files
        if entry.architecture is architecture and number in (None, spec.number)
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
        missed=missed(packages),
    )
