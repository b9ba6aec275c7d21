"""Where two portraits differ."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """What happened to a part between the first portrait and the second."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact that differs; None on the side that does not state it."""

    name: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Where a part lies in one of the two files.

    Attributes:
        where: Path through the containers.
        line: 1-based line, or None.
    """

    where: tuple[str, ...]
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One part that is on one side only, or whose facts differ.

    Attributes:
        kind: Of the part.
        path: Names of the parts that it lies in, outermost first, and its own.
        kinds: Of the parts in `path`.
        key: What the part was matched by.
        facts: Those that differ; of a part on one side only, its own.
        inside: Parts within a part that is on one side only.
        first: None where it is on the second side only.
        second: None where it is on the first side only.
        beside: Of a part on one side only, where the part that should hold it
            lies on the other one.
    """

    way: Way
    kind: str
    path: tuple[str, ...]
    kinds: tuple[str, ...]
    key: str = ""
    facts: tuple[FactChange, ...] = ()
    inside: int = 0
    first: Side | None = None
    second: Side | None = None
    beside: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two files beside each other.

    Attributes:
        first: Name of the first file, as it was given.
        second: Name of the second one.
        changes: Sorted by path.
        unread: What could not be compared, and why, as sentences.
    """

    first: str
    second: str
    changes: tuple[Change, ...]
    unread: tuple[str, ...] = ()

    def count(self, way: Way) -> int:
        """Count the changes of one kind."""
        return sum(change.way is way for change in self.changes)
