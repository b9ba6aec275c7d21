import pytest
from make_subjects import PLACE, judged

from builder.errors import SignatureFault
from builder.model.finding import Hit
from builder.rules.hf510_microsoft_name_borrowed import check


@pytest.mark.silent
def test_a_verified_catalog_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


@pytest.mark.boundary
@pytest.mark.parametrize(
    "fault", [f for f in SignatureFault if f is not SignatureFault.IMPOSTOR]
)
def test_other_faults_are_silent(fault: SignatureFault) -> None:
    assert list(check(judged("a.cat", fault=fault))) == []


@pytest.mark.exact
def test_the_reason_is_told() -> None:
    assert list(check(judged("a.cat", fault=SignatureFault.IMPOSTOR))) == [
        Hit(where=(*PLACE, "a.cat"), message="a reason")
    ]
