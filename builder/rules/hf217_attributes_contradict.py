"""Attributes of a package contradict each other.

What it checks: all .mum files with the `identifier` of `update.mum` have its
`releaseType`, but for those of Windows 10 and later, which the component
builder calls Update whatever they are a part of; no `parent` is integrated as
`hidden`, which only packages that an update brings can be; a driver's `inf` is
the name of its identity, which may have a prefix such as `dual_`, and its
component has that file, marked as an INF (`infFile`); and the
condition of an update that brings drivers names one of them; `supportInformation`
links to the article that name and `identifier` say.  Where `update.mum`
alone has another release type than all the others, it is the one that is told.

Why it matters: Windows lists and removes an update by these values, and stages
a driver by its INF.

How to fix it: write one release type, and the name of the INF that is packed.

Source: observed in all genuine packages; published cumulative updates of
Windows 10 and 11.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.identity import manifest_name
from builder.model.package import Package
from builder.model.subject import Document, PackageSet
from builder.model.vouched import Yields
from builder.rules.clause import Clause, clause_hits, sound_root
from builder.rules.core import Rule
from builder.rules.number import number_of, number_of_name, number_of_support

_GENERAL = "Update"


def _is_alike(package: Package, root: Package) -> bool:
    """Tell whether a package has to have the root's release type."""
    is_built = package.identity.build_type is not None
    is_general = package.release_type == _GENERAL and is_built
    return package.identifier == root.identifier and not is_general


def odd_release_type(packages: PackageSet, root: Package) -> str | None:
    """Return the release type that all have but the root, if there is one."""
    others = [
        package.release_type
        for document, package in packages.packages
        if package is not root and not document.faults and _is_alike(package, root)
    ]
    kinds = set(others)
    is_odd = len(others) > 1 and len(kinds) == 1 and root.release_type not in kinds
    return others[0] if is_odd and root.release_type is not None else None


def _release(
    package: Package, root: Package | None, odd: str | None
) -> Iterator[Clause]:
    if root is None or None in (package.release_type, root.release_type):
        return
    if odd is not None:
        if package is root:
            clause = f"releaseType is {root.release_type}; that of all others is {odd}"
            yield clause, package.identity.line
    elif _is_alike(package, root) and package.release_type != root.release_type:
        own, other = package.release_type, root.release_type
        clause = f"releaseType is {own}; that of {root.identity.name} is {other}"
        yield clause, package.identity.line


def _parents(package: Package) -> Iterator[Clause]:
    for parent in package.parents:
        if parent.integrate == "hidden":
            yield "a parent is integrated as hidden", parent.line


def _support(package: Package) -> Iterator[Clause]:
    numbers = {number_of(package.identifier), number_of_name(package.identity.name)}
    support = number_of_support(package.support_information)
    if support is not None and numbers != {None} and support not in numbers:
        clause = f"links to KB{support} from the package {package.identity.name}"
        yield clause, package.identity.line


def _drivers(package: Package) -> Iterator[Clause]:
    for update in package.updates:
        for reference in update.references:
            name, inf = reference.identity.name.casefold(), reference.inf
            if inf is not None and not name.endswith(inf.casefold()):
                yield f"the driver {name} has the INF {inf}", reference.line


def _unmarked(packages: PackageSet) -> Iterator[tuple[Document, Clause]]:
    """Yield each driver whose component has no file that is marked as its INF."""
    marked = {
        document.member.key: {f.name.casefold() for f in component.files if f.is_inf}
        for document, component in packages.components
        if not document.faults
    }
    for document, package in packages.packages:
        for update in package.updates:
            for reference in update.references:
                name, inf = reference.identity.name, reference.inf
                if inf is None or not name.casefold().endswith(inf.casefold()):
                    continue  # no driver, or told already
                key = packages.keys.get(manifest_name(reference.identity), "")
                if inf.casefold() not in marked.get(key, {inf.casefold()}):
                    clause = f"the driver {name} brings no {inf} that is marked as INF"
                    yield document, (clause, reference.line)


def _conditions(package: Package) -> Iterator[Clause]:
    for update in package.updates:
        kinds = {reference.kind for reference in update.references}
        brought = {r.identity.name.casefold() for r in update.references}
        for condition in update.applicable if kinds == {"driver"} else ():
            for identity in condition.identities:
                if identity.name.casefold() not in brought:
                    clause = (
                        f"the update {update.name} asks for {identity.name}, "
                        "which is not the driver that it brings"
                    )
                    yield clause, identity.line


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each contradiction."""
    root = sound_root(packages)
    odd = None if root is None else odd_release_type(packages, root)
    for document, package in packages.packages:
        found = [
            *([] if document.faults else _release(package, root, odd)),
            *_support(package),
            *_parents(package),
            *_drivers(package),
            *_conditions(package),
        ]
        yield from clause_hits(document, found)
    for document, clause in _unmarked(packages):
        yield from clause_hits(document, (clause,))


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
