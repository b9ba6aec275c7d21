from dataclasses import replace

import pytest
from make_evidence import signature
from make_subjects import PLACE, judged, listing

from builder.errors import SignatureFault
from builder.model.catalog import VerifiedCatalog
from builder.model.finding import Hit
from builder.model.subject import JudgedCatalog
from builder.rules.hf514_revocation_unknown import check


def catalog(gap: str | None) -> JudgedCatalog:
    made = VerifiedCatalog(
        catalog=listing(), signature=replace(signature(), revocation_gap=gap)
    )
    return replace(judged("a.cat"), verified=made)


@pytest.mark.silent
def test_no_gap_is_silent() -> None:
    """Also where no list was given: then the report says it."""
    assert list(check(catalog(None))) == []


@pytest.mark.boundary
def test_a_signature_that_does_not_hold_is_silent() -> None:
    """HF501 reports it."""
    assert list(check(judged("a.cat", fault=SignatureFault.REVOKED))) == []


@pytest.mark.exact
def test_a_gap_is_told() -> None:
    assert list(check(catalog("CN=signer: no list of CN=root was given"))) == [
        Hit(
            where=(*PLACE, "a.cat"),
            message=("revocation not checked: CN=signer: no list of CN=root was given"),
        )
    ]
