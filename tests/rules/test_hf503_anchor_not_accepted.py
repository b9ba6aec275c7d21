import pytest
from make_subjects import PLACE, judged

from builder.errors import SignatureFault
from builder.model.finding import Hit
from builder.rules.hf503_anchor_not_accepted import check


@pytest.mark.silent
def test_a_verified_catalog_is_silent() -> None:
    assert list(check(judged("a.cat"))) == []


@pytest.mark.boundary
def test_other_faults_are_silent() -> None:
    for fault in (SignatureFault.DIGEST, SignatureFault.UNSIGNED):
        assert list(check(judged("a.cat", fault=fault))) == []


@pytest.mark.exact
def test_the_reason_is_told() -> None:
    assert list(check(judged("a.cat", fault=SignatureFault.ANCHOR))) == [
        Hit(where=(*PLACE, "a.cat"), message="a reason")
    ]
