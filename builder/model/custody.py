"""The chain of custody of one file, link by link."""

from dataclasses import dataclass
from enum import StrEnum

from builder.model.catalog import CatalogMember


class LinkKind(StrEnum):
    """What a link ties the file to, nearest first."""

    FILE = "file"
    MANIFEST = "manifest"
    MEMBER = "catalog member"
    PAGES = "page hashes"
    SIGNER = "signer"
    TIMESTAMP = "timestamp"
    INTERMEDIATE = "intermediate"
    ROOT = "root"


class LinkState(StrEnum):
    """Whether a link holds; only `BROKEN` breaks the chain."""

    HOLDS = "holds"
    BROKEN = "broken"
    ABSENT = "not needed"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a chain.

    Attributes:
        says: What was found, in one clause.
        details: Further sentences.
    """

    kind: LinkKind
    state: LinkState
    says: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """All links of one file, nearest first.

    Attributes:
        where: Path through the containers, the file last.
    """

    where: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def broken(self) -> Link | None:
        """The first link that does not hold, or None."""
        return next((x for x in self.links if x.state is LinkState.BROKEN), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How a catalog lists a file.

    Attributes:
        hashed: "image hash", "image hash without padding" or "flat hash".
        algorithm: "sha1" or "sha256".
    """

    member: CatalogMember
    hashed: str
    algorithm: str

    def __str__(self) -> str:
        return f"{self.hashed} by {self.algorithm}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A file that was looked for in a catalog.

    Attributes:
        path: As the user gave it.
        entry: None where the catalog does not list it.
        pages: What comparing its page hashes gave; None where there are none.
    """

    path: str
    entry: Membership | None
    pages: Link | None = None

    @property
    def holds(self) -> bool:
        """Whether the catalog lists the file, page for page."""
        is_broken = self.pages is not None and self.pages.state is LinkState.BROKEN
        return self.entry is not None and not is_broken
