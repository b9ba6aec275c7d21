"""Two members of a cabinet have the same name.

What it checks: no two members share a name, compared without regard to case.

Why it matters: one overwrites the other; which one depends on the tool, so a
checked file and an installed file may differ.

How to fix it: pack each name once.

Source: observed: no genuine package has doubled names.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield each member whose name an earlier one has."""
    seen: set[str] = set()
    for member in container.members:
        if member.key in seen:
            message = "an earlier member has this name"
            yield Hit(where=member.where, message=message, is_moved=True)
        seen.add(member.key)


RULE = Rule(
    id="HF402",
    name="member-doubled",
    severity=Severity.ERROR,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
