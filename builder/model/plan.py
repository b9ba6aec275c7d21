"""The plan: a package before its payload has been seen."""

from dataclasses import dataclass
from datetime import datetime

from builder.model.era import Era
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.package import Component, Package
from builder.model.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPackage:
    """One .mum to draft.

    Attributes:
        name: Of the file in the cabinet.
        entry: The article's row; None if the package is inferred.
        modified: In UTC.
        is_leaf: Its catalog lists the components and their payload.
    """

    name: str
    package: Package
    entry: FileEntry | None
    modified: datetime
    is_leaf: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedComponent:
    """One manifest to draft; digests are filled in from the inventory.

    Attributes:
        stem: Name of the manifest without its suffix: the payload's folder.
        payload: Rows of the files that the component installs, in the order
            of `component.files`.
    """

    stem: str
    component: Component
    entry: FileEntry
    payload: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One architecture's package.

    Attributes:
        latest: The latest time of the article's tables, in UTC.
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
        return self.packages[-1].package

    @property
    def payload(self) -> tuple[tuple[str, FileEntry], ...]:
        """Path in the cabinet and row of each payload file, sorted by path."""
        found = [
            (f"{component.stem}\\{entry.name.lower()}", entry)
            for component in self.components
            for entry in component.payload
        ]
        return tuple(sorted(found, key=lambda pair: pair[0]))
