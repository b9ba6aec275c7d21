"""Compute the packages over components: leaves, levels and update.mum.

Source: the families of KB2999226 (6.0), KB2584475 (6.1) and KB2938772 (6.3).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from builder.errors import PlanError
from builder.model.identity import AssemblyIdentity, keyform, package_name
from builder.model.kb import Restart
from builder.model.package import (
    Applicable,
    Component,
    Dependency,
    Package,
    Parent,
    Reference,
    Update,
)
from builder.model.plan import ROOT_NAME, PlannedComponent, PlannedPackage
from builder.model.recipe import RecipeLevel, RecipeParent
from builder.steps.plan_made import Made, Maker, changed, overridden
from builder.steps.plan_package import family_package

_BRANCHES = ("LDR", "GDR")
"""In the order that leaves have them."""


def usual_package(maker: Maker, name: str, *, is_leaf: bool = False) -> Package:
    """Return a package with the attributes that all of a family have."""
    recipe, number = maker.recipe, maker.spec.number
    return family_package(
        AssemblyIdentity(
            name=name.replace("{kb}", str(number)),
            version=str(recipe.package_version),
            language="neutral",
            architecture=maker.architecture.value,
            public_key_token=recipe.public_key_token,
        ),
        recipe=recipe,
        number=number,
        restart=_restart(maker),
        modified=maker.latest,
        is_leaf=is_leaf,
    )


def _restart(maker: Maker) -> str:
    said = maker.recipe.restart
    if said is not None:
        return said
    return "required" if maker.spec.restart is Restart.REQUIRED else "possible"


def usual_parent(maker: Maker, parent: RecipeParent | None = None) -> Parent:
    """Return a parent as its era writes it, changed as the recipe says."""
    era = maker.recipe.conventions
    usual = AssemblyIdentity(
        name=era.parent_name,
        version=era.parent_version,
        architecture=maker.architecture.value,
        language="neutral",
        build_type="release",
        public_key_token=maker.recipe.public_key_token,
        version_scope=era.parent_scope,
    )
    if parent is None:
        parent = RecipeParent(identities=((),))
    number = maker.spec.number
    made = Parent(
        identities=tuple(changed(usual, x, number=number) for x in parent.identities),
        build_compare=era.parent_compare,
        service_compare=era.parent_compare,
    )
    return overridden(made, parent.attributes)


@dataclass(slots=True)
class _Family:
    """The packages so far; updates are numbered through all of them."""

    maker: Maker
    packages: list[PlannedPackage] = field(default_factory=list)
    deployments: dict[str, PlannedComponent] = field(default_factory=dict)
    numbered: int = 0

    def name(self, word: str) -> str:
        self.numbered += 1
        return f"{self.maker.spec.number}-{self.numbered}_neutral_{word}"

    def add(
        self, package: Package, *, file: str | None = None, stems: Iterable[str] = ()
    ) -> None:
        name = file or f"{package_name(package.identity)}.mum".lower()
        rows = [e for e in self.maker.spec.files if e.name.casefold() == name]
        entry = next(
            (e for e in rows if e.architecture is self.maker.architecture), None
        )
        self.packages.append(
            PlannedPackage(
                name=name,
                package=package,
                entry=entry,
                modified=self.maker.latest if entry is None else entry.modified,
                stems=tuple(stems),
            )
        )

    def wrapper(self, package: Package) -> Update:
        reference = Reference(
            kind="package", identity=package.identity, integrate="hidden"
        )
        return Update(name=self.name("PACKAGE"), references=(reference,))

    def deployment(self, components: Sequence[Made]) -> PlannedComponent:
        """Return the deployment that installs components; made once."""
        stems = sorted(one.planned.stem for one in components)
        text = "\n".join((str(self.maker.spec.number), *stems))
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        if name not in self.deployments:
            version = str(max(one.recipe.version for one in components))
            component = Component(
                identity=self.maker.assembly(name, version),
                is_deployment=True,
                dependencies=tuple(
                    Dependency(
                        identity=one.identity,
                        discoverable="false",
                        dependency_type="install",
                    )
                    for one in components
                ),
            )
            stem = keyform(component.identity)
            self.deployments[name] = PlannedComponent(
                stem=stem,
                component=component,
                entry=None,
                payload=(),
                modified=self.maker.latest,
            )
        return self.deployments[name]


def compute_family(
    maker: Maker, made: tuple[Made, ...]
) -> tuple[tuple[PlannedPackage, ...], tuple[PlannedComponent, ...]]:
    """Compute the packages and deployments over components.

    Raises:
        PlanError: A level brings nothing.
    """
    family = _Family(maker)
    levels = maker.recipe.levels or (RecipeLevel(name=""),)
    wrapped: dict[str | None, list[Package]] = {}
    outer = {level.within for level in levels}
    inner = [level for level in levels if level.name not in outer]
    for number, level in enumerate(inner, 1):
        leaf = _leaf(family, level, made, number)
        wrapped[level.name] = [leaf]
        if level.within is not None:
            # The service pack levels of 6.0 follow their leaves directly.
            _wrap(family, level, wrapped)
    if maker.recipe.levels:
        for level in _inside_out(levels):
            if level not in inner or level.within is None:
                _wrap(family, level, wrapped)
    _root(family, levels, wrapped)
    return tuple(family.packages), tuple(family.deployments.values())


def _inside_out(levels: Sequence[RecipeLevel]) -> list[RecipeLevel]:
    """Return levels so that each follows what it wraps, else in their order."""
    depths: dict[str | None, int] = {None: 0}
    for level in levels:  # each stands behind the one around it
        depths[level.name] = depths[level.within] + 1
    return sorted(levels, key=lambda level: -depths[level.name])


def _wrap(
    family: _Family, level: RecipeLevel, wrapped: dict[str | None, list[Package]]
) -> None:
    """Plan a level over what it wraps, and hand it to the level around it."""
    package = _level(family, level, wrapped[level.name])
    wrapped.setdefault(level.within, []).append(package)


def _leaf(
    family: _Family, level: RecipeLevel, made: tuple[Made, ...], number: int
) -> Package:
    around = _around(family.maker.recipe.levels, level)
    brought = [
        one
        for one in made
        if not one.recipe.levels or around.intersection(one.recipe.levels)
    ]
    if not brought:
        word = family.maker.architecture.word
        raise PlanError(f"level {level.name} brings no component for {word}")
    name = f"Package_{number}_for_KB{{kb}}"
    deployed: list[PlannedComponent] = []
    updates = tuple(_updates(family, brought, deployed))
    package = replace(
        usual_package(family.maker, name, is_leaf=True),
        parents=_parents(family.maker, (level,)),
        updates=updates,
    )
    stems = [one.planned.stem for one in brought]
    family.add(package, stems=(*stems, *(one.stem for one in deployed)))
    return package


def _around(levels: Sequence[RecipeLevel], level: RecipeLevel) -> set[str]:
    """Return the names of a level and of those that it lies within."""
    found = {level.name}
    within = level.within
    for outer in reversed(levels):  # each stands behind the one around it
        if outer.name == within:
            found.add(outer.name)
            within = outer.within
    return found


def _parents(maker: Maker, levels: Sequence[RecipeLevel]) -> tuple[Parent, ...]:
    """Return the parents of levels; those that differ in nothing else are one."""
    found: list[Parent] = []
    for level in levels:
        for parent in (usual_parent(maker, p) for p in level.parents or (None,)):
            same = replace(parent, identities=())
            at = next(
                (
                    at
                    for at, known in enumerate(found)
                    if replace(known, identities=()) == same
                ),
                None,
            )
            if at is None:
                found.append(parent)
            else:
                both = (*found[at].identities, *parent.identities)
                found[at] = replace(found[at], identities=tuple(dict.fromkeys(both)))
    return tuple(found)


def _updates(
    family: _Family, brought: Sequence[Made], deployed: list[PlannedComponent]
) -> Iterator[Update]:
    """Yield the updates of a leaf: drivers each, components by branch."""
    for one in brought:
        if one.recipe.inf is not None and one.identity.type == "driverUpdate":
            yield _driver(family, one)
    plain = [one for one in brought if one.identity.type != "driverUpdate"]
    usual = "LDR" if family.maker.recipe.era in ("6.0", "6.1") else "GDR"
    branches = {one.recipe.branch or usual for one in plain}
    for branch in _BRANCHES:
        if branch in branches:
            chosen = [x for x in plain if (x.recipe.branch or usual) == branch]
            # A system on LDR keeps to it; one on GDR moves only by itself.
            is_kept = branch == "LDR" and len(branches) > 1
            elevate = "revision" if is_kept else "install"
            deployment = family.deployment(chosen)
            deployed.append(deployment)
            yield _component(family, branch, elevate, chosen, deployment)


def _component(
    family: _Family,
    branch: str,
    elevate: str,
    chosen: Sequence[Made],
    deployment: PlannedComponent,
) -> Update:
    said = next((one.recipe.elevate for one in chosen if one.recipe.elevate), None)
    return Update(
        name=family.name(branch),
        applicable=(
            Applicable(
                identities=tuple(one.identity for one in chosen),
                target="updateComponent",
                elevate=said or elevate,
            ),
        ),
        references=(
            Reference(kind="component", identity=deployment.component.identity),
        ),
    )


def _driver(family: _Family, one: Made) -> Update:
    return Update(
        name=family.name(one.recipe.branch or "LDR"),
        applicable=(
            Applicable(
                identities=(one.identity,),
                target="updateDriver",
                elevate=one.recipe.elevate or "distribution",
            ),
        ),
        references=(
            Reference(
                kind="driver",
                identity=one.identity,
                inf=one.recipe.inf,
                ranking=one.recipe.ranking,
            ),
        ),
    )


def _level(family: _Family, level: RecipeLevel, below: Sequence[Package]) -> Package:
    package = replace(
        usual_package(family.maker, f"Package_for_KB{{kb}}_{level.name}"),
        parents=_parents(family.maker, (level,)),
        updates=tuple(map(family.wrapper, below)),
    )
    family.add(package)
    return package


def _root(
    family: _Family,
    levels: Sequence[RecipeLevel],
    wrapped: dict[str | None, list[Package]],
) -> None:
    maker = family.maker
    outer = [level for level in levels if level.within is None]
    own = RecipeLevel(name="", parents=maker.recipe.parents)
    below = wrapped[None] if maker.recipe.levels else wrapped[""]
    package = replace(
        usual_package(maker, "Package_for_KB{kb}"),
        parents=_parents(maker, (own,) if own.parents else outer),
        updates=tuple(map(family.wrapper, below)),
    )
    family.add(package, file=ROOT_NAME)
