"""A specification cannot be read, or no package follows from it.

What it checks: kb.json, inventory.json and recipe.json against their schemas,
and that a package can be planned from them.

Why it matters: nothing can be built from the folder.

How to fix it: correct the line that is named; the schemas describe every
field.

Source: `schemas/*.schema.json`.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.ledger import Ledger
from builder.rules.core import Rule


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield each document that cannot be read or planned from."""
    for path, error in ledger.errors:
        yield Hit(
            where=(path,),
            message=error.reason,
            line=error.line,
            offset=error.offset,
        )


RULE = Rule(
    id="HF901",
    name="specification-invalid",
    severity=Severity.ERROR,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
