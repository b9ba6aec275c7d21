"""A catalog lists a file that is not in the package.

What it checks: every member of every catalog is the digest of some file in
the package.  A file that was changed or is missing explains one such member
and is reported by its own rule; an absent document explains any number.

Why it matters: what was signed is not what was packed.

How to fix it: build the package again from complete files.

Source: observed in genuine packages without delta compression: none extra.
"""

from collections.abc import Iterator

from builder.model.catalog import CatalogMember
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import Coverage, member_digest, own_catalog
from builder.rules.hf207_update_mum_absent import has_start


def _explained(coverage: Coverage) -> int:
    """Count the files that are changed, missing or unread."""
    packages = coverage.packages
    unread = sum(m.facts is None for m in packages.container.members)
    payload = {p.path for p in packages.promised if p.member is None}
    unread += sum(document.is_compressed for document in packages.documents)  # HF103
    is_start_lost = not has_start(packages)
    return len(coverage.uncovered) + unread + len(payload) + is_start_lost


def _foreign(coverage: Coverage) -> frozenset[str]:
    """Return the catalogs that list no file of the package, nor their own .mum.

    They belong to another package; HF505 says so of the .mum.
    """
    uncovered = {own_catalog(member.key) for member in coverage.uncovered}
    known = frozenset().union(*coverage.holders.values())
    return frozenset(uncovered - known)


def check(coverage: Coverage) -> Iterator[Hit]:
    """Yield each catalog with members that nothing explains."""
    if coverage.packages.absences:
        return  # HF203, HF204: what such a document would bring is absent as well
    unmatched: dict[bytes, tuple[JudgedCatalog, CatalogMember]] = {}
    foreign = _foreign(coverage)
    for judged, member in coverage.unmatched:
        if judged.member.key in foreign:
            continue
        unmatched.setdefault(member_digest(member), (judged, member))
    # Version 2 lists each file twice, by SHA-1 and by SHA-256.
    twice = any(j.catalog and j.catalog.version == 2 for j, _ in coverage.unmatched)
    if len(unmatched) <= _explained(coverage) * (2 if twice else 1):
        return
    by_catalog: dict[tuple[str, ...], list[CatalogMember]] = {}
    for judged, member in unmatched.values():
        by_catalog.setdefault(judged.member.where, []).append(member)
    for where, members in by_catalog.items():
        names = [a.value for a in members[0].attributes if a.name == "File"]
        name = f" ({', '.join(names)})" if names else ""
        more = f" and {len(members) - 1:,} more" if len(members) > 1 else ""
        digest = member_digest(members[0]).hex()
        yield Hit(
            where=where,
            message=f"lists {digest}{name}{more}: no file of the package",
        )


RULE = Rule(
    id="HF506",
    name="catalog-member-absent",
    severity=Severity.WARNING,
    subject=Coverage,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
