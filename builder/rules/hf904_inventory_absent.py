"""A specification has no inventory.

What it checks: whether inventory.json lies beside kb.json.  It is a warning
where nothing was built yet, and an error where XML lies in the folder.

Why it matters: manifests carry the digests of the inventory.  Without it they
cannot be drafted again, so what they say of the payload was not checked.

How to fix it: build once with `--update-ledger`; if the inventory was there
before, restore it.

Source: the ledger's layout, `manifests/README.md`.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.ledger import Ledger
from builder.rules.core import Rule


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield a warning, or an error where there is XML without an inventory."""
    if ledger.spec is None or ledger.has_inventory:
        return
    if ledger.written:
        message = "no inventory.json: the manifests were not drafted again"
        yield Hit(where=(ledger.where,), message=message)
    else:
        message = "no inventory.json: nothing was built yet"
        yield Hit(where=(ledger.where,), message=message, severity=Severity.WARNING)


RULE = Rule(
    id="HF904",
    name="inventory-absent",
    severity=Severity.ERROR,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
