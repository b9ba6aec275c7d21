"""The package belongs to another article or another architecture.

What it checks: the KB number of `update.mum`, and that the article has rows
for the package's architecture.

Why it matters: comparing a package with the wrong article says nothing.

How to fix it: name the right article with `--kb`.

Source: the identifier attribute of genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield a hit if number or architecture do not fit."""
    spec = delivery.spec
    if delivery.number is not None and delivery.number != spec.number:
        yield Hit(
            where=delivery.where,
            message=f"package of KB{delivery.number}; the article is KB{spec.number}",
        )
        return
    known = {entry.architecture for entry in spec.files}
    # A package that names no architecture is HF201 or HF102.
    if delivery.architecture is not None and delivery.architecture not in known:
        words = ", ".join(sorted(architecture.word for architecture in known))
        yield Hit(
            where=delivery.where,
            message=(
                f"package for {delivery.architecture.word}; "
                f"KB{spec.number} has tables for {words or 'none'}"
            ),
        )


RULE = Rule(
    id="HF306",
    name="another-article",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
