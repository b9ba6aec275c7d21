"""Where it is written what Windows answers to a fault.

A rule claims an answer only where one of these documents, or one that it names
itself, says so.  A claim that rests on the meaning of a code alone, or on no
document that can be named, says that instead: it is less likely.
"""

from collections.abc import Mapping

from builder.errors import SignatureFault
from builder.model.hresult import (
    BAD_DIGEST,
    CHAINING,
    EXPIRED,
    NO_SIGNATURE,
    REVOKED,
    UNTRUSTED_ROOT,
    WRONG_USAGE,
    Answer,
    Hresult,
)

MEANING = "by its meaning in [MS-ERREF], sections 2.1.1 and 2.2; not seen in a log"
ASIA_SUPPORT = (
    "Microsoft Asia support blog, 2011-06-20: error 0x80073701 when installing a "
    "service pack or hotfix"
)
KB947821 = (
    "KB947821, Fix Windows Update corruptions and installation failures "
    "(learn.microsoft.com)"
)
CBS_ERRORS = (
    "Component Based Servicing errors of Windows Server 2008 "
    "(technet.microsoft.com, cc732334)"
)
CHECKSUR = (
    "Microsoft TechNet, 2010-05-12: Server Manager errors after updates, "
    "0x800F0818 and 0x800B0100"
)
CORE_TEAM = (
    "Microsoft Ask the Core Team, 2011-12-14: Troubleshooting error 800B0100, "
    "TRUST_E_NOSIGNATURE"
)
CBS_LOGS = "CBS.log files that users have published; less likely: no document says so"
LOGHUB = (
    "Loghub, Windows_2k.log, 2016-09-28 (github.com/logpai/loghub): logged for an "
    "unknown attribute, which was then ignored"
)
SIGNATURE_RESULTS = (
    ".NET reference, SignatureVerificationResult (learn.microsoft.com); "
    "[MS-ERREF], section 2.1.1"
)

_BY_FAULT: Mapping[SignatureFault, Hresult] = {
    SignatureFault.DIGEST: BAD_DIGEST,
    SignatureFault.SIGNATURE: BAD_DIGEST,
    SignatureFault.CHAIN: CHAINING,
    SignatureFault.VALIDITY: EXPIRED,
    SignatureFault.USAGE: WRONG_USAGE,
    SignatureFault.REVOKED: REVOKED,
}

UNSIGNED = Answer(hresult=NO_SIGNATURE, source=CORE_TEAM)
UNTRUSTED = Answer(hresult=UNTRUSTED_ROOT, source=SIGNATURE_RESULTS)
_ANSWERS: dict[SignatureFault, Answer] = {
    fault: Answer(hresult=hresult, source=SIGNATURE_RESULTS)
    for fault, hresult in _BY_FAULT.items()
}
BROKEN: tuple[Answer, ...] = (*dict.fromkeys(_ANSWERS.values()), UNSIGNED)
"""What Windows may answer to a signature that does not hold."""


def answer_to(fault: SignatureFault) -> Answer:
    """Return the answer to the step of verification that failed.

    A signature that is not even read as one counts as none.
    """
    return _ANSWERS.get(fault, UNSIGNED)
