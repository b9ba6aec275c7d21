"""A catalog carries no signature.

What it checks: that the catalog has a signer.

Why it matters: anybody can write such a list; Windows treats its files as
unsigned.

How to fix it: build with `--sign-cert` and `--sign-key`.

Source: RFC 5652, SignedData.signerInfos.
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.rules.core import Rule
from builder.rules.windows import UNSIGNED


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield a hit for a catalog without a signer."""
    fault = judged.fault
    if fault is not None and fault.fault is SignatureFault.UNSIGNED:
        yield Hit(where=judged.member.where, message=fault.reason)


RULE = Rule(
    id="HF502",
    name="catalog-unsigned",
    severity=Severity.ERROR,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(UNSIGNED,),
)
