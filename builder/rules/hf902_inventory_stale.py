"""The inventory does not describe the files that the article promises.

What it checks: inventory.json has exactly one entry for each payload row of
kb.json, and its size, machine and version are those of the row.  Where a
recipe has components, their files take the place of the rows.

Why it matters: the drafted XML carries the digests of the inventory.  A stale
inventory means that it was drafted for other files.

How to fix it: build with `--update-ledger` from the right payload.

Source: the "File information" section of the KB article.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.ledger import Ledger
from builder.rules.core import Rule
from builder.rules.promise import differences


def payload_rows(spec: KbSpec) -> tuple[FileEntry, ...]:
    """Return the rows that are neither .mum nor .manifest."""
    return tuple(
        entry
        for entry in spec.files
        if not entry.name.lower().endswith((".mum", ".manifest"))
    )


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield each entry that differs, is missing or is too many."""
    spec, inventory = ledger.spec, ledger.inventory
    if spec is None or inventory is None:
        return
    where = (f"{ledger.where}/inventory.json",)
    if inventory.number != spec.number:
        message = f"belongs to KB{inventory.number}; kb.json is KB{spec.number}"
        yield Hit(where=where, message=message)
        return
    rows = dict(_promised(ledger, spec))
    lines = ledger.inventory_lines
    for file, line in zip(inventory.files, lines, strict=True):
        place = "/".join(filter(None, (file.folder, file.name)))
        name = f"{file.architecture.word}/{place}"
        if (file.architecture, file.key) not in rows:
            source = "kb.json" if ledger.promised is None else "kb.json or recipe.json"
            yield Hit(where=where, message=f"{name} has no row in {source}", line=line)
            continue
        entry = rows.pop((file.architecture, file.key))
        for difference in differences(entry, file.facts) if entry else ():
            yield Hit(where=where, message=f"{name} {difference}", line=line)
    for (architecture, key), entry in rows.items():
        name = f"{architecture.word}/{entry.name if entry else key}"
        source = "kb.json" if ledger.promised is None else "recipe.json"
        yield Hit(where=where, message=f"{name} is missing; {source} promises it")


def _promised(
    ledger: Ledger, spec: KbSpec
) -> Iterator[tuple[tuple[Architecture, str], FileEntry | None]]:
    """Yield the rows of the payload: those of the plan, or of the article."""
    if ledger.promised is not None:
        yield from ledger.promised.items()
        return
    for entry in payload_rows(spec):
        yield (entry.architecture, entry.name.casefold()), entry


RULE = Rule(
    id="HF902",
    name="inventory-stale",
    severity=Severity.ERROR,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
