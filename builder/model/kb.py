"""The promise: what a KB article says about a package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from builder.model.identity import Architecture
from builder.model.version import FileVersion


class Restart(StrEnum):
    """What the article says about restarting the computer."""

    REQUIRED = "required"
    POSSIBLE = "possible"
    NONE = "none"


class RegistryChange(StrEnum):
    """Whether the article asks for a change to the registry."""

    REQUIRED = "required"
    NONE = "none"


PLATFORMS: Mapping[Architecture, frozenset[Architecture]] = MappingProxyType(
    {
        Architecture.X86: frozenset({Architecture.X86}),
        Architecture.AMD64: frozenset({Architecture.AMD64, Architecture.X86}),
        Architecture.IA64: frozenset({Architecture.IA64, Architecture.X86}),
    }
)
"""The sections of an article, and the platforms that files in them may have.

64-bit packages bring 32-bit files as well; the reverse is a contradiction.
"""

LARGEST_SIZE = 0xFFFF_FFFF
"""In bytes: a cabinet has 32 bits for the size of a file."""

YEARS = range(1980, 2108)
"""The years that the file times of a cabinet can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One row of a KB article's file table: what the article promises.

    Attributes:
        architecture: The section that the row stands in.
        name: As printed.
        size: Length of the unpacked file, in bytes.
        modified: In UTC; articles print whole minutes.
        version: None where the article says "Not Applicable".
        platform: The platform column; None where it says "Not Applicable".
        branch: The service branch column, such as "LDR", where there is one.
        sp_requirement: The SP requirement column, where there is one.
    """

    architecture: Architecture
    name: str
    size: int
    modified: datetime
    version: FileVersion | None = None
    platform: Architecture | None = None
    branch: str | None = None
    sp_requirement: str | None = None

    @property
    def key(self) -> tuple[Architecture, str, str]:
        """Architecture, branch and folded name: what makes a row unique."""
        return self.architecture, self.branch or "", self.name.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a specification was read from.

    Attributes:
        article: The article's id as the document gives it, or None.
        revision: The revision as the document gives it, or None.
        created: The day the document names as its creation, or None.
        published: The day the document names as its publication, or None.
        sha256: Of the bytes of the document, 64 hexadecimal digits.
    """

    article: int | None
    revision: str | None
    created: date | None
    published: date | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KbSpec:
    """A KB article as facts.

    Attributes:
        number: 967724 for KB967724.
        applies_to: Products of the file tables, in article order.
        prerequisites: Products that have to run before the package applies.
        replaces: Numbers of the articles whose packages this one replaces.
        registry: None where the article does not say.
        files: Rows in article order.
    """

    number: int
    title: str
    applies_to: tuple[str, ...]
    prerequisites: tuple[str, ...]
    restart: Restart
    replaces: tuple[int, ...]
    registry: RegistryChange | None
    source: Provenance
    files: tuple[FileEntry, ...]
