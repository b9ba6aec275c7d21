"""A file that the article lists is not in the package.

What it checks: each row of the article's tables for the package's
architecture, `.mum` and `.manifest` rows included, has a file of that name.
Where a document of the package is absent, nobody knows what it would bring:
that is told first, and alone.

Why it matters: the article is what an administrator checks an installation
against; a missing file means another package, or an incomplete one.

How to fix it: add the file, or correct the specification if the article was
revised.

Source: the "File information" section of the KB article.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield each promised row that no member answers."""
    if delivery.is_incomplete:
        return  # HF203 and HF204 name the document that may bring it
    for entry, member in delivery.pairs:
        if member is None and entry.name.casefold() not in delivery.missed:
            yield Hit(
                where=delivery.where,
                message=(
                    f"{entry.name} ({entry.architecture.word}) is listed in "
                    f"KB{delivery.spec.number} and not in the package"
                ),
            )


RULE = Rule(
    id="HF300",
    name="promised-file-absent",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
