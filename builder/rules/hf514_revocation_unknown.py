"""Revocation lists were given, and a catalog was not judged by them.

What it checks: where lists are given with `--crl`, whether each certificate
of a verified catalog, but the anchor, was looked up in a list that counts: of
its issuer, signed by it, and not past its next update at the time of judgement.

Why it matters: a certificate that was withdrawn may have signed the catalog;
nobody can tell from the lists that were given.

How to fix it: give the current list of each issuer.

Source: RFC 5280, 5 and 6.3.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.rules.core import Rule


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield which certificate was not looked up, and why."""
    verified = judged.verified
    if verified is not None and verified.signature.revocation_gap is not None:
        gap = verified.signature.revocation_gap
        yield Hit(where=judged.member.where, message=f"revocation not checked: {gap}")


RULE = Rule(
    id="HF514",
    name="revocation-unknown",
    severity=Severity.WARNING,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
)
