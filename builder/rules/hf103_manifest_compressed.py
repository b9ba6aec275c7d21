"""A manifest is compressed and was not decoded.

What it checks: whether a manifest starts with `DCM`, the mark of a delta
against a base manifest that the package does not carry.

Why it matters: nothing inside such a manifest was checked: neither its
schema nor its identity nor the digests of its files.

How to fix it: nothing is wrong with the package.

Source: observed in images of Windows 8.1 and later.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Document
from builder.rules.core import Rule


def check(document: Document) -> Iterator[Hit]:
    """Yield a note for a compressed manifest."""
    if document.is_compressed:
        yield Hit(
            where=document.member.where,
            message="compressed manifest (DCM) was not decoded, so not checked",
        )


RULE = Rule(
    id="HF103",
    name="manifest-compressed",
    severity=Severity.NOTE,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
)
