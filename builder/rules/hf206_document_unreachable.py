"""A document is not reached from the package.

What it checks: starting at `update.mum` (and `update-bf.mum`), that updates,
deployments and components lead to every .mum and every manifest.

Why it matters: what is not reached is never installed, although the package
carries and signs it.

How to fix it: refer to the document, or leave it out.

Source: observed: every document of every genuine package is reached.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.identity import keyform, package_name
from builder.model.package import Package
from builder.model.subject import Document, PackageSet
from builder.model.vouched import Yields
from builder.rules.absence import absences
from builder.rules.core import Rule

_ROOTS = ("update.mum", "update-bf.mum")


def _names(value: object) -> Iterator[str]:
    """Yield the folded file names of what a package or component leads to."""
    if isinstance(value, Package):
        for update in value.updates:
            for reference in update.references:
                identity = reference.identity
                is_package = reference.kind == "package"
                if is_package:
                    yield f"{package_name(identity)}.mum".casefold()
                else:
                    yield f"{keyform(identity)}.manifest"
        return
    for dependency in getattr(value, "dependencies", ()):
        yield f"{keyform(dependency.identity)}.manifest"


def _graph(packages: PackageSet) -> tuple[dict[str, Document], dict[str, str]]:
    """Return the documents by file name, and file names by identity's name."""
    nodes: dict[str, Document] = {}
    aliases: dict[str, str] = {}
    for document, package in packages.packages:
        nodes[document.member.key] = document
        name = f"{package_name(package.identity)}.mum".casefold()
        aliases.setdefault(name, document.member.key)
    for document, component in packages.components:
        nodes[document.member.key] = document
        name = f"{keyform(component.identity)}.manifest"
        aliases.setdefault(name, document.member.key)
    return nodes, {a: key for a, key in aliases.items() if a not in nodes}


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each document that no root leads to."""
    is_faulty = any(document.faults for document in packages.documents)
    if packages.unread or is_faulty or absences(packages):
        return  # what is damaged or absent may be what leads there
    nodes, aliases = _graph(packages)
    waiting = [name for name in nodes if name in _ROOTS]
    if not waiting:
        return  # without a root there is nothing to measure against: HF207
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        name = aliases.get(name, name)
        if name in nodes and name not in reached:
            reached.add(name)
            waiting.extend(_names(nodes[name].value))
    for name, document in nodes.items():
        if name not in reached:
            yield Hit(
                where=document.member.where,
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
