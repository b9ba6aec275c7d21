"""Turn packages and components back into the names of a recipe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from builder.errors import PlanError
from builder.formats.mum import MUM_BF, serialize_mum
from builder.model.identity import Architecture, AssemblyIdentity, keyform
from builder.model.kb import KbSpec, Provenance
from builder.model.package import (
    Applicable,
    Component,
    Dependency,
    Package,
    PackagedFile,
    Parent,
    Reference,
    Update,
)
from builder.model.plan import ROOT_NAME
from builder.model.recipe import (
    Overrides,
    Recipe,
    RecipeComponent,
    RecipeCondition,
    RecipeDependency,
    RecipeFile,
    RecipePackage,
    RecipeParent,
    RecipeReference,
    RecipeUpdate,
)
from builder.model.version import FileVersion
from builder.steps.plan_family import usual_package, usual_parent
from builder.steps.plan_made import Maker

_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_ATTRIBUTES = (
    *("identifier", "release_type", "restart", "applicability_evaluation"),
    *("description", "display_name", "company", "copyright"),
    *("support_information", "created", "updated"),
)
_PARENT = (
    *("integrate", "disposition", "build_compare", "service_compare"),
    "revision_compare",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was read of a package.

    Attributes:
        packages: Value and bytes of each .mum, by folded name.
        components: Each manifest, by folded name.
        texts: The bytes of each manifest, by folded name.
        times: Of the payload, in UTC, by folded path in the cabinet.
    """

    number: int
    architecture: Architecture
    version: FileVersion
    era: str
    packages: Mapping[str, tuple[Package, bytes]]
    components: Mapping[str, Component]
    texts: Mapping[str, bytes]
    times: Mapping[str, datetime]


def recipe_of(source: Source) -> Recipe:
    """Return the recipe that writes the packages out, and their components.

    Raises:
        PlanError: No component has an identity that a recipe can say.
    """
    root = source.packages[ROOT_NAME][0]
    usual = Recipe()
    recipe = Recipe(
        era=source.era,
        package_version=source.version,
        architectures=(source.architecture,),
        company=root.company or usual.company,
        copyright=root.copyright or usual.copyright,
        public_key_token=root.identity.public_key_token or usual.public_key_token,
        release_type=root.release_type or usual.release_type,
        time=_time(root.created) or datetime(1980, 1, 1, tzinfo=UTC),
    )
    maker = Maker(
        spec=_nothing(source),
        recipe=recipe,
        architecture=source.architecture,
        latest=recipe.time or datetime(1980, 1, 1, tzinfo=UTC),
    )
    components = tuple(_components(source, maker))
    if not components:
        raise PlanError("it has no manifest that a recipe can say")
    packages = tuple(
        _package(name, package, data, maker)
        for name, (package, data) in sorted(source.packages.items())
    )
    return replace(recipe, components=components, packages=packages)


def _nothing(source: Source) -> KbSpec:
    nothing = Provenance(
        article=None, revision=None, created=None, published=None, sha256=""
    )
    return KbSpec(
        number=source.number,
        title="",
        applies_to=(),
        prerequisites=(),
        restart=None,
        replaces=(),
        registry=None,
        source=nothing,
        files=(),
    )


