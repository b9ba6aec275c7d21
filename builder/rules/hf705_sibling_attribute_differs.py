"""What a package says of itself differs between the architectures of an update.

What it checks: release type, restart, applicability, identifier, description,
installer, the conditions and rankings of updates, and the documents beside the
cabinet.  Words for the architecture may differ; the list of products in
ApplicabilityInfo may, too, and is a note.

Why it matters: systems of one architecture restart, detect or replace in
another way than the article says.

How to fix it: build the architectures from one specification.

Source: observed: in two genuine pairs (KB2999226, KB2584475) they are equal.
"""

from collections.abc import Iterator
from dataclasses import replace

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities

_PRODUCTS = {"ApplicabilityInfo"}


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each part of which attributes differ."""
    for oddity in oddities(siblings, Concern.ATTRIBUTE):
        is_free = {fact.name for fact in oddity.change.facts} <= _PRODUCTS
        for hit in hits(iter((oddity,))):
            yield replace(hit, severity=Severity.NOTE) if is_free else hit


RULE = Rule(
    id="HF705",
    name="sibling-attribute-differs",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
