import pytest
from make_subjects import PLACE, judged

from builder.errors import SignatureFault
from builder.model.finding import Hit
from builder.rules.hf501_signature_invalid import RULE, check
from builder.rules.windows import answer_to

ELSEWHERE = (
    SignatureFault.UNSIGNED,
    SignatureFault.ANCHOR,
    SignatureFault.IMPOSTOR,
)


@pytest.mark.silent
def test_a_verified_catalog_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


@pytest.mark.boundary
@pytest.mark.parametrize("fault", ELSEWHERE)
def test_faults_of_other_rules_are_silent(fault: SignatureFault) -> None:
    assert list(check(judged("a.cat", fault=fault))) == []


@pytest.mark.exact
@pytest.mark.parametrize("fault", [f for f in SignatureFault if f not in ELSEWHERE])
def test_the_failed_step_is_told(fault: SignatureFault) -> None:
    assert list(check(judged("a.cat", fault=fault))) == [
        Hit(
            where=(*PLACE, "a.cat"),
            message=f"{fault.value}: a reason",
            answer=answer_to(fault),
        )
    ]


@pytest.mark.parametrize(
    ("fault", "symbol"),
    [
        (SignatureFault.DIGEST, "TRUST_E_BAD_DIGEST"),
        (SignatureFault.VALIDITY, "CERT_E_EXPIRED"),
        (SignatureFault.REVOKED, "CERT_E_REVOKED"),
        (SignatureFault.STRUCTURE, "TRUST_E_NOSIGNATURE"),
    ],
)
def test_windows_answers_each_step_in_its_own_way(
    fault: SignatureFault, symbol: str
) -> None:
    (hit,) = check(judged("a.cat", fault=fault))
    assert [a.hresult.symbol for a in RULE.finding(hit).answers] == [symbol]
