"""Versions that belong together differ.

What it checks: the condition of an update names the version of the component
or driver that the update brings; and packages named after one article, such as
`Package_for_KB967724` and `Package_1_for_KB967724`, have one version.

Why it matters: an update whose condition asks for another version is never
applied, and a family of two versions was put together from two builds.

How to fix it: write the version of what is packed.

Source: observed in all genuine packages: 134 of 134 conditions, 101 of 101
such packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.package import Package, Update
from builder.model.subject import Document, PackageSet
from builder.model.vouched import Yields
from builder.rules.clause import clause_hits, sound_root
from builder.rules.core import Rule
from builder.rules.hf202_name_differs_from_identity import promised_name
from builder.rules.number import number_of_name


def _conditions(
    update: Update, absent: set[int | None]
) -> Iterator[tuple[str, int | None]]:
    """Yield a clause and its line for each condition of another version."""
    brings = [r for r in update.references if r.kind != "package"]
    versions = {reference.identity.version for reference in brings}
    if not versions or None in versions or any(r.line in absent for r in brings):
        return  # HF204
    for condition in update.applicable:
        for identity in condition.identities:
            if identity.version is not None and identity.version not in versions:
                brought = " and ".join(sorted(filter(None, versions)))
                clause = (
                    f"the update {update.name} asks for {identity.name} "
                    f"{identity.version} and brings {brought}"
                )
                yield clause, identity.line


def _family(
    root: Package | None, document: Document, package: Package
) -> Iterator[tuple[str, int | None]]:
    number = number_of_name(package.identity.name)
    if root is None or number is None or number_of_name(root.identity.name) != number:
        return
    if document.faults or promised_name(document) is not None:
        return  # HF102, HF202
    own, other = package.identity.version, root.identity.version
    if own != other and None not in (own, other):
        clause = f"has the version {own}; {root.identity.name} has {other}"
        yield clause, package.identity.line


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each version that does not fit."""
    root = sound_root(packages)
    names = {absence.name for absence in packages.absences}
    absent: dict[str, set[int | None]] = {}
    for referral in packages.referrals:
        if referral.name in names:
            key = referral.origin
            absent.setdefault(key, set()).add(referral.line)
    for document, package in packages.packages:
        lost = absent.get(document.member.key, set())
        found = [c for update in package.updates for c in _conditions(update, lost)]
        found += _family(root, document, package)
        yield from clause_hits(document, found)


RULE = Rule(
    id="HF216",
    name="version-contradicted",
    severity=Severity.WARNING,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
