"""Packages that were given as siblings are none.

What it checks: packages that are compared across architectures are for the
same article, each for another architecture, and say which.

Why it matters: what is not the same update cannot be the same on all
architectures; nothing else is compared.

How to fix it: give the packages of one update, one for each architecture.

Source: observed: the packages of one update share the identifier.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each package that is no sibling of the first one."""
    first, *others = siblings.members
    seen = {first.architecture: first}
    if first.architecture is None:
        yield Hit(where=(first.name,), message="says no architecture")
    for member in others:
        if member.identifier != first.identifier:
            message = (
                f"is for {member.identifier or 'no article'}; "
                f"{first.name} is for {first.identifier or 'no article'}"
            )
            yield Hit(where=(member.name,), message=message)
        elif member.architecture is None:
            yield Hit(where=(member.name,), message="says no architecture")
        elif member.architecture in seen:
            twin = seen[member.architecture].name
            message = f"is for {member.word}, and so is {twin}"
            yield Hit(where=(member.name,), message=message)
        seen.setdefault(member.architecture, member)


RULE = Rule(
    id="HF701",
    name="siblings-unlike",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
