"""A package, component or file is there for some architectures only.

What it checks: each package, update, component and file of one architecture
is there for the others.  What a 64-bit system has for 32-bit programs (x86 and
wow64 components) has no counterpart and is not asked for.

Why it matters: the systems of one architecture stay without a part of the
fix.

How to fix it: add the part, or leave it out everywhere; if the product of a
part exists for one architecture only, ignore this rule with that reason.

Source: observed: in two genuine pairs (KB2999226, KB2584475) all parts have
counterparts.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each part that differs so."""
    yield from hits(oddities(siblings, Concern.PART))


RULE = Rule(
    id="HF703",
    name="sibling-part-absent",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
