"""Compute a package family from a specification alone.

What the article proves: the names and versions of the .mum files it lists,
the components its manifest names belong to, the payload.  What is inferred:
`update.mum`, the leaf package with its driver element, the parents (from the
edition words in package names), the split of `restart` over the levels.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from builder.errors import PlanError
from builder.model.era import ERA_6_0, Edition, Era
from builder.model.identity import Architecture, AssemblyIdentity, package_name
from builder.model.kb import FileEntry, KbSpec, Restart
from builder.model.package import Applicable, Package, Parent, Reference, Update
from builder.model.plan import ROOT_NAME, Plan, PlannedComponent, PlannedPackage
from builder.model.recipe import Recipe
from builder.model.version import FileVersion
from builder.steps.plan_component import plan_components
from builder.steps.plan_package import family_package
from builder.steps.plan_recipe import plan_recipe
from builder.steps.plannable import check_plannable

_LEVEL = re.compile(
    r"package_for_kb(?P<number>[0-9]+)_(?P<edition>[a-z]+)(_(?P<level>[0-9]+))?"
    r"~(?P<token>[0-9a-f]{16})~(?P<architecture>[a-z0-9.]+)~"
    r"~(?P<version>[0-9.]+)\.mum"
)


@dataclass(frozen=True, slots=True)
class _Level:
    """A listed .mum: an edition, or its release level 0."""

    entry: FileEntry
    word: str
    edition: Edition
    is_release: bool
    token: str
    version: str


@dataclass(frozen=True, slots=True)
class _Family:
    """What every package of one plan shares."""

    spec: KbSpec
    recipe: Recipe
    era: Era
    architecture: Architecture
    version: str
    latest: datetime

    def identity(self, name: str) -> AssemblyIdentity:
        return AssemblyIdentity(
            name=name,
            version=self.version,
            language="neutral",
            architecture=self.architecture.value,
            public_key_token=self.recipe.public_key_token,
        )

    def title(self, suffix: str = "") -> str:
        return f"Package_for_KB{self.spec.number}{suffix}"

    @property
    def leaf(self) -> str:
        return f"Package_1_for_KB{self.spec.number}"


def _read_level(entry: FileEntry, spec: KbSpec, era: Era) -> _Level:
    match = _LEVEL.fullmatch(entry.name.lower())
    if match is None or int(match["number"]) != spec.number:
        raise PlanError(
            f"{entry.name} is no Package_for_KB{spec.number}_<edition>[_0] name"
        )
    edition = era.editions.get(match["edition"])
    if edition is None:
        known = ", ".join(era.editions)
        raise PlanError(
            f"{entry.name}: edition {match['edition']!r} is unknown; known: {known}"
        )
    if Architecture.of(match["architecture"]) is not entry.architecture:
        raise PlanError(
            f"{entry.name} stands in the table for {entry.architecture.word}"
        )
    if match["level"] not in (None, "0"):
        raise PlanError(
            f"{entry.name}: level {match['level']} needs a service pack parent, "
            "which an article does not name"
        )
    try:
        FileVersion.parse(match["version"])
    except ValueError as error:
        raise PlanError(f"{entry.name}: {error}") from error
    return _Level(
        entry=entry,
        word=match["edition"],
        edition=edition,
        is_release=match["level"] is not None,
        token=match["token"],
        version=match["version"],
    )


def _one(values: set[str], what: str) -> str:
    """Return the only value; an article that gives several cannot be planned."""
    if len(values) != 1:
        raise PlanError(f"the packages give several {what}: {sorted(values)}")
    return values.pop()


def _parent(family: _Family, editions: list[Edition]) -> Parent:
    return Parent(
        identities=tuple(
            AssemblyIdentity(
                name=edition.parent,
                version=edition.version,
                architecture=family.architecture.value,
                language="neutral",
                build_type="release",
                public_key_token=family.recipe.public_key_token,
                version_scope="nonSxS",
            )
            for edition in editions
        )
    )


def _package(  # the attributes of an assembly are many
    family: _Family,
    name: str,
    *,
    parents: tuple[Parent, ...],
    updates: tuple[Update, ...],
    modified: datetime,
    is_leaf: bool = False,
) -> Package:
    needs_restart = family.spec.restart is Restart.REQUIRED
    return family_package(
        family.identity(name),
        recipe=family.recipe,
        number=family.spec.number,
        restart="required" if needs_restart else "possible",
        modified=modified,
        is_leaf=is_leaf,
        parents=parents,
        updates=updates,
    )


def _wrapper(family: _Family, index: int, name: str) -> Update:
    reference = Reference(
        kind="package", identity=family.identity(name), integrate="hidden"
    )
    update = f"{family.spec.number}-{index}_neutral_PACKAGE"
    return Update(name=update, references=(reference,))


def _driver(family: _Family, index: int, component: PlannedComponent) -> Update:
    identity = component.component.identity
    # The reference carries buildType, as every genuine driver leaf does, even
    # where the inferred manifest leaves it out; the key does not depend on it.
    reference = AssemblyIdentity(
        name=identity.name,
        version=identity.version,
        architecture=identity.architecture,
        language=identity.language,
        build_type="release",
        public_key_token=identity.public_key_token,
        type=identity.type,
        version_scope=identity.version_scope,
    )
    return Update(
        name=f"{family.spec.number}-{index}_neutral_LDR",
        applicable=(
            Applicable(
                identities=(reference,), target="updateDriver", elevate="distribution"
            ),
        ),
        references=(
            Reference(
                kind="driver",
                identity=reference,
                inf=identity.name,
                ranking="currentDevices",
            ),
        ),
    )


def _leaf(
    family: _Family,
    levels: list[_Level],
    components: tuple[PlannedComponent, ...],
) -> PlannedPackage:
    editions = list({level.word: level.edition for level in levels}.values())
    unique = list({edition.parent: edition for edition in editions}.values())
    package = _package(
        family,
        family.leaf,
        parents=(_parent(family, unique),),
        updates=tuple(
            _driver(family, index, component)
            for index, component in enumerate(components, 1)
        ),
        modified=family.latest,
        is_leaf=True,
    )
    return PlannedPackage(
        name=f"{package_name(package.identity)}.mum".lower(),
        package=package,
        entry=None,
        modified=family.latest,
        stems=tuple(component.stem for component in components),
    )


def _listed(family: _Family, level: _Level, index: int, child: str) -> PlannedPackage:
    suffix = f"_{level.word}_0" if level.is_release else f"_{level.word}"
    package = _package(
        family,
        family.title(suffix),
        parents=(_parent(family, [level.edition]),),
        updates=(_wrapper(family, index, child),),
        modified=level.entry.modified,
    )
    return PlannedPackage(
        name=f"{package_name(package.identity)}.mum".lower(),
        package=package,
        entry=level.entry,
        modified=level.entry.modified,
    )


def _levels(spec: KbSpec, era: Era, architecture: Architecture) -> list[_Level]:
    entries = [
        entry
        for entry in spec.files
        if entry.architecture is architecture and entry.name.lower().endswith(".mum")
    ]
    if not entries:
        raise PlanError(f"the article lists no .mum file for {architecture.word}")
    levels = [_read_level(entry, spec, era) for entry in entries]
    return sorted(levels, key=lambda level: (not level.is_release, level.word))


def _agreed(levels: list[_Level], recipe: Recipe) -> tuple[str, str]:
    """Return token and version of the packages, on which all have to agree."""
    token = _one({level.token for level in levels}, "public key tokens")
    if token != recipe.public_key_token:
        raise PlanError(
            f"the article's packages carry the token {token}; "
            f"the recipe says {recipe.public_key_token}"
        )
    version = _one({level.version for level in levels}, "versions")
    if recipe.package_version not in (None, FileVersion.parse(version)):
        raise PlanError(
            f"the article's packages have version {version}; "
            f"the recipe says {recipe.package_version}"
        )
    return token, version


def architectures_of(spec: KbSpec, recipe: Recipe) -> tuple[Architecture, ...]:
    """Return the architectures that a specification has packages for, in order."""
    known = tuple({entry.architecture: None for entry in spec.files})
    return recipe.architectures or known


def plan(
    spec: KbSpec, architecture: Architecture, *, recipe: Recipe, era: Era = ERA_6_0
) -> Plan:
    """Compute the package family of one architecture.

    A recipe with components says what the packages bring; without them the
    article has to.

    Raises:
        PlanError: Recipe and article do not determine the family, with the
            reason.

    Source: the family of KB2999226 (6.0) and the driver leaf of KB2584475
    (6.1); KB967724's twelve lengths confirm the listed levels.
    """
    if recipe.components:
        return plan_recipe(spec, architecture, recipe=recipe)
    check_plannable(spec, architecture)
    levels = _levels(spec, era, architecture)
    token, version = _agreed(levels, recipe)
    family = _Family(
        spec=spec,
        recipe=recipe,
        era=era,
        architecture=architecture,
        version=version,
        latest=max(entry.modified for entry in spec.files),
    )
    components = plan_components(spec, architecture, token=token)
    packages = [_leaf(family, levels, components)]
    releases = {level.word for level in levels if level.is_release}
    for index, level in enumerate(levels, len(components) + 1):
        has_release = level.word in releases and not level.is_release
        child = family.title(f"_{level.word}_0") if has_release else family.leaf
        packages.append(_listed(family, level, index, child))
    packages.append(_root(family, levels, len(components) + len(levels)))
    return Plan(
        spec=spec,
        recipe=recipe,
        era=era,
        architecture=architecture,
        packages=tuple(packages),
        components=components,
        latest=family.latest,
    )


def _root(family: _Family, levels: list[_Level], index: int) -> PlannedPackage:
    """Plan update.mum over the topmost level of each edition."""
    named = {level.word for level in levels if not level.is_release}
    tops = [x for x in levels if not x.is_release or x.word not in named]
    names = [f"_{x.word}_0" if x.is_release else f"_{x.word}" for x in tops]
    unique = list({x.edition.parent: x.edition for x in tops}.values())
    package = _package(
        family,
        family.title(),
        parents=(_parent(family, unique),),
        updates=tuple(
            _wrapper(family, number, family.title(name))
            for number, name in enumerate(names, index + 1)
        ),
        modified=family.latest,
    )
    return PlannedPackage(
        name=ROOT_NAME, package=package, entry=None, modified=family.latest
    )
