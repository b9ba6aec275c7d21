"""What a component does differs between the architectures of an update.

What it checks: registry keys and values, services, directories, dependencies,
security descriptors, attributes of files and all else in the manifest of a
component, beside the same component for the other architectures.  Words for
the architecture may differ.

Why it matters: the systems of one architecture are set up in another way.

How to fix it: build the architectures from one specification; what has to
differ (such as a path) belongs into a macro.

Source: observed: in two genuine pairs (KB2999226, KB2584475) they are equal.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each part that differs so."""
    yield from hits(oddities(siblings, Concern.CONTENT))


RULE = Rule(
    id="HF708",
    name="sibling-content-differs",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
