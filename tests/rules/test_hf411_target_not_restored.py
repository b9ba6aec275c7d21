from dataclasses import replace

from make_subjects import PLACE, container, unread

from builder.errors import CabError, DeltaError
from builder.model.finding import Hit
from builder.model.unpacked import Promise
from builder.rules import hf001_container_damaged
from builder.rules.hf411_target_not_restored import check

PROMISE = Promise(
    algorithm="sha1", digest=bytes(20), source="7", is_raw=False, is_copy=False
)
TARGET = replace(unread("x\\y.sys"), promise=PROMISE)


def test_a_target_that_waits_is_silent() -> None:
    waiting = replace(TARGET, waits="a PA19 delta is not decoded")
    assert list(check(container(waiting))) == []


def test_damage_of_a_plain_member_is_hf001() -> None:
    member = replace(unread("y.sys"), damage=CabError("broken", offset=9))
    assert list(check(container(member))) == []
    assert len(list(hf001_container_damaged.check(container(member)))) == 1


def test_damage_of_a_target_is_not_hf001() -> None:
    member = replace(TARGET, damage=DeltaError("54 bytes; the index promises 1"))
    assert list(hf001_container_damaged.check(container(member))) == []
    assert list(check(container(member))) == [
        Hit(
            where=(*PLACE, "x\\y.sys"),
            message="54 bytes; the index promises 1",
        )
    ]
