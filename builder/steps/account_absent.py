"""Say what no signature and no revocation list speaks of."""

from collections.abc import Iterable, Iterator

from builder.model.evidence import VerifiedSignature
from builder.model.subject import JudgedCatalog, JudgedSeal
from builder.model.unpacked import SCAN_CABINET, Container, Form, Kind
from builder.rules.coverage import Coverage

_OUTER = (Kind.UNATTEND, Kind.PROPERTIES)


def outer_sentences(
    containers: Iterable[Container],
    coverages: Iterable[Coverage],
    seals: Iterable[JudgedSeal],
) -> Iterator[str]:
    """Name the files beside a package that nothing signed vouches for."""
    sealed = {judged.container.where for judged in seals if judged.verified is not None}
    outer = {coverage.packages.container.where[:-1] for coverage in coverages}
    for container in containers:
        if container.where not in outer or container.where in sealed:
            continue
        if container.form is Form.FOLDER:
            yield from _beside(container)
            continue
        names = [
            member.name
            for member in container.members
            if member.kind in _OUTER
            or (member.key == SCAN_CABINET and member.where not in sealed)
        ]
        if names:
            place = "!".join(container.where)
            yield f"files of {place} that nothing signed covers: {', '.join(names)}"


def _beside(folder: Container) -> Iterator[str]:
    """Count what lies in a folder beside packages, of which it is no part."""
    others = [member.name for member in folder.members if member.kind is Kind.OTHER]
    if others:
        place = "!".join(folder.where)
        more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
        yield f"files of {place} beside its packages: {others[0]}{more}"


def revocation_sentences(
    catalogs: Iterable[JudgedCatalog], seals: Iterable[JudgedSeal], *, has_crls: bool
) -> Iterator[str]:
    """Say of which signatures revocation was not checked, and why."""
    found: tuple[JudgedCatalog | JudgedSeal, ...] = (*catalogs, *seals)
    signatures = [j.verified.signature for j in found if j.verified is not None]
    unknown = [s for s in signatures if not _is_checked(s)]
    if not unknown:
        return
    if not has_crls:
        yield "revocation: no revocation list was given (--crl)"
        return
    for gap in dict.fromkeys(s.revocation_gap for s in unknown):
        count = sum(s.revocation_gap == gap for s in unknown)
        why = gap or "no list speaks of it"
        yield f"revocation of {count:,} of {len(signatures):,} signatures: {why}"


def _is_checked(signature: VerifiedSignature) -> bool:
    stamp = signature.timestamp
    return signature.revocation_checked and (stamp is None or stamp.revocation_checked)
