"""A document is not reached from the package.

What it checks: starting at `update.mum` (and `update-bf.mum`), that updates,
deployments and components lead to every .mum and every manifest.  Of documents
that lead to each other, those that nothing leads to are told.

Why it matters: what is not reached is never installed, although the package
carries and signs it.

How to fix it: refer to the document, or leave it out.

Source: observed: every document of every genuine package is reached.
"""

from collections.abc import Iterable, Iterator, Mapping

from builder.model.finding import Hit, Severity
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf202_name_differs_from_identity import is_misnamed

_ROOTS = ("update.mum", "update-bf.mum")

_Graph = Mapping[str, list[str]]


def _graph(packages: PackageSet) -> _Graph:
    """Return the keys of the documents that each document leads to."""
    found: dict[str, list[str]] = {
        document.member.key: [] for document in packages.documents
    }
    for referral in packages.referrals:
        target = packages.keys.get(referral.name)
        if target is not None:
            found[referral.origin].append(target)
    return found


def _reached(graph: _Graph, starts: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(graph[name])
    return reached


def _starts(packages: PackageSet) -> list[str]:
    """Return where Windows begins; a copy under the full name is the same."""
    starts = [d.member.key for d in packages.documents if d.member.key in _ROOTS]
    own = {
        package.identity
        for document, package in packages.packages
        if document.member.key in starts
    }
    copies = [d.member.key for d, p in packages.packages if p.identity in own]
    return [*starts, *copies] if starts else []


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each document that no root and no other lost document leads to."""
    is_faulty = any(document.faults for document in packages.documents)
    if packages.unread or is_faulty or packages.absences:
        return  # what is damaged or absent may be what leads there
    starts = _starts(packages)
    if not starts:
        return  # without a root there is nothing to measure against: HF207
    graph = _graph(packages)
    reached = _reached(graph, starts)
    lost = [name for name in graph if name not in reached]
    if lost and any(is_misnamed(document) for document in packages.documents):
        return  # HF202: it may be looked for under its right name
    led_to = {other for name in lost for other in graph[name] if other != name}
    told = [name for name in lost if name not in led_to]
    covered = _reached(graph, told)
    # What is left are circles; one of each is enough.
    for name in lost:
        if name not in covered:
            told.append(name)
            covered |= _reached(graph, [name])
    members = packages.members
    for name in told:
        yield Hit(
            where=members[name].where,
            message="nothing in the package leads to this document",
        )


RULE = Rule(
    id="HF206",
    name="document-unreachable",
    severity=Severity.WARNING,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_PACKAGE,
)
