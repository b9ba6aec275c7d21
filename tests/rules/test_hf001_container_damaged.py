from dataclasses import replace

from make_subjects import PLACE, container, member

from builder.errors import CabError
from builder.model.finding import Hit
from builder.rules.hf001_container_damaged import check


def test_a_whole_container_is_silent() -> None:
    assert list(check(container(member("update.mum")))) == []


def test_damage_of_the_container_keeps_its_offset() -> None:
    damaged = replace(container(), damage=CabError("a checksum", offset=77))
    assert list(check(damaged)) == [Hit(where=PLACE, message="a checksum", offset=77)]


def test_damage_of_a_member_names_the_member() -> None:
    damaged = container(member("a"), member("b", damage=CabError("cut off", offset=0)))
    assert list(check(damaged)) == [
        Hit(where=(*PLACE, "b"), message="cut off", offset=0)
    ]
