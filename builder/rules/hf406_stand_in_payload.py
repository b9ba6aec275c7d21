"""The package carries stand-ins instead of the real files.

What it checks: the property list of a .msu for the label that
`hotfix build --stand-in` writes.

Why it matters: such a package proves the build, not the fix: it must never
be installed.

How to fix it: build with `--payload` and the real files.

Source: written by this builder.
"""

from collections.abc import Iterator

from builder.errors import FormatError, LimitError
from builder.formats.msu import parse_properties
from builder.model.finding import Hit, Severity
from builder.model.subject import Msu
from builder.model.unpacked import Kind
from builder.rules.core import Rule

LABEL = "Stand-in"
"""The name of the property; its value is a sentence for people."""


def check(msu: Msu) -> Iterator[Hit]:
    """Yield a note for a labelled package."""
    for member in msu.container.members:
        if member.kind is Kind.PROPERTIES and member.data is not None:
            try:
                label = parse_properties(member.data).get(LABEL)
            except (FormatError, LimitError):
                continue  # HF405 reports it
            if label is not None:
                yield Hit(where=member.where, message=f"stand-in payload: {label}")


RULE = Rule(
    id="HF406",
    name="stand-in-payload",
    severity=Severity.NOTE,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
)
