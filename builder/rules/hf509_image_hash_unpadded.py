"""A program file is listed by an image hash without padding.

What it checks: whether a PE file whose size is no multiple of 8 is listed by
the hash that Windows computes (padded with zeros) or by the other one.

Why it matters: some tools leave the padding out; Windows may not find the
file in the catalog.

How to fix it: make the catalog again with padded image hashes.

Source: observed in genuine catalogs; "Windows Authenticode Portable
Executable Signature Format".
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import Coverage


def check(coverage: Coverage) -> Iterator[Hit]:
    """Yield each file listed only by its unpadded image hash."""
    for member in coverage.unpadded:
        yield Hit(
            where=member.where,
            message="the catalog lists its image hash without padding",
        )


RULE = Rule(
    id="HF509",
    name="image-hash-unpadded",
    severity=Severity.WARNING,
    subject=Coverage,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
