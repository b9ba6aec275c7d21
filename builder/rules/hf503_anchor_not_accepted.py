"""A catalog's certificate chain ends in no accepted anchor.

What it checks: that the chain of a sound signature leads to an accepted
anchor: those given with `--trust-anchor`, or the pinned Microsoft roots where
none is given.

Why it matters: anybody can make a chain that holds together, even one whose
leaf is named like a Microsoft certificate.  Trust comes from the anchor alone.

How to fix it: give the anchor that you accept: `--trust-anchor root.pem`.  If
you do not know the root that the message names, do not install the package.

Source: RFC 5280, section 6.1.1 (d).
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.rules.core import Rule
from builder.rules.windows import UNTRUSTED


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield a hit for a chain to a root that is not accepted."""
    fault = judged.fault
    if fault is not None and fault.fault is SignatureFault.ANCHOR:
        yield Hit(where=judged.member.where, message=fault.reason)


RULE = Rule(
    id="HF503",
    name="anchor-not-accepted",
    severity=Severity.ERROR,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(UNTRUSTED,),
)
