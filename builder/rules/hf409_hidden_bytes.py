"""A cabinet holds bytes that belong to none of its files.

What it checks: that the files of a cabinet cover all that its folders unpack
to, that nothing lies between its tables and its data, and that its reserved
areas are empty, but for the place of a signature.

Why it matters: no tool shows or extracts these bytes, and no catalog covers
them.

How to fix it: pack the cabinet again, or download the file again.

Source: [MS-CAB], CFFILE and CFDATA; no genuine cabinet that was seen has such
bytes.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield a hit if bytes are left over."""
    if container.hidden:
        yield Hit(
            where=container.where,
            message=f"{container.hidden:,} bytes inside belong to no file",
        )


RULE = Rule(
    id="HF409",
    name="hidden-bytes",
    severity=Severity.WARNING,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
