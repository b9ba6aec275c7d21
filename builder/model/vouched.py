"""What a publisher's signature says of a place: it is as it was published.

Rules that rest on observation may be wrong about a package that nobody has
observed; its publisher's signature then outweighs them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

Place = tuple[str, ...]


class Yields(IntEnum):
    """The weakest evidence of the publisher that outweighs a rule.

    NEVER: none does.
    TO_SEAL: the signature over a whole container that the place lies in.
    TO_PACKAGE: a package whose catalogs find every file that they list.
    TO_CATALOG: a catalog that lists the very file.
    """

    NEVER = 0
    TO_SEAL = 1
    TO_PACKAGE = 2
    TO_CATALOG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Places that the publisher's verified signatures vouch for.

    Attributes:
        sealed: Containers that are signed as a whole.
        complete: Packages whose catalogs find every file that they list.
        listed: Files that a catalog lists.
    """

    sealed: frozenset[Place] = frozenset()
    complete: frozenset[Place] = frozenset()
    listed: frozenset[Place] = frozenset()

    def outweighs(
        self, yields: Yields, where: Place, *, is_moved: bool = False
    ) -> bool:
        """Tell whether what is known of a place outweighs a rule.

        Args:
            yields: Of the rule.
            where: What it found to be wrong.
            is_moved: The name of the place is wrong, or that it lies there: only
                the seal of a container around it says that.
        """
        if is_moved:
            yields, where = min(yields, Yields.TO_SEAL), where[:-1]
        if yields is Yields.NEVER:
            return False
        places = tuple(around(where))
        if not self.sealed.isdisjoint(places):
            return True
        if yields >= Yields.TO_PACKAGE and not self.complete.isdisjoint(places):
            return True
        return yields >= Yields.TO_CATALOG and where in self.listed


def around(where: Place) -> Iterator[Place]:
    """Yield a place and the containers that it lies in."""
    for length in range(len(where), 0, -1):
        yield where[:length]


NOBODY = Vouched()
