"""Findings in any number: the same in any room, and few of them held."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_packages import AT, Memory, catalog_of, signed
from make_pki import simple_signer

from builder.formats.facts import observe
from builder.formats.mum import serialize_mum
from builder.model.finding import Finding, Hit, PackageReport, Report, Severity
from builder.model.identity import AssemblyIdentity
from builder.model.package import Package
from builder.model.trust import Trust
from builder.model.unpacked import Container, Kind, Member
from builder.report.json import render_json
from builder.report.text import render_text
from builder.rules.core import in_order, place_of
from builder.steps.gather import HELD, Gatherer
from builder.steps.judge import judge
from builder.store import Scratch

COUNT = 100_000
MIB = 1 << 20
IDENTITY = AssemblyIdentity(
    name="Package_for_KB967724",
    version="6.0.1.0",
    architecture="x86",
    language="neutral",
    public_key_token="31bf3856ad364e35",
)

findings = st.lists(st.builds(Finding), max_size=40, unique_by=place_of)


@given(findings, st.integers(1, 12))
def test_what_is_spooled_comes_back_as_what_is_held(
    found: list[Finding], held: int
) -> None:
    gatherer = Gatherer(Memory, held=held)
    gatherer.add(found)
    gathered = gatherer.finish()
    assert tuple(gathered) == in_order(found) == tuple(gathered)
    assert len(gathered) == len(found)
    assert all(finding in gathered for finding in found)
    errors = {f.hit.where for f in found if f.severity is Severity.ERROR}
    assert gatherer.wrong == errors


def test_without_a_spool_all_findings_are_held() -> None:
    gatherer = Gatherer(held=1)
    gatherer.add(made(3))
    assert gatherer.finish() == tuple(made(3))


def made(count: int) -> Iterator[Finding]:
    for number in range(count):
        hit = Hit(where=("a.cab", f"file{number:06}"), message="is there for nothing")
        yield Finding(rule="HF210", name="a", severity=Severity.WARNING, hit=hit)


def test_a_report_in_pieces_is_the_json_of_the_whole() -> None:
    package = PackageReport(path="a\n", findings=tuple(made(2)), unreadable="b")
    report = Report(packages=(package, PackageReport(path="c")))
    for shown in (report, Report(packages=())):
        text = "".join(render_json(shown))
        assert text == json.dumps(json.loads(text), indent=2) + "\n"


@pytest.mark.parametrize("render", [render_text, render_json])
def test_findings_are_rendered_without_being_held(
    render: Callable[[Report], Iterator[str]],
) -> None:
    count = 3 * HELD + 1
    tracemalloc.start()
    try:
        gatherer = Gatherer(Scratch)
        gatherer.add(made(count))
        gathered = gatherer.finish()
        report = PackageReport(path="a", findings=gathered)
        pieces = sum(map(bool, render(Report(packages=(report,)))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(gathered) == count < pieces
    assert peak < 10 * MIB, f"{peak / MIB:.1f} MiB"
    assert list(islice(gathered, HELD)) == list(made(HELD))


def member(name: str, kind: Kind, data: bytes | None) -> Member:
    facts = observe([data or b"x"])
    return Member(
        where=("a.cab", name), name=name, kind=kind, size=0, facts=facts, content=data
    )


def large() -> Container:
    """Make a package of 100,000 files that its catalog does not list."""
    package = Package(identity=IDENTITY, identifier="KB1", release_type="Hotfix")
    mum = serialize_mum(package)
    catalog = signed(catalog_of([mum], "update.cat"), simple_signer())
    one = member("x86_a_1_1.0.0.0_none_1\\file", Kind.OTHER, None)
    names = (f"{one.name}{number:06}" for number in range(COUNT))
    return Container(
        where=("a.cab",),
        members=(
            member("update.mum", Kind.MUM, mum),
            member("update.cat", Kind.CATALOG, catalog),
            *(replace(one, where=("a.cab", name), name=name) for name in names),
        ),
    )


def test_a_package_of_100_000_findings_is_judged_without_holding_them() -> None:
    trust = Trust(anchors=(simple_signer().certificates[-1],), crls=(), at=AT)
    container = large()
    tracemalloc.start()
    try:
        report = judge("a.cab", (container,), spec=None, trust=trust, spool=Scratch)
        lines = sum(map(bool, render_text(Report(packages=(report,)))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert COUNT <= len(report.findings) < lines
    assert peak < 64 * MIB, f"{peak / MIB:.1f} MiB"
