"""Say what an answer rests on: verified, inferred, not checked."""

from collections.abc import Collection, Iterator

from builder.model.finding import Finding, PackageReport
from builder.model.subject import (
    Delivery,
    Document,
    JudgedCatalog,
    JudgedProgram,
    JudgedSeal,
    PackageStore,
)
from builder.model.unpacked import Container, Form, Kind
from builder.rules.coverage import Coverage
from builder.rules.times import offset
from builder.steps.account_absent import outer_sentences, revocation_sentences
from builder.steps.account_delta import (
    expanded_sentences,
    restored_sentences,
    waiting_sentences,
)
from builder.steps.account_program import program_sentences, unjudged_sentences
from builder.steps.account_store import stored_keys
from builder.steps.account_trust import catalog_sentences, seal_sentences


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def checked_keys(
    coverages: tuple[Coverage, ...], catalogs: tuple[JudgedCatalog, ...]
) -> set[tuple[str, ...]]:
    """Return the places of members whose bytes are held to a promise.

    A promise is an entry of a verified catalog or the digest of a manifest;
    a catalog is held to its own signature.
    """
    proven = {c.member.where for c in catalogs if c.verified is not None}
    checked = set(proven)
    for coverage in coverages:
        keys = {
            c.member.key for c in coverage.packages.catalogs if c.verified is not None
        }
        for member in coverage.packages.container.members:
            if coverage.holders.get(member.key, frozenset()) & keys:
                checked.add(member.where)
        for promise in coverage.packages.promised:
            member_ = promise.member
            if member_ is not None and member_.facts is not None:
                digest = promise.file.digest
                if digest in (member_.facts.sha256, member_.facts.sha1):
                    checked.add(member_.where)
    return checked


def _verified(
    catalogs: tuple[JudgedCatalog, ...],
    seals: tuple[JudgedSeal, ...],
    deliveries: tuple[Delivery, ...],
    coverages: tuple[Coverage, ...],
) -> Iterator[str]:
    anchors: dict[str, list[JudgedCatalog]] = {}
    for judged in catalogs:
        if judged.verified is not None:
            anchor = judged.verified.chain[-1].subject
            anchors.setdefault(anchor, []).append(judged)
    for anchor, signed in anchors.items():
        yield f"{_count(len(signed), 'catalog')} signed under {anchor}"
    yield from catalog_sentences(catalogs)
    yield from seal_sentences(seals)
    for coverage in coverages:
        keys = {
            c.member.key for c in coverage.packages.catalogs if c.verified is not None
        }
        total = sum(bool(held & keys) for held in coverage.holders.values())
        if total:
            yield f"{_count(total, 'file')} listed in these catalogs"
    for delivery in deliveries:
        met = sum(
            member is not None and member.where not in delivery.explained
            for _, member in delivery.pairs
        )
        if met:
            yield (
                f"{met:,} of {_count(len(delivery.pairs), 'row')} of "
                f"KB{delivery.spec.number} compared: name, size, version, date, time, "
                "platform"
            )


def _inferred(
    deliveries: tuple[Delivery, ...], catalogs: tuple[JudgedCatalog, ...]
) -> Iterator[str]:
    for delivery in deliveries:
        if any(member is not None for _, member in delivery.pairs):
            shift = offset(delivery)
            zone = "UTC" if not shift else "local times"
            yield f"the cabinet's times were read as {zone}"
        documents = [m for m in delivery.unlisted if m.kind is Kind.MUM]
        if documents:
            names = ", ".join(sorted(member.name for member in documents))
            yield f"not in the article's tables, as is usual: {names}"
    stamped = [c for c in catalogs if c.verified and not c.verified.timestamped]
    if stamped and stamped[0].verified is not None:
        at = stamped[0].verified.judged_at
        yield f"no time stamp: certificates judged at {at:%Y-%m-%d %H:%M} UTC"


def _not_checked(
    containers: tuple[Container, ...],
    documents: tuple[Document, ...],
    catalogs: tuple[JudgedCatalog, ...],
    *,
    coverages: tuple[Coverage, ...],
    deliveries: tuple[Delivery, ...],
    seals: tuple[JudgedSeal, ...],
    has_crls: bool,
    has_spec: bool,
) -> Iterator[str]:
    if containers[0].is_cabinet and not has_spec:
        yield "the article's tables: no article was given (--kb)"
    for delivery in deliveries:
        if not delivery.pairs:
            yield f"the tables of KB{delivery.spec.number}: they do not fit the package"
    for spec in dict.fromkeys(delivery.spec for delivery in deliveries):
        if spec.replaces:
            names = ", ".join(f"KB{number}" for number in spec.replaces)
            yield f"that KB{spec.number} replaces {names}: no package says so"
    if has_spec and not deliveries:
        yield "the article's tables: there is no package to compare (--kb)"
    yield from outer_sentences(containers, coverages, seals)
    yield from revocation_sentences(catalogs, seals, has_crls=has_crls)
    yield from waiting_sentences(containers)
    compressed = sum(d.is_compressed and d.member.waits is None for d in documents)
    if compressed:
        yield f"{_count(compressed, 'compressed manifest')} (DCM)"
    alone = containers[0]
    if alone.form is Form.FOLDER and not coverages:
        yield "references to packages, components and files outside of the folder"
    if not alone.is_cabinet:
        yield "references to other files: the file was given alone"


def account(
    path: str,
    *,
    findings: Collection[Finding],
    containers: tuple[Container, ...],
    catalogs: tuple[JudgedCatalog, ...],
    documents: tuple[Document, ...],
    coverages: tuple[Coverage, ...],
    deliveries: tuple[Delivery, ...],
    seals: tuple[JudgedSeal, ...],
    programs: tuple[JudgedProgram, ...],
    stores: tuple[PackageStore, ...],
    has_crls: bool,
    has_spec: bool,
) -> PackageReport:
    """Make the report of one top-level file."""
    files = [
        member
        for container in containers
        for member in container.members
        if member.kind is not Kind.CABINET
    ]
    checked = checked_keys(coverages, catalogs) | set(stored_keys(stores))
    return PackageReport(
        path=path,
        findings=findings,
        files=len(files),
        checked=sum(member.where in checked for member in files),
        verified=(
            *_verified(catalogs, seals, deliveries, coverages),
            *program_sentences(programs),
            *restored_sentences(containers),
        ),
        inferred=(
            *_inferred(deliveries, catalogs),
            *expanded_sentences(containers),
        ),
        not_checked=(
            *_not_checked(
                containers,
                documents,
                catalogs,
                coverages=coverages,
                deliveries=deliveries,
                seals=seals,
                has_crls=has_crls,
                has_spec=has_spec,
            ),
            *unjudged_sentences(programs),
        ),
    )
