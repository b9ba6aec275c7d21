"""A file belongs into the package for another architecture.

What it checks: each file of a component beside the same file of the siblings.
It belongs there if its machine is theirs and not its own, or if it is not what
its own manifest describes and is what theirs does.  Files that are no programs
and are described as they are cannot be told apart.

Why it matters: the file installs and does not run.

How to fix it: exchange the files, and describe and sign again.

Source: the PE/COFF machine types; observed in genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import swaps


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each file that lies in the wrong package."""
    for odd, owner, part, why in swaps(siblings):
        message = f"belongs to {owner.word}, not {odd.word}: {why}"
        yield Hit(where=part.where, message=message)


RULE = Rule(
    id="HF707",
    name="sibling-payload-swapped",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
