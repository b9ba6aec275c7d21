"""Packages that are wrong in one way: the rule for it speaks, and no other.

Each is made by changing a package that we built ourselves from stand-ins, and
signed again where the signature is not the point.
"""

from datetime import timedelta

import pytest
from bad_containers import CONTAINERS
from bad_handling import HANDLED, TWO
from bad_meanings import MEANINGS
from bad_packages import ARTICLE, CATALOGS, DOCUMENTS, PAYLOAD, SCHEMA
from made_packages import (
    complaints,
    judged,
    sign_again,
)
from package_changes import (
    LEAF,
    World,
    describe_again,
    edited,
    moved,
    payload_like,
)

from builder.model.finding import Verdict
from builder.model.version import FileVersion
from builder.report.text import place

CASES = {
    **{f"payload: {k}": v for k, v in PAYLOAD.items()},
    **{f"document: {k}": v for k, v in DOCUMENTS.items()},
    **{
        f"schema: {k}": (edited(name, old, new), "HF102", name)
        for k, (name, old, new) in SCHEMA.items()
    },
    **{f"container: {k}": v for k, v in CONTAINERS.items()},
    **{f"catalog: {k}": v for k, v in CATALOGS.items()},
    **{f"article: {k}": v for k, v in ARTICLE.items()},
    **{f"handled: {k}": v for k, v in HANDLED.items()},
    **{f"meaning: {k}": v for k, v in MEANINGS.items()},
}
# What touches several files is one finding for each.
SEVERAL = {
    "payload: tampered and described again": 2,
    "catalog: swapped catalogs": 2,
    "catalog: lists less": 3,
    "catalog: judged after the certificate's end": 6,
    **{f"handled: {k}": 2 for k in TWO},
}
TOTALS = ("HF305", "HF406", "HF507")  # notes about the whole package
# What the same file says of itself as well, as a note.
BESIDE = {
    "payload: another version": "HF219",
    "document: one identity twice": "HF104",
    "container: one name twice, other bytes": "HF104",
    "article: local times but one": "HF307",
}


def test_the_good_packages_are_good(world: World) -> None:
    for parts in (world.x86, world.x64, world.ia64):
        report = judged(parts.copy())
        assert complaints(report) == []
        assert report.verdict() is Verdict.VALID


def test_a_good_package_signed_again_is_good(world: World) -> None:
    """Otherwise the cases below would be wrong in two ways."""
    parts = world.x86.copy()
    describe_again(parts, world)
    assert complaints(judged(parts)) == []


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60
    assert {*SEVERAL, *BESIDE} <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_one_cause_is_one_rule(world: World, case: str) -> None:
    change, rule, where = CASES[case]
    parts = world.x86.copy()
    change(parts, world)
    report = judged(parts)
    found = complaints(report)
    shown = [(f.rule, place(f), f.hit.message) for f in report.findings]
    assert [f.rule for f in found] == [rule] * SEVERAL.get(case, 1), shown
    assert where in place(found[0]), shown
    notes = {f.rule for f in report.findings if f not in found}
    assert notes - {*TOTALS, BESIDE.get(case)} == set(), shown


def test_local_times_are_a_note(world: World) -> None:
    parts = world.x86.copy()
    moved(timedelta(hours=-8))(parts, world)
    report = judged(parts)
    assert complaints(report) == []
    assert "HF307" in {finding.rule for finding in report.findings}


def test_another_byte_style_is_a_note(world: World) -> None:
    parts = world.x86.copy()
    leaf = parts.find(f"{LEAF}.mum")
    leaf.data = leaf.data.replace(b"\r\n", b"\n")
    sign_again(parts)
    report = judged(parts)
    assert complaints(report) == []
    assert "HF104" in {finding.rule for finding in report.findings}


def test_a_file_of_another_version_is_a_note_without_an_article(world: World) -> None:
    parts = world.x86.copy()
    payload_like(version=FileVersion(6, 0, 6001, 22376))(parts, world)
    parts.spec = None
    report = judged(parts)
    assert complaints(report) == []
    assert "HF219" in {finding.rule for finding in report.findings}
