from dataclasses import replace

import pytest
from make_evidence import file_evidence
from make_subjects import PLACE, program

from builder.errors import SignatureError, SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedProgram
from builder.model.vouched import NOBODY, Vouched
from builder.rules.core import findings_of
from builder.rules.hf516_program_signature_broken import RULE, check

WHERE = (*PLACE, program().name)
ACCEPTANCE = {
    SignatureFault.ALGORITHM,
    SignatureFault.CHAIN,
    SignatureFault.ANCHOR,
    SignatureFault.VALIDITY,
    SignatureFault.USAGE,
    SignatureFault.TIMESTAMP,
    SignatureFault.KEY,
}


def judged(fault: SignatureFault | None = None, *, padding: int = 0) -> JudgedProgram:
    if fault is not None:
        error = SignatureError(fault, "a reason")
        return JudgedProgram(member=program(), is_signed=True, fault=error)
    evidence = replace(file_evidence(), padding=padding)
    return JudgedProgram(member=program(), is_signed=True, verified=evidence)


@pytest.mark.silent
def test_a_signature_that_holds_is_silent() -> None:
    assert list(check(judged())) == []


def test_a_program_without_a_signature_is_silent() -> None:
    assert list(check(JudgedProgram(member=program()))) == []


@pytest.mark.parametrize("fault", sorted(ACCEPTANCE))
def test_one_that_is_sound_and_not_accepted_is_silent(fault: SignatureFault) -> None:
    assert list(check(judged(fault))) == []


@pytest.mark.exact
@pytest.mark.parametrize("fault", sorted(set(SignatureFault) - ACCEPTANCE))
def test_a_broken_one_is_a_hit(fault: SignatureFault) -> None:
    assert list(check(judged(fault))) == [
        Hit(where=WHERE, message=f"its own signature: {fault}: a reason")
    ]


@pytest.mark.boundary
def test_octets_that_nothing_covers_are_a_note() -> None:
    assert list(check(judged(padding=1_000))) == [
        Hit(
            where=WHERE,
            message="1,000 octets behind its own signature, which nothing covers "
            "(CVE-2013-3900)",
            severity=Severity.NOTE,
        )
    ]


@pytest.mark.parametrize(
    ("vouched", "severity"),
    [
        (NOBODY, Severity.WARNING),
        (Vouched(listed=frozenset({WHERE})), Severity.WARNING),
        (Vouched(sealed=frozenset({WHERE[:1]})), Severity.NOTE),
    ],
    ids=["nobody", "a catalog", "the seal around it"],
)
def test_only_a_seal_says_that_a_broken_one_is_as_published(
    vouched: Vouched, severity: Severity
) -> None:
    """The image hash leaves out the certificate table."""
    subject = judged(SignatureFault.DIGEST)
    (found,) = findings_of((RULE,), (subject,), vouched)
    assert found.severity is severity
