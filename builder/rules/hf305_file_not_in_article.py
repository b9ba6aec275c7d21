"""Files in the package are not listed in the KB article.

What it checks: each payload file, .mum and .manifest of the package has a row
in the tables for its architecture.

Why it matters: tables are incomplete by design: update.mum, catalogs and leaf
packages are usually left out.  A payload file that is not listed deserves a
look.

How to fix it: nothing, or add the row if the article was read incompletely.

Source: observed in KB967724 and in genuine packages of the era.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule

_NAMED = 3


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield one note for all members without a row."""
    names = [member.name for member in delivery.unlisted]
    if not names:
        return
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    verb = "file is" if len(names) == 1 else "files are"
    yield Hit(
        where=delivery.where,
        message=(
            f"{len(names):,} {verb} not listed in KB{delivery.spec.number}: "
            f"{shown}{more}"
        ),
    )


RULE = Rule(
    id="HF305",
    name="file-not-in-article",
    severity=Severity.NOTE,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
