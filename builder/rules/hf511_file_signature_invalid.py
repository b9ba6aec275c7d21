"""The signature on a cabinet or .msu does not hold.

What it checks: every step of the verification procedure over the Authenticode
signature that is appended to the file: structure, one signer, attributes, the
digest of the file, algorithms, signature, time stamp, chain, validity, usage,
revocation.  The message names the first step that failed.  A header that
announces a signature where the file ends is a warning: it was signed once.

Why it matters: the file was changed after it was signed, or was not signed by
whom it says.  Update services refuse it.

How to fix it: sign the file again as the last step; if it was downloaded, do
not install it.

Source: "Windows Authenticode Portable Executable Signature Format"; the digest
of cabinets as observed in genuine packages.
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedSeal
from builder.rules.core import Rule
from builder.rules.windows import BROKEN, answer_to

_ELSEWHERE = (SignatureFault.ANCHOR, SignatureFault.IMPOSTOR)  # HF512


def check(judged: JudgedSeal) -> Iterator[Hit]:
    """Yield the step that failed."""
    fault = judged.fault
    if fault is not None and fault.fault not in _ELSEWHERE:
        is_lost = fault.fault is SignatureFault.UNSIGNED
        yield Hit(
            where=judged.container.where,
            message=f"{fault.fault}: {fault.reason}",
            severity=Severity.WARNING if is_lost else None,
            answer=answer_to(fault.fault),
        )


RULE = Rule(
    id="HF511",
    name="file-signature-invalid",
    severity=Severity.ERROR,
    subject=JudgedSeal,
    check=check,
    since="0.1",
    page=__doc__,
    answers=BROKEN,
)
