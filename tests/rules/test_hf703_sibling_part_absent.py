import pytest
from make_siblings import IA64, X86, oddity, siblings

from builder.model.change import Way
from builder.model.finding import Hit
from builder.rules.hf703_sibling_part_absent import check


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_a_part_that_is_not_there_is_reported_where_it_should_be() -> None:
    lacks = oddity("component", way=Way.REMOVED, where=("amd64.msu", "a.cab"))
    assert list(check(siblings(lacks))) == [
        Hit(
            where=("amd64.msu", "a.cab"),
            message="component A is not there; x86 has it",
        )
    ]


def test_a_part_that_others_lack_is_reported() -> None:
    more = oddity("component", way=Way.ADDED, others=(X86, IA64))
    (hit,) = check(siblings(more))
    assert hit.message == "component A is not in x86 and ia64"


@pytest.mark.boundary
def test_a_reference_to_an_absent_part_is_silent() -> None:
    """One cause, one finding."""
    lacks = oddity("component", way=Way.REMOVED)
    update = oddity("update", way=Way.REMOVED, key="neutral_gdr a~*~none")
    condition = oddity("condition", way=Way.REMOVED, inside=("package", "update"))
    assert len(list(check(siblings(lacks, update, condition)))) == 1


def test_another_reference_is_reported() -> None:
    lacks = oddity("component", way=Way.REMOVED)
    update = oddity("update", way=Way.REMOVED, key="neutral_gdr b~*~none")
    assert len(list(check(siblings(lacks, update)))) == 2


def test_payload_that_is_not_there_is_one_finding() -> None:
    facts = {"payload": (None, "absent"), "file version": ("1.0.0.0", None)}
    file = oddity("file", facts, inside=("component",))
    (hit,) = check(siblings(file))
    assert "payload is 'absent', not absent" in hit.message


def test_a_registry_key_that_is_not_there_is_silent() -> None:
    """HF708 reports it."""
    key = oddity("registry key", way=Way.REMOVED, inside=("component",))
    assert not list(check(siblings(key)))
