"""A file has another version than its row in the KB article.

What it checks: the version resource of each PE file against the "File
version" column.  A row with a version whose file has none is wrong as well.

Why it matters: the version decides which of two files Windows keeps.

How to fix it: pack the build that the article describes, or correct the
specification if the article was revised.

Source: the "File information" section of the KB article; VS_FIXEDFILEINFO.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule
from builder.rules.promise import Aspect, foremost


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield each file whose version differs."""
    for entry, member in delivery.pairs:
        if member is None or member.facts is None:
            continue
        if foremost(delivery, entry, member) is Aspect.VERSION:
            pe = member.facts.pe
            version = None if pe is None else pe.version
            seen = "no version" if version is None else f"version {version}"
            if pe is not None and pe.version_damage is not None:
                seen += f" ({pe.version_damage})"
            yield Hit(
                where=member.where,
                message=f"{seen}; the article says {entry.version}",
            )


RULE = Rule(
    id="HF302",
    name="file-version-differs",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
