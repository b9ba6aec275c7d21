"""The parents of a package differ between the architectures of an update.

What it checks: which packages are named as parents, their versions and the
attributes of the clause (integrate, disposition, the comparisons).  A parent
that one architecture alone names is a note: products exist that were made for
some architectures only.

Why it matters: parents decide where a package is applicable.  With other
parents an update is offered to other systems, or to none.

How to fix it: name the same parents everywhere that the products exist.

Source: observed: KB2584475 names the drivers of Server 2008 R2, which was
never made for x86, in its x64 package alone.
"""

from collections.abc import Iterator
from dataclasses import replace

from builder.model.change import Way
from builder.model.finding import Hit, Severity
from builder.model.siblings import Oddity, Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each parent that differs."""
    for oddity in oddities(siblings, Concern.PARENT):
        for hit in hits(iter((oddity,))):
            yield replace(hit, severity=Severity.NOTE) if _is_free(oddity) else hit


def _is_free(oddity: Oddity) -> bool:
    """Tell a parent whose product may not exist for the other architectures."""
    if oddity.change.kind != "parent package" or oddity.change.way is Way.CHANGED:
        return False
    without = (oddity.odd,) if oddity.is_missing else oddity.others
    return all(oddity.change.key not in sibling.parents for sibling in without)


RULE = Rule(
    id="HF704",
    name="sibling-parent-differs",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