def _time(stamp: str | None) -> datetime | None:
    try:
        return datetime.strptime(stamp or "", _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _differences(usual: Any, seen: Any, names: tuple[str, ...]) -> Overrides:  # noqa: ANN401 - of any dataclass
    return tuple(
        (name, getattr(seen, name))
        for name in names
        if getattr(usual, name) != getattr(seen, name)
    )


_IDENTITY = tuple(
    field.name
    for field in fields(AssemblyIdentity)
    if field.name not in ("name", "line")
)


def _identity(usual: AssemblyIdentity, seen: AssemblyIdentity) -> Overrides:
    """Say an identity: its name, and what differs from the usual one."""
    return (("name", seen.name), *_differences(usual, seen, _IDENTITY))


def _components(source: Source, maker: Maker) -> Iterator[RecipeComponent]:
    for name, component in sorted(source.components.items()):
        identity = component.identity
        architecture = Architecture.of(identity.architecture)
        try:
            version = FileVersion.parse(identity.version or "")
        except ValueError:
            continue
        if architecture is not None and name == f"{keyform(identity)}.manifest":
            text = source.texts[name]
            yield _component(
                component,
                version=version,
                architecture=architecture,
                maker=maker,
                text=text,
                source=source,
            )


def _component(
    component: Component,
    *,
    version: FileVersion,
    architecture: Architecture,
    maker: Maker,
    text: bytes,
    source: Source,
) -> RecipeComponent:
    identity = component.identity
    stem = keyform(identity)
    inf = next((file.name for file in component.files if file.is_inf), None)
    is_driver = inf is not None and identity.type == "driverUpdate"
    usual = maker.assembly(identity.name, str(version), architecture.value)
    if is_driver:
        usual = replace(usual, type="driverUpdate")
    is_own = architecture is maker.architecture
    return RecipeComponent(
        name=identity.name,
        version=version,
        architecture=None if is_own else architecture,
        folder=stem,
        inf=inf if is_driver else None,
        is_deployment=component.is_deployment and not is_driver,
        identity=_differences(usual, identity, _IDENTITY),
        copyright=component.copyright,
        dependencies=tuple(
            _dependency(one, identity) for one in component.dependencies
        ),
        files=tuple(_file(one, stem, source) for one in component.files),
        memberships=component.memberships,
        directories=component.directories,
        registry_keys=component.registry_keys,
        security_descriptors=component.security_descriptors,
        string_tables=component.string_tables,
        is_resource_cached=component.is_resource_cached,
        fragments=tuple(_fragments(component, text)),
    )


def _dependency(dependency: Dependency, own: AssemblyIdentity) -> RecipeDependency:
    usual = replace(own, type=None, language="neutral")
    return RecipeDependency(
        identity=_identity(usual, dependency.identity),
        dependency_type=dependency.dependency_type,
        discoverable=dependency.discoverable,
        resource_type=dependency.resource_type,
        build_filter=dependency.build_filter,
    )


def _file(file: PackagedFile, stem: str, source: Source) -> RecipeFile:
    place = f"{stem}\\{file.source_name or file.name}".casefold()
    return RecipeFile(
        name=file.name,
        destination=file.destination_path,
        source=None if file.source_name in (None, file.name) else file.source_name,
        source_path=file.source_path,
        import_path=file.import_path,
        security_descriptor=file.security_descriptor,
        is_signature_described=file.is_signature_described,
        time=source.times.get(place),
    )


def _fragments(component: Component, text: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the lines of each child that no name is for, as they stand.

    They are found by their start and end at the first level of indentation,
    as genuine manifests have them; others are left out, and the comparison
    tells.
    """
    lines = text.decode("utf-8-sig", "replace").split("\r\n")
    for name in component.others:
        for at, line in enumerate(lines):
            if not line.startswith((f"  <{name} ", f"  <{name}>")):
                continue
            if line.endswith("/>"):
                yield (line[2:],)
                continue
            end = f"  </{name}>"
            if end in lines[at:]:
                found = lines[at : lines.index(end, at) + 1]
                yield tuple(one.removeprefix("  ") for one in found)


def _package(name: str, package: Package, data: bytes, maker: Maker) -> RecipePackage:
    stamp = _time(package.created)
    is_leaf = any(r.kind != "package" for u in package.updates for r in u.references)
    usual = usual_package(
        replace(maker, latest=stamp or maker.latest),
        package.identity.name,
        is_leaf=is_leaf,
    )
    if is_leaf:
        usual = replace(usual, restart="possible")
    installer: Overrides | None = None
    if package.installer is not None and usual.installer is not None:
        installer = _differences(usual.installer, package.installer, _IDENTITY)
        if usual.installer.name != package.installer.name:
            installer = (("name", package.installer.name), *installer)
    attributes = _differences(usual, package, _ATTRIBUTES)
    if is_leaf and "restart" not in dict(attributes):
        attributes = (*attributes, ("restart", package.restart))
    return RecipePackage(
        name=package.identity.name,
        file=name,
        style="tabs" if serialize_mum(package, MUM_BF) == data else "normal",
        time=stamp,
        attributes=attributes,
        identity=_differences(usual.identity, package.identity, _IDENTITY),
        installer=installer,
        parents=tuple(_parent(one, maker) for one in package.parents),
        updates=tuple(_update(one, maker) for one in package.updates),
        custom=package.custom,
        extended=package.extended,
    )


def _parent(parent: Parent, maker: Maker) -> RecipeParent:
    usual = usual_parent(maker)
    (identity,) = usual.identities
    return RecipeParent(
        identities=tuple(_identity(identity, one) for one in parent.identities),
        attributes=_differences(usual, parent, _PARENT),
    )


def _assembly(maker: Maker) -> AssemblyIdentity:
    return maker.assembly("", str(maker.recipe.package_version))


def _update(update: Update, maker: Maker) -> RecipeUpdate:
    return RecipeUpdate(
        name=update.name,
        references=tuple(_reference(one, maker) for one in update.references),
        applicable=tuple(_condition(one, maker) for one in update.applicable),
        attributes=_differences(
            Update(name="", references=()),
            update,
            ("restart", "description", "display_name"),
        ),
    )


def _condition(condition: Applicable, maker: Maker) -> RecipeCondition:
    usual = _assembly(maker)
    return RecipeCondition(
        identities=tuple(_identity(usual, one) for one in condition.identities),
        target=condition.target,
        elevate=condition.elevate,
        disposition=condition.disposition,
    )


def _reference(reference: Reference, maker: Maker) -> RecipeReference:
    usual = _assembly(maker)
    expected = Reference(kind=reference.kind, identity=usual)
    if reference.kind == "package":
        usual = replace(usual, build_type=None, version_scope=None)
        expected = replace(expected, integrate="hidden")
    return RecipeReference(
        kind=reference.kind,
        identity=_identity(usual, reference.identity),
        attributes=_differences(
            expected, reference, ("integrate", "contained", "inf", "ranking")
        ),
        extended=reference.extended,
    )
