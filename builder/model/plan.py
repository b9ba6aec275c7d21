"""The plan: a package before its payload has been seen."""

from dataclasses import dataclass
from datetime import datetime

from builder.model.era import Era
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.package import Component, Package
from builder.model.recipe import Recipe

ROOT_NAME = "update.mum"
"""Of the package that an installer starts with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPackage:
    """One .mum to draft.

    Attributes:
        name: Of the file in the cabinet.
        entry: The article's row; None if the package is inferred.
        modified: In UTC.
        stems: The components that its catalog lists, with their payload.
        style: "normal" or "tabs": the bytes around the words.
    """

    name: str
    package: Package
    entry: FileEntry | None
    modified: datetime
    stems: tuple[str, ...] = ()
    style: str = "normal"

    @property
    def is_leaf(self) -> bool:
        """Whether its catalog lists components."""
        return bool(self.stems)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One payload file of a component.

    Attributes:
        path: In the cabinet.
        place: Below the payload folder, with slashes: "x64/Mpio.sys".
        key: Under which it is observed: `place`, folded, without the folder
            of the package's own architecture.
        entry: The article's row; None where no single row is for it.
        modified: In UTC; None: the time of the build.
    """

    path: str
    place: str
    key: str
    entry: FileEntry | None
    modified: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedComponent:
    """One manifest to draft; digests are filled in from the inventory.

    Attributes:
        stem: Name of the manifest without its suffix: the payload's folder.
        payload: What the component installs, in the order of
            `component.files`.
        modified: In UTC.
    """

    stem: str
    component: Component
    entry: FileEntry | None
    payload: tuple[PlannedFile, ...]
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One architecture's package.

    Attributes:
        packages: Those that others lead to come first.
        latest: The time of what nothing else dates, in UTC.
    """

    spec: KbSpec
    recipe: Recipe
    era: Era
    architecture: Architecture
    packages: tuple[PlannedPackage, ...]
    components: tuple[PlannedComponent, ...]
    latest: datetime

    @property
    def stem(self) -> str:
        """Name of the .msu and the .cab without the suffix."""
        word = self.architecture.word
        return f"{self.era.prefix}-KB{self.spec.number}-{word}"

    @property
    def root(self) -> Package:
        """The package of update.mum."""
        return next(p.package for p in self.packages if p.name == ROOT_NAME)

    @property
    def payload(self) -> tuple[PlannedFile, ...]:
        """Every payload file, sorted by its path."""
        found = (file for component in self.components for file in component.payload)
        return tuple(sorted(found, key=lambda file: file.path))
