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
        Architecture.ARM: frozenset({Architecture.ARM}),
        Architecture.ARM64: frozenset(
            {
                *(Architecture.ARM64, Architecture.ARM),
                *(Architecture.AMD64, Architecture.X86),
            }
        ),
    }
)
"""The sections of an article, and the platforms that files in them may have.

64-bit packages bring 32-bit files as well, those for ARM64 also what it
emulates; the reverse is a contradiction.
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
        product: What the heading above the table is about; only where the
            article has tables of one architecture for different products.
    """

    architecture: Architecture
    name: str
    size: int
    modified: datetime
    version: FileVersion | None = None
    platform: Architecture | None = None
    branch: str | None = None
    sp_requirement: str | None = None
    product: str | None = None

    @property
    def key(self) -> tuple[Architecture, str, str, str]:
        """Architecture, product, branch and folded name: where a row belongs.

        Not unique: 64-bit tables list a file once for each of the components
        that bring it.
        """
        place = self.product or "", self.branch or ""
        return self.architecture, *place, self.name.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBranch:
    """A line of the table that tells service branches by their versions.

    Attributes:
        versions: As printed, without blanks, such as "6.0.6002.22xxx".
        level: Of the product, such as "SP2"; None where the table has none.
        branch: Such as "LDR".
    """

    versions: str
    product: str
    level: str | None
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a specification was read from.

    Attributes:
        article: The article's id as the document gives it, or None.
        revision: The revision as the document gives it, or None.
        created: The day the document names as its creation, or None.
        published: The day the document names as its publication, or None.
        reviewed: The day the document names as its last review, or None.
        sha256: Of the bytes of the document, 64 hexadecimal digits.
    """

    article: int | None
    revision: str | None
    created: date | None
    published: date | None
    sha256: str
    reviewed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KbSpec:
    """A KB article as facts.

    Attributes:
        number: 967724 for KB967724.
        applies_to: Products of the file tables, in article order; where the
            tables name none, those of the list of products.
        prerequisites: Products that have to run before the package applies.
        replaces: Numbers of the articles whose packages this one replaces.
        restart: None where the article does not say.
        registry: None where the article does not say.
        files: Rows in article order.
        replaced_by: Numbers of the articles whose packages replace this one.
        branches: The table of service branches, where there is one.
    """

    number: int
    title: str
    applies_to: tuple[str, ...]
    prerequisites: tuple[str, ...]
    restart: Restart | None
    replaces: tuple[int, ...]
    registry: RegistryChange | None
    source: Provenance
    files: tuple[FileEntry, ...]
    replaced_by: tuple[int, ...] = ()
    branches: tuple[ServiceBranch, ...] = ()
