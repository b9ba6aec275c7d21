"""Packages of one update for several architectures, beside each other."""

from dataclasses import dataclass

from builder.model.change import Change, Side, Way
from builder.model.portrait import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """One of the packages.

    Attributes:
        name: As the user gave it.
        architecture: As manifests spell it; None where no document says.
        identifier: What it is for, such as "KB967724"; None where it does not
            say.
        compared: Parts that were compared with those of the others.
        parents: What the packages in it name as parents, as keys.
    """

    name: str
    architecture: str | None
    identifier: str | None
    compared: int = 0
    parents: frozenset[str] = frozenset()

    @property
    def word(self) -> str:
        """What messages call it."""
        return {"amd64": "x64"}.get(self.architecture or "", self.architecture or "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A place where one sibling differs from others, in what has to be equal.

    Attributes:
        odd: The sibling that is named: where there are several others, the
            one that they outvote.
        others: Those that it differs from.
        change: From the others, which come first, to the odd one.
    """

    odd: Sibling
    others: tuple[Sibling, ...]
    change: Change

    @property
    def side(self) -> Side:
        """The place in the odd sibling: of what lacks a part, if it is absent."""
        whole = Side(where=(self.odd.name,))
        return self.change.second or self.change.beside or whole

    @property
    def title(self) -> str:
        """The part, with all that it lies in, but for the package itself."""
        steps = zip(self.change.kinds, self.change.path, strict=True)
        shown = [f"{kind} {name}" for kind, name in steps]
        return " > ".join(shown[1:] or shown)

    @property
    def words(self) -> str:
        """The others, as messages call them."""
        return " and ".join(other.word for other in self.others)

    @property
    def is_missing(self) -> bool:
        """Whether the odd sibling lacks what the others have."""
        return self.change.way is Way.REMOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePair:
    """A file of a component in two siblings, with its facts."""

    first: Sibling
    second: Sibling
    one: Part
    other: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """What rules about siblings are shown.

    Attributes:
        members: In the order they were given.
        oddities: Differences beyond those that architectures make.
        files: Every file that two siblings both have.
    """

    members: tuple[Sibling, ...]
    oddities: tuple[Oddity, ...] = ()
    files: tuple[FilePair, ...] = ()
