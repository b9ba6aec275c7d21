"""Which branch of a component an update would take: GDR or LDR."""

import re
from collections.abc import Iterator
from enum import StrEnum

from builder.model.applicability import Reason, System, Truth
from builder.model.identity import AssemblyIdentity
from builder.model.package import Applicable, Package, Update
from builder.model.version import FileVersion

_TABLES = (
    "KB articles of the 6.x eras: tables of service branches (fourth number below "
    "20000: GDR, from 20000 on: LDR)"
)
_CHOICE = (
    "How does Windows choose which version of a file to install?, Microsoft, 2011: "
    "a file stays on its branch; where only LDR is offered it moves there"
)
_BRANCHED = ((6, 0), (6, 1), (6, 2))
_FIRST_LDR = 20_000
_NAME = re.compile(r".*_(?P<branch>GDR|LDR)", re.ASCII)


class Branch(StrEnum):
    """A line of builds of one component."""

    GDR = "GDR"
    LDR = "LDR"


def branch_of(version: FileVersion) -> Branch | None:
    """Return the branch that a version is on; None where there are none.

    Source: the tables of service branches in KB articles.
    """
    if version[:2] not in _BRANCHED:
        return None
    return Branch.LDR if version.revision >= _FIRST_LDR else Branch.GDR


def judge_updates(package: Package, system: System) -> tuple[Reason, ...]:
    """Judge the updates of a package that bring components or drivers.

    They say what would be put on the system, not whether the package is
    applicable.
    """
    branches = {_branch(update) for update in package.updates}
    return tuple(
        _update(update, branches, system)
        for update in package.updates
        if any(reference.kind != "package" for reference in update.references)
    )


def _branch(update: Update) -> Branch | None:
    match = _NAME.fullmatch(update.name)
    return None if match is None else Branch(match["branch"])


def _update(update: Update, offered: set[Branch | None], system: System) -> Reason:
    own = _branch(update)
    parts = tuple(
        _condition(identity, condition, own, offered, system)
        for condition in update.applicable
        for identity in condition.identities
    )
    truths = {part.truth for part in parts}
    truth = truths.pop() if len(truths) == 1 else Truth.UNKNOWN
    if not update.applicable:
        truth = Truth.HOLDS
    brings = ", ".join(_brought(update))
    return Reason(
        kind="update", name=update.name, truth=truth, says=brings, parts=parts
    )


def _brought(update: Update) -> Iterator[str]:
    for reference in update.references:
        identity = reference.identity
        yield f"brings {reference.kind} {identity.name} {identity.version or ''}"


def _condition(
    identity: AssemblyIdentity,
    condition: Applicable,
    own: Branch | None,
    offered: set[Branch | None],
    system: System,
) -> Reason:
    name = f"{identity.name} {identity.version or ''} {identity.architecture or ''}"
    word = "" if condition.elevate is None else f"elevate={condition.elevate}: "
    truth, says, source = _chosen(identity, own, offered, system)
    return Reason(
        kind="condition",
        name=name.rstrip(),
        truth=truth,
        says=f"{word}{says}",
        source=source,
    )


def _chosen(
    identity: AssemblyIdentity,
    own: Branch | None,
    offered: set[Branch | None],
    system: System,
) -> tuple[Truth, str, str | None]:
    if system.components is None:
        return Truth.UNKNOWN, "nobody lists the components of the system", None
    architecture = (identity.architecture or "").lower()
    present = system.highest.get((identity.name.casefold(), architecture))
    if present is None:
        says = "it is not on the system; what elevate does then is not published"
        return Truth.UNKNOWN, says, None
    branch = branch_of(present)
    if own is None or branch is None:
        says = f"{present} is there; this update is on no branch"
        return Truth.UNKNOWN, says, None
    if own is branch:
        return Truth.HOLDS, f"{present} is on {branch}, and so is this update", _TABLES
    if branch not in offered:
        says = f"{present} is on {branch}, and only {own} is offered"
        return Truth.HOLDS if own is Branch.LDR else Truth.UNKNOWN, says, _CHOICE
    return Truth.FAILS, f"{present} is on {branch}, and {branch} is offered", _CHOICE
