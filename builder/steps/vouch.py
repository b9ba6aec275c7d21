"""Find out for which places a publisher's signature vouches.

The publisher is the one whose packages the rules were observed on: a chain
counts if it ends in a pinned root of Microsoft, whatever else is accepted.
"""

from collections.abc import Iterable, Iterator

from builder.formats.microsoft_roots import FINGERPRINTS
from builder.model.evidence import VerifiedSignature
from builder.model.subject import JudgedCatalog, JudgedSeal, PackageSet, PackageStore
from builder.model.unpacked import Container, Member
from builder.model.vouched import Place, Vouched, around
from builder.rules.coverage import digests, member_digest


def _is_publishers(signature: VerifiedSignature) -> bool:
    return signature.chain[-1].sha256 in FINGERPRINTS


def _published(group: PackageSet | PackageStore) -> tuple[JudgedCatalog, ...]:
    return tuple(
        judged
        for judged in group.catalogs
        if judged.verified is not None and _is_publishers(judged.verified.signature)
    )


def _listed(
    members: Iterable[Member], catalogs: Iterable[JudgedCatalog]
) -> tuple[list[Place], bool]:
    """Return the places that catalogs list, and whether nothing else is listed."""
    waiting = {
        member_digest(entry)
        for judged in catalogs
        if judged.catalog is not None
        for entry in judged.catalog.members
    }
    known = frozenset(waiting)
    places: list[Place] = []
    for member in members:
        if member.facts is None:
            continue
        found = [d for d, _ in digests(member.facts) if d in known]
        if found:
            places.append(member.where)
            waiting.difference_update(d for d, _ in digests(member.facts))
    return places, not waiting


def _groups(subjects: Iterable[object]) -> Iterator[PackageSet | PackageStore]:
    for subject in subjects:
        if isinstance(subject, (PackageSet, PackageStore)):
            yield subject


def _doubled(subjects: Iterable[object]) -> frozenset[Place]:
    """Return the places at which two members lie: nobody knows which is meant."""
    seen: set[Place] = set()
    doubled: set[Place] = set()
    for subject in subjects:
        if isinstance(subject, Container):
            seen.clear()
            for member in subject.members:
                (doubled if member.where in seen else seen).add(member.where)
    return frozenset(doubled)


def vouch(subjects: Iterable[object]) -> Vouched:
    """Collect what verified signatures of the publisher say.

    They say nothing of places at which two members lie, or in which.
    """
    subjects = tuple(subjects)
    doubled = _doubled(subjects)

    def single(places: Iterable[Place]) -> frozenset[Place]:
        return frozenset(p for p in places if doubled.isdisjoint(around(p)))

    sealed = single(
        subject.container.where
        for subject in subjects
        if isinstance(subject, JudgedSeal)
        and subject.verified is not None
        and _is_publishers(subject.verified.signature)
    )
    complete: list[Place] = []
    listed: list[Place] = []
    for group in _groups(subjects):
        catalogs = _published(group)
        if not catalogs:
            continue
        places, is_complete = _listed(group.container.members, catalogs)
        listed += places
        if is_complete and len(catalogs) == len(group.catalogs):
            complete.append(group.container.where)
    return Vouched(sealed=sealed, complete=single(complete), listed=single(listed))
