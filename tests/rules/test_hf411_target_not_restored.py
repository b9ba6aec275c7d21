from dataclasses import replace

import pytest
from make_subjects import PLACE, PROMISE, container, unread

from builder.errors import CabError, DeltaError
from builder.model.finding import Hit
from builder.rules import hf001_container_damaged
from builder.rules.hf411_target_not_restored import check

TARGET = replace(unread("x\\y.sys"), promise=PROMISE)


@pytest.mark.silent
def test_a_target_that_waits_is_silent() -> None:
    waiting = replace(TARGET, waits="a PA19 delta is not decoded")
    assert list(check(container(waiting))) == []


@pytest.mark.boundary
def test_damage_of_a_plain_member_is_hf001() -> None:
    member = replace(unread("y.sys"), damage=CabError("broken", offset=9))
    assert list(check(container(member))) == []
    assert len(list(hf001_container_damaged.check(container(member)))) == 1


@pytest.mark.exact
def test_damage_of_a_target_is_not_hf001() -> None:
    member = replace(TARGET, damage=DeltaError("54 bytes; the index promises 1"))
    assert list(hf001_container_damaged.check(container(member))) == []
    assert list(check(container(member))) == [
        Hit(
            where=(*PLACE, "x\\y.sys"),
            message="54 bytes; the index promises 1",
        )
    ]
