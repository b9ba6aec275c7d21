"""Attributes of a package contradict each other.

What it checks: all .mum files with the `identifier` of `update.mum` have its
`releaseType`, but for those of Windows 10 and later, which the component
builder calls Update whatever they are a part of; no `parent` is integrated as
`hidden`, which only packages that an update brings can be; and a driver's `inf`
is the name of its identity, which may have a prefix such as `dual_`.

Why it matters: Windows lists and removes an update by these values, and stages
a driver by its INF.

How to fix it: write one release type, and the name of the INF that is packed.

Source: observed in all genuine packages; published cumulative updates of
Windows 10 and 11.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.package import Package
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.clause import Clause, clause_hits, sound_root
from builder.rules.core import Rule

_GENERAL = "Update"


def _release(package: Package, root: Package | None) -> Iterator[Clause]:
    if root is None or None in (package.release_type, root.release_type):
        return
    is_part = package.identifier == root.identifier
    is_general = (
        package.release_type == _GENERAL and package.identity.build_type is not None
    )
    if is_part and not is_general and package.release_type != root.release_type:
        own, other = package.release_type, root.release_type
        clause = f"releaseType is {own}; that of {root.identity.name} is {other}"
        yield clause, package.identity.line


def _parents(package: Package) -> Iterator[Clause]:
    for parent in package.parents:
        if parent.integrate == "hidden":
            yield "a parent is integrated as hidden", parent.line


def _drivers(package: Package) -> Iterator[Clause]:
    for update in package.updates:
        for reference in update.references:
            name, inf = reference.identity.name.casefold(), reference.inf
            if inf is not None and not name.endswith(inf.casefold()):
                yield f"the driver {name} has the INF {inf}", reference.line


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each contradiction."""
    root = sound_root(packages)
    for document, package in packages.packages:
        found = [
            *([] if document.faults else _release(package, root)),
            *_parents(package),
            *_drivers(package),
        ]
        yield from clause_hits(document, found)


RULE = Rule(
    id="HF217",
    name="attributes-contradict",
    severity=Severity.WARNING,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
