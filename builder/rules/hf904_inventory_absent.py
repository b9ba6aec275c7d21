"""A specification has no inventory yet.

What it checks: whether inventory.json lies beside kb.json.

Why it matters: without it the XML cannot be drafted again, so only kb.json
itself was checked.

How to fix it: build once with `--update-ledger`.

Source: the ledger's layout, `manifests/README.md`.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.ledger import Ledger
from builder.rules.core import Rule


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield a note, or what XML there is without an inventory."""
    if ledger.spec is not None and not ledger.has_inventory:
        message = "no inventory.json: the XML was not drafted again"
        yield Hit(where=(ledger.where,), message=message)


RULE = Rule(
    id="HF904",
    name="inventory-absent",
    severity=Severity.WARNING,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
