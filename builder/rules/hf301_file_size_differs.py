"""A file has another size than its row in the KB article.

What it checks: the length in bytes of each file against the "File size"
column of the table for its architecture.

Why it matters: the table is how an administrator tells the fixed file from
the one it replaces.  Another size means that another build was packed.

How to fix it: pack the build that the article describes, or correct the
specification if the article was revised.

Source: the "File information" section of the KB article.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule
from builder.rules.promise import Aspect, foremost


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield each file whose size differs."""
    for entry, member in delivery.pairs:
        if member is None:
            continue
        if foremost(delivery, entry, member) is Aspect.SIZE:
            yield Hit(
                where=member.where,
                message=f"{member.size:,} bytes; the article says {entry.size:,}",
            )


RULE = Rule(
    id="HF301",
    name="file-size-differs",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
