"""A JSON document is not laid out as hotfix writes it.

What it checks: kb.json, inventory.json and recipe.json have their names in the
order of their schemas, two blanks for a level, and one line end at the end.

Why it matters: two people, or a person and this program, otherwise change lines
that mean the same, and a review shows more than what has changed.

How to fix it: `hotfix check --fix`; no value changes.

Source: this project; the order is that of the schemas.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.ledger import Ledger
from builder.rules.core import Rule


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield each document, at the first line that differs."""
    for name, arranged in ledger.arranged.items():
        # Line ends are those of a checkout, and no business of ours.
        written = ledger.texts[name].replace(b"\r\n", b"\n")
        if written == arranged:
            continue
        old, new = written.split(b"\n"), arranged.split(b"\n")
        pairs = zip(old, new, strict=False)
        end = min(len(old), len(new))
        line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), end)
        yield Hit(
            where=(f"{ledger.where}/{name}",),
            message="names or layout differ from what hotfix writes; "
            "hotfix check --fix arranges them",
            line=line,
        )


RULE = Rule(
    id="HF906",
    name="json-not-arranged",
    severity=Severity.NOTE,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
