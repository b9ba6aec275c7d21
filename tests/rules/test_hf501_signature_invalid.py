import pytest
from make_subjects import PLACE, judged

from builder.errors import SignatureFault
from builder.model.finding import Hit
from builder.rules.hf501_signature_invalid import check

ELSEWHERE = (
    SignatureFault.UNSIGNED,
    SignatureFault.ANCHOR,
    SignatureFault.IMPOSTOR,
)


def test_a_verified_catalog_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


@pytest.mark.parametrize("fault", ELSEWHERE)
def test_faults_of_other_rules_are_silent(fault: SignatureFault) -> None:
    assert list(check(judged("a.cat", fault=fault))) == []


@pytest.mark.parametrize("fault", [f for f in SignatureFault if f not in ELSEWHERE])
def test_the_failed_step_is_told(fault: SignatureFault) -> None:
    assert list(check(judged("a.cat", fault=fault))) == [
        Hit(where=(*PLACE, "a.cat"), message=f"{fault.value}: a reason")
    ]
