import pytest
from make_evidence import file_evidence
from make_subjects import PLACE, container

from builder.errors import SignatureError, SignatureFault
from builder.model.finding import Hit
from builder.model.subject import JudgedSeal
from builder.rules.hf512_file_anchor_not_accepted import check

OURS = (SignatureFault.ANCHOR, SignatureFault.IMPOSTOR)


def seal(fault: SignatureFault) -> JudgedSeal:
    return JudgedSeal(container=container(), fault=SignatureError(fault, "a reason"))


@pytest.mark.silent
def test_a_verified_signature_is_silent() -> None:
    judged = JudgedSeal(container=container(), verified=file_evidence())
    assert list(check(judged)) == []


@pytest.mark.boundary
@pytest.mark.parametrize("fault", [f for f in SignatureFault if f not in OURS])
def test_other_faults_are_silent(fault: SignatureFault) -> None:
    assert list(check(seal(fault))) == []


@pytest.mark.exact
@pytest.mark.parametrize("fault", OURS)
def test_the_reason_is_told(fault: SignatureFault) -> None:
    assert list(check(seal(fault))) == [Hit(where=PLACE, message="a reason")]
