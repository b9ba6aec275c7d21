"""Take over the packages that a recipe writes out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from builder.model.identity import AssemblyIdentity, package_name
from builder.model.package import Applicable, Package, Reference, Update
from builder.model.plan import PlannedPackage
from builder.model.recipe import (
    RecipeCondition,
    RecipePackage,
    RecipeReference,
    RecipeUpdate,
)
from builder.steps.plan_family import usual_package, usual_parent
from builder.steps.plan_made import Made, Maker, changed, overridden


def write_out_family(
    maker: Maker, made: tuple[Made, ...]
) -> tuple[PlannedPackage, ...]:
    """Return the packages that the recipe writes out, in its order."""
    by_identity = {one.identity: one for one in made}
    return tuple(_planned(maker, one, by_identity) for one in maker.recipe.packages)


def _planned(
    maker: Maker, recipe: RecipePackage, made: dict[AssemblyIdentity, Made]
) -> PlannedPackage:
    package = _package(maker, recipe)
    name = recipe.file or f"{package_name(package.identity)}.mum".lower()
    entry = next(
        (
            row
            for row in maker.spec.files
            if row.architecture is maker.architecture
            if row.name.casefold() == name.casefold()
        ),
        None,
    )
    usual = maker.latest if entry is None else entry.modified
    return PlannedPackage(
        name=name,
        package=package,
        entry=entry,
        modified=recipe.time or usual,
        stems=tuple(dict.fromkeys(_stems(package, made))),
        style=recipe.style,
    )


def _package(maker: Maker, recipe: RecipePackage) -> Package:
    number = maker.spec.number
    is_leaf = any(r.kind != "package" for u in recipe.updates for r in u.references)
    usual = usual_package(maker, recipe.name, is_leaf=is_leaf)
    stamp = _stamp(recipe.time or maker.latest)
    installer = None
    if recipe.installer is not None and usual.installer is not None:
        installer = changed(usual.installer, recipe.installer, number=number)
    package = replace(
        usual,
        created=stamp,
        updated=stamp,
        identity=changed(usual.identity, recipe.identity, number=number),
        parents=tuple(usual_parent(maker, one) for one in recipe.parents or (None,)),
        installer=installer,
        updates=tuple(_update(maker, update) for update in recipe.updates),
        custom=recipe.custom,
        extended=recipe.extended,
    )
    return overridden(package, recipe.attributes)


def _stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _update(maker: Maker, recipe: RecipeUpdate) -> Update:
    update = Update(
        name=recipe.name.replace("{kb}", str(maker.spec.number)),
        references=tuple(_reference(maker, one) for one in recipe.references),
        applicable=tuple(_condition(maker, one) for one in recipe.applicable),
    )
    return overridden(update, recipe.attributes)


def _condition(maker: Maker, recipe: RecipeCondition) -> Applicable:
    return Applicable(
        identities=tuple(
            changed(_assembly(maker), one, number=maker.spec.number)
            for one in recipe.identities
        ),
        target=recipe.target,
        elevate=recipe.elevate,
        disposition=recipe.disposition,
    )


def _assembly(maker: Maker) -> AssemblyIdentity:
    return maker.assembly("", str(maker.recipe.package_version))


def _reference(maker: Maker, recipe: RecipeReference) -> Reference:
    usual = _assembly(maker)
    if recipe.kind == "package":
        usual = replace(usual, build_type=None, version_scope=None)
    reference = Reference(
        kind=recipe.kind,
        identity=changed(usual, recipe.identity, number=maker.spec.number),
        integrate="hidden" if recipe.kind == "package" else None,
        extended=recipe.extended,
    )
    return overridden(reference, recipe.attributes)


def _stems(package: Package, made: dict[AssemblyIdentity, Made]) -> Iterator[str]:
    """Yield the components that a package leads to, and those they install."""
    waiting = [r.identity for u in package.updates for r in u.references]
    seen: set[AssemblyIdentity] = set()
    for identity in waiting:  # grows on the way
        one = made.get(identity)
        if one is None or identity in seen:
            continue
        seen.add(identity)
        yield one.planned.stem
        waiting += (d.identity for d in one.planned.component.dependencies)
