"""The index of a delta package cannot be used.

What it checks: that `_manifest_.cix.xml` is there where members are called by
numbers, that it can be read, and that it holds together: every file with a length
and a hash, every number once, no file that is its own basis, however far around.

Why it matters: the members of such a package are called 0, 1, 2 and so on;
without the index nobody knows which files they stand for.  Nothing else
inside the package was judged.

How to fix it: download the package again, or make the index again.

Source: observed in packages of Windows Vista to 8.1.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield the damage of a container's index."""
    damage = container.index_damage
    if damage is not None:
        yield Hit(
            where=(*container.where, *damage.source),
            message=damage.reason,
            line=damage.line,
            offset=damage.offset,
        )


RULE = Rule(
    id="HF410",
    name="index-unreadable",
    severity=Severity.ERROR,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
    outweighed=Severity.WARNING,
)
