"""An identity differs between the architectures of an update.

What it checks: names, versions, languages, tokens, types and scopes of
packages, components and references, in the packages of one update for several
architectures.  Where several agree, the odd one out is named.

Why it matters: an update has one version.  Another one in one architecture
comes from packing the build of another day, and supersedes wrongly.

How to fix it: build the architectures from one specification and one build.

Source: observed: in two genuine pairs (KB2999226, KB2584475) nothing but the
architecture differs.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each part that differs so."""
    yield from hits(oddities(siblings, Concern.IDENTITY))


RULE = Rule(
    id="HF702",
    name="sibling-identity-differs",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
