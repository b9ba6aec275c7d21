from dataclasses import replace

from make_subjects import PLACE, container

from builder.model.finding import Hit
from builder.rules.hf403_trailing_bytes import check


def test_no_bytes_are_silent() -> None:
    assert list(check(container())) == []


def test_a_signature_is_silent() -> None:
    assert list(check(replace(container(), is_signed=True))) == []


def test_other_bytes_are_counted() -> None:
    assert list(check(replace(container(), trailing=2))) == [
        Hit(where=PLACE, message="2 more bytes, which are no signature")
    ]
