from dataclasses import replace

import pytest
from make_subjects import PLACE, PROMISE, container, unread

from builder.errors import CabError, DeltaError
from builder.model.finding import Hit, Severity
from builder.model.vouched import Vouched
from builder.rules import hf001_container_damaged
from builder.rules.core import findings_of
from builder.rules.hf411_target_not_restored import RULE, check

TARGET = replace(unread("x\\y.sys"), promise=PROMISE)


WAITING = replace(TARGET, waits="a PA19 delta is not decoded")
BROKEN = replace(TARGET, damage=DeltaError("54 bytes; the index promises 1"))


@pytest.mark.silent
def test_a_plain_member_that_waits_is_silent() -> None:
    assert list(check(container(replace(WAITING, promise=None)))) == []


def test_targets_that_wait_are_counted_as_a_warning() -> None:
    assert list(check(container(WAITING, replace(TARGET, waits="b"), WAITING))) == [
        Hit(
            where=PLACE,
            message=f"{files} not restored, and known from the index alone: {reason}",
            severity=Severity.WARNING,
        )
        for files, reason in (
            ("2 files", "a PA19 delta is not decoded"),
            ("1 file", "b"),
        )
    ]


def test_beside_a_damaged_target_nothing_is_said_of_what_waits() -> None:
    (found,) = check(container(WAITING, BROKEN))
    assert found.severity is None
    hidden = replace(container(WAITING), damage=CabError("broken", offset=9))
    assert list(check(hidden)) == []


@pytest.mark.boundary
def test_damage_of_a_plain_member_is_hf001() -> None:
    member = replace(unread("y.sys"), damage=CabError("broken", offset=9))
    assert list(check(container(member))) == []
    assert len(list(hf001_container_damaged.check(container(member)))) == 1


@pytest.mark.exact
def test_damage_of_a_target_is_not_hf001() -> None:
    assert list(hf001_container_damaged.check(container(BROKEN))) == []
    assert list(check(container(BROKEN))) == [
        Hit(
            where=(*PLACE, "x\\y.sys"),
            message="54 bytes; the index promises 1",
        )
    ]


def test_the_publishers_seal_makes_what_waits_a_note() -> None:
    (found,) = findings_of((RULE,), (container(WAITING),))
    assert found.severity is Severity.WARNING
    sealed = Vouched(sealed=frozenset({PLACE}))
    (found,) = findings_of((RULE,), (container(WAITING),), sealed)
    assert found.severity is Severity.NOTE
    (found,) = findings_of((RULE,), (container(BROKEN),), sealed)
    assert found.severity is Severity.WARNING
