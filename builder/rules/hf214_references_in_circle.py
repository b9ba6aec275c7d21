"""Packages or deployments bring each other.

What it checks: following what updates bring and deployments install never
leads back to the start; and no package is its own only parent.

Why it matters: Windows resolves what a package brings before the package
itself: a circle has no beginning.  A package whose parent it is itself waits for
its own installation.

How to fix it: remove the reference that leads back.

Source: observed: no genuine package has a circle.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.identity import package_name
from builder.model.subject import PackageSet, Referral
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf202_name_differs_from_identity import is_misnamed


def _graph(packages: PackageSet) -> dict[str, list[tuple[str, Referral]]]:
    found: dict[str, list[tuple[str, Referral]]] = {}
    keys = packages.keys
    for referral in packages.referrals:
        target = keys.get(referral.name)
        if target is not None and referral.is_contained:
            found.setdefault(referral.origin, []).append((target, referral))
    return found


def _back_edges(graph: dict[str, list[tuple[str, Referral]]]) -> Iterator[Referral]:
    """Yield the references that lead back, each name visited once."""
    done: set[str] = set()
    for start, first in graph.items():
        if start in done:
            continue
        path, waiting = {start}, [(start, iter(first))]
        while waiting:
            name, edges = waiting[-1]
            for target, referral in edges:
                if target in path:
                    yield referral
                elif target not in done:
                    path.add(target)
                    waiting.append((target, iter(graph.get(target, ()))))
                    break
            else:
                waiting.pop()
                path.discard(name)
                done.add(name)


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each reference that closes a circle."""
    for document, package in packages.packages:
        own = package_name(package.identity).casefold()
        for parent in package.parents:
            names = {package_name(i).casefold() for i in parent.identities}
            if names == {own}:
                yield Hit(
                    where=document.member.where,
                    message="is its own parent",
                    line=parent.line,
                )
    for referral in _back_edges(_graph(packages)):
        if is_misnamed(referral.document):
            continue  # HF202: what it brings is brought by another
        yield Hit(
            where=referral.document.member.where,
            message=f"brings {referral.name}, which brings this document",
            line=referral.line,
        )


RULE = Rule(
    id="HF214",
    name="references-in-circle",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
