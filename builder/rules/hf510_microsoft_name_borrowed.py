"""A certificate named "Microsoft Windows" does not chain to a Microsoft root.

What it checks: that the chain of a catalog whose signer has the common name of
Windows' own component signer leads to one of the Microsoft roots that are
pinned by fingerprint.

Why it matters: anybody can make a certificate of any name.  This one looks
like Microsoft's in every listing, and Windows trusts it only where somebody
has added its root.

How to fix it: do not install the package.  If the signer is your own, give it
a name of your own.

Source: observed in a modified system's package that is in circulation;
RFC 5280, section 6.1.1 (d).
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.rules.core import Rule
from builder.rules.windows import UNTRUSTED


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield a hit for a signer with a borrowed name."""
    fault = judged.fault
    if fault is not None and fault.fault is SignatureFault.IMPOSTOR:
        yield Hit(where=judged.member.where, message=fault.reason)


RULE = Rule(
    id="HF510",
    name="microsoft-name-borrowed",
    severity=Severity.ERROR,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(UNTRUSTED,),
)
