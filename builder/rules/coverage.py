"""Which file of a package is which member of which catalog."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder.errors import SignatureFault
from builder.model.catalog import CatalogMember
from builder.model.inventory import Facts, PeFacts
from builder.model.subject import JudgedCatalog, PackageSet
from builder.model.unpacked import Kind, Member

_LISTS = (Kind.CATALOG, Kind.INDEX, Kind.EXPRESS, Kind.CABINETS)
_CHANGED = (SignatureFault.STRUCTURE, SignatureFault.DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The two-way match of files and catalog members.

    Attributes:
        packages: The package that was matched.
        uncovered: Files that no readable catalog lists.
        unmatched: Catalog members that are no file, with their catalog.
        unpadded: Files listed only by the image hash without padding.
        explained: Places that rules about single files already call wrong.
        holders: Keys of the catalogs that list a file, by the file's key; without
            files that none lists.
    """

    packages: PackageSet
    uncovered: tuple[Member, ...]
    unmatched: tuple[tuple[JudgedCatalog, CatalogMember], ...]
    unpadded: tuple[Member, ...]
    holders: Mapping[str, frozenset[str]]
    explained: frozenset[tuple[str, ...]] = frozenset()


def member_digest(member: CatalogMember) -> bytes:
    """Return the digest that a catalog member stands for."""
    return member.tag if member.digest is None else member.digest


def digests(facts: Facts) -> tuple[tuple[bytes, bool], ...]:
    """Return the digests by which a catalog may list a file.

    A program file is listed by its image hash, any other file by the hash of
    its bytes.  The flag says that the hash needs no excuse: padded, or flat.
    """
    pe = facts.pe
    if pe is None:
        return (facts.sha1, True), (facts.sha256, True)
    return tuple(_of_images(pe))


def _of_images(pe: PeFacts) -> Iterator[tuple[bytes, bool]]:
    for image in (pe.sha1, pe.sha256):
        yield image.padded, True
        if image.unpadded != image.padded:
            yield image.unpadded, False


def listed_digests(member: Member) -> tuple[tuple[bytes, bool], ...]:
    """Return the digests by which a catalog may list a member.

    A compressed manifest that was decoded may be listed by its text: it is
    compressed where it is installed.
    """
    own = () if member.facts is None else digests(member.facts)
    if member.expanded is None:
        return own
    return own + digests(member.expanded.facts)


def is_listable(member: Member) -> bool:
    """Tell whether catalogs have to list a member.

    All are listed but catalogs and what says where the files of a package lie.
    """
    is_list = member.kind in _LISTS
    return not is_list and member.facts is not None


def own_catalog(mum: str) -> str:
    """Return the folded name of the catalog that has to list a .mum."""
    return mum.removesuffix(".mum") + ".cat"


def catalogless(packages: PackageSet) -> tuple[Member, ...]:
    """Return the .mum files without a catalog of their own name."""
    return tuple(
        member
        for member in packages.container.members
        if member.kind is Kind.MUM and own_catalog(member.key) not in packages.members
    )


def has_damaged_catalog(packages: PackageSet) -> bool:
    """Tell whether a catalog is there that is damaged: its list may be another."""
    return any(key.endswith(".cat") for key in packages.unread) or any(
        judged.fault is not None and judged.fault.fault in _CHANGED
        for judged in packages.catalogs
    )


def is_told_if_unlisted(packages: PackageSet) -> bool:
    """Tell whether HF505 speaks of each file that no catalog lists.

    It is silent where a catalog is damaged or absent, which may list anything:
    HF001, HF203, HF501, HF504, HF508.
    """
    absent = (a.name for a in packages.absences if a.name.endswith(".mum"))
    is_absent = bool(catalogless(packages)) or any(
        own_catalog(name) not in packages.members for name in absent
    )
    return not (has_damaged_catalog(packages) or is_absent)


def all_listed(packages: PackageSet) -> frozenset[bytes]:
    """Return the digests that the catalogs of a package list."""
    return frozenset(
        member_digest(entry)
        for judged in packages.catalogs
        if judged.catalog is not None
        for entry in judged.catalog.members
    )


def cover(
    packages: PackageSet, *, explained: frozenset[tuple[str, ...]] = frozenset()
) -> Coverage:
    """Match every file with every catalog member, in linear time.

    Args:
        explained: Places that rules about single files already call wrong.
    """
    listed: dict[bytes, set[str]] = {}
    for judged in packages.catalogs:
        if judged.catalog is not None:
            for entry in judged.catalog.members:
                digest = member_digest(entry)
                listed.setdefault(digest, set()).add(judged.member.key)
    uncovered: list[Member] = []
    unpadded: list[Member] = []
    holders: dict[str, frozenset[str]] = {}
    matched: set[bytes] = set()
    for member in packages.container.members:
        if not is_listable(member):
            continue
        hits = [hit for hit in listed_digests(member) if hit[0] in listed]
        if not hits:
            uncovered.append(member)
            holders.pop(member.key, None)
            continue
        matched.update(digest for digest, _ in hits)
        holders[member.key] = frozenset().union(*(listed[d] for d, _ in hits))
        if not any(clean for _, clean in hits):
            unpadded.append(member)
    unmatched = tuple(
        (judged, entry)
        for judged in packages.catalogs
        if judged.catalog is not None
        for entry in judged.catalog.members
        if member_digest(entry) not in matched
    )
    return Coverage(
        packages=packages,
        uncovered=tuple(uncovered),
        unmatched=unmatched,
        unpadded=tuple(unpadded),
        holders=holders,
        explained=explained,
    )
