"""A container is damaged from some place on.

What it checks: that every cabinet inside the file can be unpacked to its end:
structure, checksums, compressed data and announced sizes.

Why it matters: Windows stops at the first damaged block, so nothing of the
package is installed; and nothing behind the damage could be checked.

How to fix it: download or build the package again.

Source: [MS-CAB]; [MS-MCI] for MSZIP.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import FILE_CORRUPT, Answer
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import MEANING


def check(container: Container) -> Iterator[Hit]:
    """Yield the container's damage and that of each member."""
    if container.damage is not None:
        damage = container.damage
        yield Hit(where=container.where, message=damage.reason, offset=damage.offset)
    for member in container.members:
        if member.damage is not None and member.promise is None:  # else HF411
            damage = member.damage
            yield Hit(where=member.where, message=damage.reason, offset=damage.offset)


RULE = Rule(
    id="HF001",
    name="container-damaged",
    severity=Severity.ERROR,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=FILE_CORRUPT, source=MEANING),),
    yields=Yields.TO_SEAL,
    outweighed=Severity.WARNING,
)
