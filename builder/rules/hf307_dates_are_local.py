"""The cabinet's times are local times.

What it checks: whether most files of the package are off from the article by
the same number of quarter hours.

Why it matters: articles give UTC and cabinets name no time zone, so the two
have to be told apart before dates can be compared.

How to fix it: nothing is wrong with the package.

Source: observed: producers of genuine packages differ.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule
from builder.rules.times import offset


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield a note if another offset than zero fits most rows."""
    shift = offset(delivery)
    if shift:
        minutes = int(shift.total_seconds()) // 60
        sign = "+" if minutes > 0 else "-"
        hours, rest = divmod(abs(minutes), 60)
        yield Hit(
            where=delivery.where,
            message=f"times in the cabinet are UTC{sign}{hours:02}:{rest:02}",
        )


RULE = Rule(
    id="HF307",
    name="dates-are-local",
    severity=Severity.NOTE,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
