from dataclasses import replace

import pytest
from make_subjects import PLACE, container

from builder.model.finding import Hit
from builder.rules.hf409_hidden_bytes import check


@pytest.mark.silent
def test_no_bytes_are_silent() -> None:
    assert list(check(container())) == []


@pytest.mark.exact
def test_bytes_of_no_file_are_counted() -> None:
    assert list(check(replace(container(), hidden=1400))) == [
        Hit(where=PLACE, message="1,400 bytes inside belong to no file")
    ]


@pytest.mark.boundary
def test_one_byte_is_enough() -> None:
    (hit,) = check(replace(container(), hidden=1))
    assert hit.where == PLACE
    assert list(check(replace(container(), hidden=0))) == []
