"""Components of a recipe, made for one architecture."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from builder.model.identity import Architecture, AssemblyIdentity, keyform
from builder.model.kb import FileEntry, KbSpec
from builder.model.package import (
    Component,
    Dependency,
    Membership,
    Package,
    PackagedFile,
    Parent,
    Reference,
    Update,
)
from builder.model.plan import PlannedComponent, PlannedFile
from builder.model.recipe import (
    Overrides,
    Recipe,
    RecipeComponent,
    RecipeDependency,
    RecipeFile,
    RecipeResource,
)

T = TypeVar("T", AssemblyIdentity, Package, Parent, Reference, Update)

_SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"
_WITH_TWINS = (Architecture.AMD64, Architecture.IA64, Architecture.ARM64)
_SERVICES = Membership(
    name="Microsoft.Windows.Categories.Services",
    version="1.0.0.0",
    public_key_token="31bf3856ad364e35",  # noqa: S106 - public by its name
    type_name="Service",
)
"""The category of services.  Source: observed in 4 manifests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A component of the recipe, made.

    Attributes:
        recipe: What it was made from.
        planned: What is drafted.
    """

    recipe: RecipeComponent
    planned: PlannedComponent

    @property
    def identity(self) -> AssemblyIdentity:
        """The identity of the manifest."""
        return self.planned.component.identity


def changed(
    identity: AssemblyIdentity, overrides: Overrides, *, number: int
) -> AssemblyIdentity:
    """Return an identity with what a recipe says in place of its attributes."""
    given = dict(overrides)
    name = given.pop("name", None) or identity.name
    said = replace(identity, name=name.replace("{kb}", str(number)))
    return overridden(said, tuple(given.items()))


def overridden(value: T, overrides: Overrides) -> T:
    """Return a value with what a recipe says in place of its attributes."""
    given: dict[str, Any] = dict(overrides)  # the schema knows the names
    return replace(value, **given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """What all components and packages of one plan share.

    Attributes:
        latest: The time of what nothing else dates.
    """

    spec: KbSpec
    recipe: Recipe
    architecture: Architecture
    latest: datetime

    def components(self) -> tuple[Made, ...]:
        """Make every component that lies in the package, in recipe order."""
        return tuple(self._components())

    def assembly(
        self, name: str, version: str, architecture: str | None = None
    ) -> AssemblyIdentity:
        """Return the identity of a component, its attributes as usual."""
        return AssemblyIdentity(
            name=name,
            version=version,
            architecture=architecture or self.architecture.value,
            language="neutral",
            build_type="release",
            public_key_token=self.recipe.public_key_token,
            version_scope="nonSxS",
        )

    def _components(self) -> Iterator[Made]:
        for recipe in self.recipe.components:
            if recipe.architectures and self.architecture not in recipe.architectures:
                continue
            for architecture in self._architectures(recipe):
                yield self._component(recipe, architecture)
                for resource in recipe.resources:
                    yield self._resource(recipe, resource, architecture)

    def _architectures(self, recipe: RecipeComponent) -> Iterator[Architecture]:
        yield recipe.architecture or self.architecture
        if recipe.wow64 and self.architecture in _WITH_TWINS:
            yield Architecture.WOW64

    def _identity(
        self, recipe: RecipeComponent, architecture: Architecture
    ) -> AssemblyIdentity:
        identity = self.assembly(recipe.name, str(recipe.version), architecture.value)
        if recipe.inf is not None:
            identity = replace(identity, type="driverUpdate")
        return changed(identity, recipe.identity, number=self.spec.number)

    def _component(self, recipe: RecipeComponent, architecture: Architecture) -> Made:
        identity = self._identity(recipe, architecture)
        component = Component(
            identity=identity,
            copyright=recipe.copyright,
            is_deployment=recipe.is_deployment or recipe.inf is not None,
            dependencies=tuple(self._dependencies(recipe, identity)),
            files=tuple(_file(file, recipe.inf) for file in recipe.files),
            memberships=tuple(_memberships(recipe)),
            directories=recipe.directories,
            registry_keys=recipe.registry_keys,
            security_descriptors=recipe.security_descriptors,
            string_tables=recipe.string_tables,
            is_resource_cached=recipe.is_resource_cached,
            fragments=recipe.fragments,
        )
        return self._made(recipe, component, recipe.files, recipe.folder, architecture)

    def _resource(
        self,
        recipe: RecipeComponent,
        resource: RecipeResource,
        architecture: Architecture,
    ) -> Made:
        neutral = self._identity(recipe, architecture)
        identity = replace(
            neutral,
            name=f"{neutral.name}.Resources",
            language=resource.language,
            type=None,
        )
        component = Component(
            identity=identity,
            copyright=recipe.copyright,
            files=tuple(_file(file, None) for file in resource.files),
            registry_keys=resource.registry_keys,
            string_tables=resource.string_tables,
        )
        folder = resource.folder
        if folder is None:
            folder = "/".join(filter(None, (recipe.folder, resource.language)))
        return self._made(recipe, component, resource.files, folder, architecture)

    def _dependencies(
        self, recipe: RecipeComponent, identity: AssemblyIdentity
    ) -> Iterator[Dependency]:
        if recipe.resources:
            # As the drivers and components of 6.1 and later have it.
            yield Dependency(
                discoverable="no",
                resource_type="Resources",
                dependency_type="prerequisite",
                identity=replace(
                    identity,
                    name=f"{identity.name}.Resources",
                    language="*",
                    type=None,
                    version_scope=None,
                ),
            )
        for dependency in recipe.dependencies:
            yield self._dependency(dependency, identity)

    def _dependency(
        self, dependency: RecipeDependency, identity: AssemblyIdentity
    ) -> Dependency:
        usual = replace(identity, type=None, language="neutral")
        return Dependency(
            identity=changed(usual, dependency.identity, number=self.spec.number),
            discoverable=dependency.discoverable,
            resource_type=dependency.resource_type,
            dependency_type=dependency.dependency_type,
            build_filter=dependency.build_filter,
        )

    def _made(
        self,
        recipe: RecipeComponent,
        component: Component,
        files: tuple[RecipeFile, ...],
        folder: str,
        architecture: Architecture,
    ) -> Made:
        stem = keyform(component.identity)
        place = "/".join(filter(None, (architecture.word, folder)))
        payload = tuple(
            self._payload(stem, place, file, recipe, architecture) for file in files
        )
        entry = self._row(f"{stem}.manifest", recipe, architecture)
        planned = PlannedComponent(
            stem=stem,
            component=component,
            entry=entry,
            payload=payload,
            modified=self.latest if entry is None else entry.modified,
        )
        return Made(recipe=recipe, planned=planned)

    def _payload(
        self,
        stem: str,
        folder: str,
        file: RecipeFile,
        recipe: RecipeComponent,
        architecture: Architecture,
    ) -> PlannedFile:
        source = _source(file)
        place = f"{folder}/{source}".replace("\\", "/")
        own = f"{self.architecture.word}/"
        entry = self._row(file.name, recipe, architecture)
        return PlannedFile(
            path=f"{stem}\\{source}",
            place=place,
            key=place.removeprefix(own).casefold(),
            entry=entry,
            modified=file.time or (entry.modified if entry else None),
        )

    def _row(
        self, name: str, recipe: RecipeComponent, architecture: Architecture
    ) -> FileEntry | None:
        """Find the one row of the article that is for a file, or None.

        The platform tells the twins of a 64-bit table apart, the branch and
        the version those of GDR and LDR.
        """
        folded = name.casefold()
        rows = [
            row
            for row in self.spec.files
            if row.architecture is self.architecture and row.name.casefold() == folded
        ]
        is_twin = architecture is Architecture.WOW64
        platform = Architecture.X86 if is_twin else architecture
        rows = _narrowed(rows, lambda row: row.platform in (None, platform))
        rows = _narrowed(rows, lambda row: row.branch in (None, recipe.branch))
        if len(rows) > 1:
            rows = [row for row in rows if row.version == recipe.version]
        return rows[0] if len(rows) == 1 else None


def _narrowed(
    rows: list[FileEntry], holds: Callable[[FileEntry], bool]
) -> list[FileEntry]:
    return [row for row in rows if holds(row)] if len(rows) > 1 else rows


def _source(file: RecipeFile) -> str:
    return file.source or file.name


def _file(file: RecipeFile, inf: str | None) -> PackagedFile:
    return PackagedFile(
        name=file.name,
        source_name=_source(file),
        destination_path=file.destination,
        source_path=file.source_path,
        import_path=file.import_path,
        digest_method=_SHA256,
        is_inf=inf is not None and file.name.casefold() == inf.casefold(),
        security_descriptor=file.security_descriptor,
        is_signature_described=file.is_signature_described,
    )


def _memberships(recipe: RecipeComponent) -> Iterable[Membership]:
    yield from recipe.memberships
    if recipe.services:
        yield replace(_SERVICES, instances=recipe.services)
