"""Packages of one update for several architectures: who is the odd one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_packages import Memory, Parts, sign_again
from package_changes import (
    LEAF,
    MANIFEST,
    SC_0,
    Change,
    World,
    both,
    describe_again,
    dropped,
    edited,
    payload_like,
)
from projects import ROOT, anchor, hotfix, msu, need_shared

from builder.formats.json_text import parse_json
from builder.formats.schema import schema
from builder.model.finding import Finding, PackageReport, Severity
from builder.model.limits import DEFAULT_LIMITS
from builder.model.portrait import Portrait
from builder.model.unpacked import Container, Member
from builder.model.version import FileVersion
from builder.steps.parity import judge_siblings
from builder.steps.portray import portray
from builder.steps.portray_xml import walk
from builder.steps.unpack import unpack

PACKAGES = ROOT.parent / "shared" / "data" / "packages"
ORDERS = ((0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def swapped_program(parts: Parts, world: World) -> None:
    """Put the x64 program in, and describe and sign it."""
    parts.find("mpio.sys").data = world.x64.find("mpio.sys").data
    describe_again(parts, world)


def swapped_inf(parts: Parts, world: World) -> None:
    """Put the x64 INF in, which the manifest does not describe."""
    parts.find("mpio.inf").data = world.x64.find("mpio.inf").data


def second_driver(parts: Parts, _: World) -> None:
    """Let the leaf bring one more driver, with a manifest of its own."""
    text = parts.find(MANIFEST).data.replace(b"mpio", b"more")
    parts.add(MANIFEST.replace("mpio", "more"), text)
    sign_again(parts)


CHANGED: dict[str, tuple[Change, str]] = {
    "version of a package": (
        edited(f"{SC_0}.mum", 'version="6.0.1.0"', 'version="6.0.1.1"'),
        "HF702",
    ),
    "version of a component": (
        edited(MANIFEST, "6.0.6001.22375", "6.0.6001.22376"),
        "HF702",
    ),
    "type of a component": (edited(MANIFEST, ' type="driverUpdate"', ""), "HF702"),
    "token of a reference": (
        edited(
            f"{LEAF}.mum",
            'publicKeyToken="31bf3856ad364e35" type',
            'publicKeyToken="31bf3856ad364e36" type',
        ),
        "HF702",
    ),
    "a package less": (dropped(f"{SC_0}.mum", f"{SC_0}.cat"), "HF703"),
    "a component less": (dropped(MANIFEST), "HF703"),
    "a component more": (second_driver, "HF703"),
    "a program less": (dropped("mpio.sys"), "HF703"),
    "another parent version": (
        edited(f"{SC_0}.mum", "6.0.6001.18000", "6.0.6001.18001"),
        "HF704",
    ),
    "another disposition": (
        edited(f"{SC_0}.mum", 'disposition="detect"', 'disposition="staged"'),
        "HF704",
    ),
    "another restart": (
        edited(f"{LEAF}.mum", 'restart="required"', 'restart="possible"'),
        "HF705",
    ),
    "another release type": (
        edited(f"{SC_0}.mum", 'releaseType="Hotfix"', 'releaseType="Update"'),
        "HF705",
    ),
    "another ranking": (
        edited(f"{LEAF}.mum", 'ranking="currentDevices"', 'ranking="normal"'),
        "HF705",
    ),
    "another build of the program": (
        payload_like(version=FileVersion(6, 0, 6001, 22376)),
        "HF706",
    ),
    "the program of another architecture": (swapped_program, "HF707"),
    "the INF of another architecture": (swapped_inf, "HF707"),
    "another version and the program of another architecture": (
        both(payload_like(version=FileVersion(1, 2, 3, 4)), swapped_program),
        "HF707",
    ),
    "a registry key more": (
        edited(
            MANIFEST,
            "<deployment",
            '<registryKeys><registryKey keyName="HKEY_LOCAL_MACHINE\\A" />'
            "</registryKeys><deployment",
        ),
        "HF708",
    ),
    "a dependency more": (
        edited(
            MANIFEST,
            "<file ",
            '<dependency><dependentAssembly dependencyType="install">'
            '<assemblyIdentity name="B" version="1.0.0.0" />'
            "</dependentAssembly></dependency><file ",
        ),
        "HF708",
    ),
}


def portrayed(data: bytes, name: str) -> Portrait:
    containers = unpack(name, data, limits=DEFAULT_LIMITS, spool=Memory)
    return portray(name, containers, limits=DEFAULT_LIMITS)


def findings(reports: Sequence[PackageReport]) -> list[Finding]:
    return [finding for report in reports for finding in report.findings]


@pytest.fixture(scope="module")
def good(world: World) -> list[Portrait]:
    packages = (world.x86, world.x64, world.ia64)
    return [portrayed(parts.copy().pack(), parts.name) for parts in packages]


def changed(world: World, change: Change, good: list[Portrait]) -> list[Portrait]:
    """Portray x86, changed, beside the two others, as they are."""
    x86 = world.x86.copy()
    change(x86, world)
    return [portrayed(x86.pack(), x86.name), *good[1:]]


def test_the_good_packages_are_equal_in_what_has_to_be(good: list[Portrait]) -> None:
    for order in ORDERS:
        reports = judge_siblings([good[at] for at in order])
        assert findings(reports) == []
        assert all(report.verified for report in reports)


def test_there_are_cases_for_every_rule() -> None:
    assert {rule for _, rule in CHANGED.values()} == {f"HF70{n}" for n in range(2, 9)}


@pytest.mark.parametrize("case", CHANGED)
def test_one_cause_is_one_rule_and_names_the_odd_one(
    world: World, good: list[Portrait], case: str
) -> None:
    change, rule = CHANGED[case]
    portraits = changed(world, change, good)
    for order in ORDERS:
        found = findings(judge_siblings([portraits[at] for at in order]))
        assert {finding.rule for finding in found} == {rule}, found
        assert {finding.hit.where[0] for finding in found} == {world.x86.name}
        assert {finding.severity for finding in found} == {Severity.ERROR}


@pytest.mark.parametrize("case", CHANGED)
def test_of_two_the_second_is_named_unless_the_file_tells(
    world: World, good: list[Portrait], case: str
) -> None:
    change, rule = CHANGED[case]
    x86, x64, _ = changed(world, change, good)
    for first, second in ((x86, x64), (x64, x86)):
        found = findings(judge_siblings([first, second]))
        assert {finding.rule for finding in found} == {rule}, found
        named = x86.name if rule == "HF707" else second.name
        assert {finding.hit.where[0] for finding in found} == {named}


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(sorted(CHANGED)), min_size=1, max_size=3))
def test_several_changes_are_all_found_in_the_changed_one(
    world: World, good: list[Portrait], cases: set[str]
) -> None:
    x86 = world.x86.copy()
    try:
        for case in sorted(cases):
            CHANGED[case][0](x86, world)
    except AssertionError:
        return  # one took away what the other one changes
    found = findings(judge_siblings([portrayed(x86.pack(), x86.name), *good[1:]]))
    assert found
    assert {finding.hit.where[0] for finding in found} == {x86.name}
    assert {finding.rule for finding in found} <= {f"HF70{n}" for n in range(2, 9)}


def test_exchanged_programs_are_found_in_both(world: World) -> None:
    x86, x64 = world.x86.copy(), world.x64.copy()
    one, other = x86.find("mpio.sys"), x64.find("mpio.sys")
    one.data, other.data = other.data, one.data
    portraits = [portrayed(parts.pack(), parts.name) for parts in (x86, x64)]
    found = findings(judge_siblings(portraits))
    assert [finding.rule for finding in found] == ["HF707", "HF707"]
    assert {finding.hit.where[0] for finding in found} == {x86.name, x64.name}


def written(world: World, folder: Path, change: Change) -> list[Path]:
    x86 = world.x86.copy()
    change(x86, world)
    paths = []
    for parts in (x86, world.x64, world.ia64):
        path = folder / parts.name
        path.write_bytes(parts.copy().pack())
        paths.append(path)
    return paths


def test_the_command_says_nothing_of_good_packages(built: Path) -> None:
    packages = [msu(built, word) for word in ("x86", "x64", "ia64")]
    text = hotfix("compare-arch", *packages).output
    assert text.count(": valid: 0 errors, 0 warnings, 0 notes") == 3
    assert "35 parts compared with x64" in text


def test_the_command_exits_with_1_and_json_keeps_its_schema(
    world: World, tmp_path: Path
) -> None:
    paths = written(world, tmp_path, CHANGED["another restart"][0])
    text = hotfix("compare-arch", *paths, "--format", "json", code=1).output
    document = json.loads(text)
    rules = parse_json(schema("report.schema.json")).value
    Draft202012Validator(rules).validate(document)
    (finding,) = document["packages"][0]["findings"]
    assert finding["rule"] == "HF705"
    assert not document["packages"][1]["findings"]


def test_validate_compares_siblings_when_it_is_asked_to(
    world: World, built: Path, tmp_path: Path
) -> None:
    paths = written(world, tmp_path, CHANGED["another restart"][0])
    trust = ("--trust-anchor", anchor(built, "x86"))
    alone = hotfix("validate", *paths, *trust, "-q", code=1).output
    assert "HF705" not in alone
    text = hotfix("validate", *paths, *trust, "--siblings", code=1).output
    assert text.count("error HF705") == 1
    assert "parts compared with x64" in text
    packages = [msu(built, word) for word in ("x86", "x64", "ia64")]
    hotfix("validate", *packages, *trust, "--siblings")


def test_what_is_there_for_32_bit_programs_has_no_counterpart(
    tmp_path: Path, signer_folder: Path
) -> None:
    """x64 and ARM64 have wow64 twins, x86 has none."""
    words = ("x86", "x64", "arm64")
    chosen = [option for word in words for option in ("--arch", word)]
    era = ("--era", "10.0", "--time", "2020-01-02T03:04:00Z")
    hotfix("new", "KB900321", "-o", tmp_path, *era, *chosen)
    signed = ("--dev-sign", "--dev-keys", signer_folder, "-o", tmp_path / "out")
    hotfix("build", tmp_path / "kb900321", "--stand-in", "--update-ledger", *signed)
    packages = [
        tmp_path / "out" / "kb900321" / word / f"Windows10.0-KB900321-{word}.msu"
        for word in words
    ]
    portraits = [portrayed(path.read_bytes(), path.name) for path in packages]
    twins = [
        part
        for portrait in portraits
        for part in walk(portrait.root)
        if part.kind == "component" and "~wow64~" in part.key
    ]
    assert len(twins) == 2
    for order in ORDERS:
        reports = judge_siblings([portraits[at] for at in order])
        assert findings(reports) == []
        assert all(report.verified for report in reports)


def test_fewer_than_two_packages_are_wrong_usage(built: Path) -> None:
    x86 = msu(built, "x86")
    for command in (("compare-arch",), ("validate", "--siblings")):
        assert "two architectures" in hotfix(*command, x86, code=2).output
        assert "given twice" in hotfix(*command, x86, x86, code=2).output


def test_what_cannot_be_read_exits_with_3_and_the_others_are_compared(
    world: World, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.msu"
    broken.write_bytes(b"MSCF" + bytes(50))
    paths = written(world, tmp_path, CHANGED["another restart"][0])
    text = hotfix("compare-arch", paths[0], broken, paths[1], code=3).output
    assert f"{broken.as_posix()}: unreadable: " in text
    assert "HF705" in text
    assert "unreadable" in hotfix("compare-arch", broken, paths[0], code=3).output
    words = ("validate", "--siblings", paths[0], broken, paths[1], "-q")
    assert "HF705" in hotfix(*words, code=3).output


def test_packages_of_other_updates_are_not_compared(
    world: World, tmp_path: Path
) -> None:
    def other(parts: Parts, _: World) -> None:
        for entry in parts.inner:
            if entry.name.endswith(".mum"):
                entry.data = entry.data.replace(b"KB967724", b"KB967725")

    paths = written(world, tmp_path, other)
    text = hotfix("compare-arch", *paths[::-1], "-q", code=1).output
    assert text.count("HF701") == 1
    assert text.count("HF7") == 1


Swap = Callable[[Member], Member]


def with_members(
    containers: tuple[Container, ...], change: Swap
) -> tuple[Container, ...]:
    return tuple(replace(c, members=tuple(map(change, c.members))) for c in containers)


@pytest.mark.genuine
@pytest.mark.parametrize("stem", ["Windows6.0-KB2999226", "Windows6.1-KB2584475"])
def test_genuine_siblings_have_no_error(stem: str) -> None:
    """What differs truly: x64 has parents that were never made for x86."""
    paths = [need_shared(PACKAGES / f"{stem}-{word}.msu") for word in ("x86", "x64")]
    for order in (paths, paths[::-1]):
        reports = judge_siblings([portrayed(p.read_bytes(), p.name) for p in order])
        found = findings(reports)
        assert {finding.severity for finding in found} <= {Severity.NOTE}
        assert len(found) == (0 if "KB2999226" in stem else 8)
        assert {f.rule for f in found} <= {"HF704", "HF705"}


@pytest.mark.genuine
def test_exchanged_genuine_programs_are_found() -> None:
    opened = []
    for word in ("x86", "x64"):
        path = need_shared(PACKAGES / f"Windows6.0-KB2999226-{word}.msu")
        data = path.read_bytes()
        opened.append(unpack(path.name, data, limits=DEFAULT_LIMITS, spool=Memory))
    native = ("x86_microsoft-windows-ucrt", "amd64_microsoft-windows-ucrt")

    def is_meant(member: Member, start: str) -> bool:
        return member.key.startswith(start) and member.key.endswith("ucrtbase.dll")

    def facts_of(containers: tuple[Container, ...], start: str) -> list[Member]:
        members = [m for c in containers for m in c.members if is_meant(m, start)]
        return sorted(members, key=lambda member: member.key)

    first, second = (facts_of(c, n) for c, n in zip(opened, native, strict=True))
    assert len(first) == len(second) == 2
    pairs = list(zip(first, second, strict=True))
    swap = {a.where: b.facts for a, b in pairs} | {b.where: a.facts for a, b in pairs}

    def exchange(member: Member) -> Member:
        if member.where not in swap:
            return member
        return replace(member, facts=swap[member.where])

    portraits = [
        portray(c[0].where[0], with_members(c, exchange), limits=DEFAULT_LIMITS)
        for c in opened
    ]
    found = findings(judge_siblings(portraits))
    assert {finding.rule for finding in found} == {"HF707"}
    assert len(found) == 4
