"""The package carries stand-ins instead of the real files.

What it checks: the payload for the label that stand-ins carry in their first
bytes, and the property list of a .msu for the label that
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
from builder.model.subject import Opened
from builder.model.unpacked import Kind, Member
from builder.rules.core import Rule

LABEL = "Stand-in"
"""The name of the property; its value is a sentence for people."""


def _label(member: Member) -> str | None:
    """Return what a property list says of stand-ins."""
    if member.kind is not Kind.PROPERTIES or member.data is None:
        return None
    try:
        return parse_properties(member.data).get(LABEL)
    except (FormatError, LimitError):
        return None  # HF405 reports it


def check(opened: Opened) -> Iterator[Hit]:
    """Yield a note for each labelled list, and one for each package."""
    for container in opened.containers:
        for member in container.members:
            label = _label(member)
            if label is not None:
                yield Hit(where=member.where, message=f"stand-in payload: {label}")
    for packages in opened.packages:
        payload = [m.facts for m in packages.payload() if m.facts is not None]
        labelled = sum(facts.is_stand_in for facts in payload)
        if labelled:
            yield Hit(
                where=packages.container.where,
                message=(
                    f"{labelled:,} of {len(payload):,} payload files are "
                    "labelled stand-ins"
                ),
            )


RULE = Rule(
    id="HF406",
    name="stand-in-payload",
    severity=Severity.NOTE,
    subject=Opened,
    check=check,
    since="0.1",
    page=__doc__,
)
