"""What a file says, as one tree: what comparisons of two files are made from."""

from dataclasses import dataclass

BYTES = "bytes"
"""The fact that tells documents apart whose meaning is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that a package says or holds, with what it consists of.

    Attributes:
        kind: What it is, such as "component" or "registry value".
        key: What it is matched by among parts of its kind: folded, without
            versions, and with "*" for the architecture of the whole.
        name: What people call it.
        facts: Names and values, in the order they were found.
        version: Tells parts of one key apart.
        where: Path through the containers to the file that says it.
        line: 1-based line in that file, or None.
    """

    kind: str
    key: str
    name: str
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple["Part", ...] = ()
    version: str = ""
    where: tuple[str, ...] = ()
    line: int | None = None

    def fact(self, name: str) -> str | None:
        """Return the value of a fact, or None."""
        return next((value for known, value in self.facts if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One file or folder, portrayed.

    Attributes:
        name: As the user gave it.
        architecture: Of the package, as manifests spell it; None where no
            document says.
        root: Everything in it.
        unread: What could not be read, and why, as sentences.
    """

    name: str
    architecture: str | None
    root: Part
    unread: tuple[str, ...] = ()
