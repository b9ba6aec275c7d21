"""A tree of named things with facts, as `hotfix inspect` shows it."""

from dataclasses import dataclass

Fact = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing in a package.

    Attributes:
        kind: "cabinet", "package", "component", "file" and so on.
        facts: In the order in which they are shown; names are in snake case.
    """

    kind: str
    name: str
    facts: tuple[tuple[str, Fact], ...] = ()
    children: tuple["Node", ...] = ()
