from dataclasses import replace

import pytest
from make_subjects import PLACE, PROMISE, container, member

from builder.errors import CabError
from builder.model.finding import Hit
from builder.rules.hf001_container_damaged import check


@pytest.mark.silent
def test_a_whole_container_is_silent() -> None:
    assert list(check(container(member("update.mum")))) == []


@pytest.mark.exact
def test_damage_of_the_container_keeps_its_offset() -> None:
    damaged = replace(container(), damage=CabError("a checksum", offset=77))
    assert list(check(damaged)) == [Hit(where=PLACE, message="a checksum", offset=77)]


def test_damage_of_a_member_names_the_member() -> None:
    damaged = container(member("a"), member("b", damage=CabError("cut off", offset=0)))
    assert list(check(damaged)) == [
        Hit(where=(*PLACE, "b"), message="cut off", offset=0)
    ]


@pytest.mark.boundary
def test_damage_of_what_an_index_promises_is_told_elsewhere() -> None:
    """HF411 reports it; damage of the member beside it stays."""
    damage = CabError("cut off")
    promised = replace(member("a", damage=damage), promise=PROMISE)
    assert list(check(container(promised))) == []
    assert len(list(check(container(promised, member("b", damage=damage))))) == 1
