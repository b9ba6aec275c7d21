import pytest
from make_evidence import file_evidence
from make_subjects import PLACE, container

from builder.errors import SignatureError, SignatureFault
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedSeal
from builder.rules.hf511_file_signature_invalid import check
from builder.rules.windows import answer_to

ELSEWHERE = (SignatureFault.ANCHOR, SignatureFault.IMPOSTOR)


def seal(fault: SignatureFault) -> JudgedSeal:
    return JudgedSeal(container=container(), fault=SignatureError(fault, "a reason"))


@pytest.mark.silent
def test_a_verified_signature_is_silent() -> None:
    judged = JudgedSeal(container=container(), verified=file_evidence())
    assert list(check(judged)) == []


@pytest.mark.boundary
@pytest.mark.parametrize("fault", ELSEWHERE)
def test_faults_of_the_other_rule_are_silent(fault: SignatureFault) -> None:
    assert list(check(seal(fault))) == []


@pytest.mark.exact
@pytest.mark.parametrize("fault", [f for f in SignatureFault if f not in ELSEWHERE])
def test_the_failed_step_is_told(fault: SignatureFault) -> None:
    assert list(check(seal(fault))) == [
        Hit(
            where=PLACE,
            message=f"{fault.value}: a reason",
            severity=Severity.WARNING if fault is SignatureFault.UNSIGNED else None,
            answer=answer_to(fault),
        )
    ]
