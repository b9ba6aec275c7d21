"""A program file is built for another platform than its row says.

What it checks: the machine number of each PE file against the "Platform"
column of its row.

Why it matters: the file installs and does not run.

How to fix it: pack the build for the promised platform.

Source: the "File information" section of the KB article; PE/COFF machine
types.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.machine import machine_word
from builder.model.subject import Delivery
from builder.rules.core import Rule
from builder.rules.promise import Aspect, foremost


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield each file for another platform."""
    for entry, member in delivery.pairs:
        if member is None or member.facts is None or entry.platform is None:
            continue
        if foremost(delivery, entry, member) is not Aspect.PLATFORM:
            continue
        pe, damage = member.facts.pe, member.facts.damage
        if pe is None:
            seen = f"no program file ({damage})" if damage else "no program file"
        else:
            seen = f"built for {machine_word(pe.machine)}"
        yield Hit(
            where=member.where,
            message=f"{seen}; the article says {entry.platform.word}",
        )


RULE = Rule(
    id="HF304",
    name="platform-differs",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
