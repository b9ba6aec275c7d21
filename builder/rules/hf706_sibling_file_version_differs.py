"""A file has another version for one architecture than for the others.

What it checks: the version resource of each file of a component, beside those
of the same file for the other architectures.

Why it matters: the file of one architecture comes from another build: the fix
may not be in it.

How to fix it: pack the files of one build.

Source: observed: in two genuine pairs (KB2999226, KB2584475) all versions are
equal.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.siblings import Siblings
from builder.rules.core import Rule
from builder.rules.parity import Concern, hits, oddities


def check(siblings: Siblings) -> Iterator[Hit]:
    """Yield each part that differs so."""
    yield from hits(oddities(siblings, Concern.FILE_VERSION))


RULE = Rule(
    id="HF706",
    name="sibling-file-version-differs",
    severity=Severity.ERROR,
    subject=Siblings,
    check=check,
    since="0.1",
    page=__doc__,
)
