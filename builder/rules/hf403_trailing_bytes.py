"""Bytes follow the cabinet that are no signature.

What it checks: that a cabinet ends where its header says, or that what
follows is the Authenticode signature that its reserved header announces.

Why it matters: no tool reads these bytes and no catalog covers them.

How to fix it: cut them off, or download the file again.

Source: [MS-CAB], CFHEADER.cbCabinet; signed cabinets as observed.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Container
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield a hit if bytes are left over."""
    if container.trailing:
        yield Hit(
            where=container.where,
            message=f"{container.trailing:,} more bytes, which are no signature",
        )


RULE = Rule(
    id="HF403",
    name="trailing-bytes",
    severity=Severity.WARNING,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
)
