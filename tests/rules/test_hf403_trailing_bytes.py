from dataclasses import replace

import pytest
from make_subjects import PLACE, container

from builder.model.finding import Hit
from builder.rules.hf403_trailing_bytes import check


@pytest.mark.silent
def test_no_bytes_are_silent() -> None:
    assert list(check(container())) == []


@pytest.mark.boundary
def test_a_signature_is_silent() -> None:
    assert list(check(replace(container(), is_signed=True))) == []


@pytest.mark.exact
def test_other_bytes_are_counted() -> None:
    assert list(check(replace(container(), trailing=2))) == [
        Hit(where=PLACE, message="2 more bytes, which are no signature")
    ]
