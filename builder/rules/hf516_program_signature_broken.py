"""A program file is not what its own signature says.

What it checks: the Authenticode signature inside a program file of a package,
by the same procedure as all others. A signature that is damaged, or over
another file, is a warning; octets behind a signature that nothing covers
(CVE-2013-3900) are a note. A sound signature that is not accepted, because of
its anchor, its algorithm or its time, is named in the report and no finding. Inside
a container that Microsoft signed as a whole, all are notes; catalogs say nothing
here, because the signature is not part of what they list.

Why it matters: Windows believes the catalogs of a package, and installs the
file. Programs that look at the file itself will refuse it, and whoever changed
it after it was signed has left a trace.

How to fix it: take the file as its publisher signed it; or sign it again after
the last change.

Source: "Windows Authenticode Portable Executable Signature Format"; CVE-2013-3900.
"""

from collections.abc import Iterator

from builder.errors import SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedProgram
from builder.model.vouched import Yields
from builder.rules.core import Rule

_BROKEN = (
    SignatureFault.STRUCTURE,
    SignatureFault.UNSIGNED,
    SignatureFault.SIGNER,
    SignatureFault.ATTRIBUTES,
    SignatureFault.DIGEST,
    SignatureFault.SIGNATURE,
    SignatureFault.IMPOSTOR,
    SignatureFault.REVOKED,
)


def check(judged: JudgedProgram) -> Iterator[Hit]:
    """Yield what is broken, and what nothing covers."""
    fault, verified = judged.fault, judged.verified
    if fault is not None and fault.fault in _BROKEN:
        message = f"its own signature: {fault.fault}: {fault.reason}"
        yield Hit(where=judged.member.where, message=message)
    if verified is not None and verified.padding:
        yield Hit(
            where=judged.member.where,
            message=f"{verified.padding:,} octets behind its own signature, which "
            "nothing covers (CVE-2013-3900)",
            severity=Severity.NOTE,
        )


RULE = Rule(
    id="HF516",
    name="program-signature-broken",
    severity=Severity.WARNING,
    subject=JudgedProgram,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
