"""A catalog's signature does not hold.

What it checks: every step of the verification procedure up to a complete
certificate chain: structure, one signer, signed attributes, digest,
algorithms, signature, chain, validity, usage, revocation, time stamp.  The
message names the first step that failed.

Why it matters: Windows treats the files of such a catalog as unsigned.

How to fix it: sign the catalog again; if the package was downloaded, do not
install it.

Source: RFC 5652, RFC 5280; the profile observed in 73 genuine catalogs.
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedCatalog
from builder.rules.core import Rule
from builder.rules.windows import BROKEN, answer_to

_ELSEWHERE = (  # HF502, HF503, HF510
    SignatureFault.UNSIGNED,
    SignatureFault.ANCHOR,
    SignatureFault.IMPOSTOR,
)


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield the step that failed."""
    fault = judged.fault
    if fault is not None and fault.fault not in _ELSEWHERE:
        yield Hit(
            where=judged.member.where,
            message=f"{fault.fault}: {fault.reason}",
            answer=answer_to(fault.fault),
            offset=fault.offset,
        )


RULE = Rule(
    id="HF501",
    name="signature-invalid",
    severity=Severity.ERROR,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
    answers=BROKEN,
)
