"""Where two files differ: every change is found, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bad_containers import CONTAINERS
from bad_packages import CATALOGS, DOCUMENTS, PAYLOAD, SCHEMA
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_packages import Memory, Parts
from package_changes import MANIFEST, World, edited, moved, payload_like
from projects import ROOT, hotfix, msu, need_shared, outside

from builder.errors import HotfixError
from builder.formats.json_text import parse_json
from builder.formats.manifest import serialize_manifest
from builder.formats.schema import schema
from builder.model.change import Change, Difference, FactChange, Way
from builder.model.identity import AssemblyIdentity
from builder.model.limits import DEFAULT_LIMITS
from builder.model.package import (
    Component,
    Dependency,
    Membership,
    PackagedFile,
    RegistryKey,
    RegistryValue,
    Service,
)
from builder.model.portrait import Portrait
from builder.model.version import FileVersion
from builder.steps.differ import differ
from builder.steps.portray import portray
from builder.steps.unpack import unpack

PACKAGES = ROOT.parent / "shared" / "data" / "packages"
CHANGES = {
    **{f"payload: {k}": v[0] for k, v in PAYLOAD.items()},
    **{f"document: {k}": v[0] for k, v in DOCUMENTS.items()},
    **{f"schema: {k}": edited(*v) for k, v in SCHEMA.items()},
    **{f"container: {k}": v[0] for k, v in CONTAINERS.items()},
    **{f"catalog: {k}": v[0] for k, v in CATALOGS.items()},
}
# It is judged at another time, and not changed at all.
del CHANGES["catalog: judged after the certificate's end"]


def portrayed(data: bytes, name: str = "a.msu") -> Portrait:
    containers = unpack(name, data, limits=DEFAULT_LIMITS, spool=Memory)
    return portray(name, containers, limits=DEFAULT_LIMITS)


def between(first: Parts, second: Parts) -> Difference:
    return differ(portrayed(first.pack()), portrayed(second.pack()))


def swapped(change: Change) -> tuple[object, ...]:
    """What a change is, seen from the other side; names are those of one side."""
    way = {Way.ADDED: Way.REMOVED, Way.REMOVED: Way.ADDED}.get(change.way, change.way)
    facts = tuple(sorted((f.name, f.second or "", f.first or "") for f in change.facts))
    return way.value, change.kinds, facts, change.inside


def plain(change: Change) -> tuple[object, ...]:
    facts = tuple(sorted((f.name, f.first or "", f.second or "") for f in change.facts))
    return change.way.value, change.kinds, facts, change.inside


def test_there_are_enough_changes() -> None:
    assert len(CHANGES) >= 60


@pytest.mark.parametrize("case", CHANGES)
def test_every_change_to_a_package_is_found(world: World, case: str) -> None:
    good, bad = world.x86.copy(), world.x86.copy()
    CHANGES[case](bad, world)
    try:
        second = portrayed(bad.pack())
    except HotfixError:
        return  # it cannot be read at all: exit code 3
    first = portrayed(good.pack())
    found = differ(first, second)
    assert found.changes or found.unread
    assert not differ(second, second).changes
    back = differ(second, first)
    assert sorted(map(plain, back.changes)) == sorted(map(swapped, found.changes))


def test_a_package_does_not_differ_from_itself(world: World) -> None:
    for parts in (world.x86, world.x64, world.ia64):
        found = between(parts.copy(), parts.copy())
        assert (found.changes, found.unread) == ((), ())


def test_another_build_of_a_program_is_one_file_its_manifest_and_catalog(
    world: World,
) -> None:
    other = world.x86.copy()
    payload_like(version=FileVersion(6, 0, 6001, 22376))(other, world)
    found = between(world.x86, other)
    (file,) = (c for c in found.changes if c.kind == "file")
    assert file.path[-1] == "mpio.sys"
    assert {f.name for f in file.facts} == {
        "hash/DigestValue",
        "file version",
        "sha256",
    }
    version = next(f for f in file.facts if f.name == "file version")
    assert (version.first, version.second) == ("6.0.6001.22375", "6.0.6001.22376")
    assert {c.kind for c in found.changes} <= {"file", "catalog"}


def test_a_program_that_was_changed_after_packing_is_one_change(world: World) -> None:
    other = world.x86.copy()
    entry = other.find("mpio.sys")
    entry.data = entry.data[:5_000] + b"X" + entry.data[5_001:]
    found = between(world.x86, other)
    (file,) = (c for c in found.changes if c.kind == "file")
    assert [f.name for f in file.facts] == ["sha256"]
    assert file.second is not None
    assert file.second.where[-1].endswith("mpio.sys")
    # The catalog lists a file that is not there any more.
    assert {c.kind for c in found.changes} == {"file", "catalog member"}


def test_a_change_of_bytes_without_meaning_says_so(world: World) -> None:
    other = world.x86.copy()
    entry = other.find(MANIFEST)
    entry.data = entry.data.replace(b"\r\n", b"\n")
    found = between(world.x86, other)
    (component,) = (c for c in found.changes if c.kind == "component")
    assert [fact.name for fact in component.facts] == ["bytes"]


def test_other_times_are_found(world: World) -> None:
    from datetime import timedelta

    other = world.x86.copy()
    moved(timedelta(hours=2), "mpio.sys")(other, world)
    (change,) = between(world.x86, other).changes
    assert [fact.name for fact in change.facts] == ["modified"]


def test_two_architectures_differ_in_what_has_to_differ(world: World) -> None:
    found = between(world.x86, world.x64)
    names = {fact.name for change in found.changes for fact in change.facts}
    assert {change.way for change in found.changes} == {Way.CHANGED}
    assert found.changes[0].facts == (
        FactChange(name="architecture", first="x86", second="amd64"),
    )
    assert "processorArchitecture" not in names
    assert {"machine", "sha256", "size"} <= names


IDENTITY = AssemblyIdentity(
    name="Example", version="6.0.6001.1", architecture="x86", language="neutral"
)


def component(**sections: object) -> Component:
    return replace(Component(identity=IDENTITY), **sections)  # type: ignore[arg-type]  # any field


def alone(value: Component) -> Portrait:
    return portrayed(serialize_manifest(value), "a.manifest")


def texts(size: int = 12) -> st.SearchStrategy[str]:
    return st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=size)


def names(maximum: int = 6) -> st.SearchStrategy[list[str]]:
    return st.lists(texts(), min_size=1, max_size=maximum, unique=True)


def registry(named: list[str], values: list[str]) -> tuple[RegistryKey, ...]:
    written = tuple(
        RegistryValue(name=value, type="REG_SZ", value=value) for value in values
    )
    return tuple(
        RegistryKey(name=f"HKEY_LOCAL_MACHINE\\{name}", values=written)
        for name in named
    )


def services(named: list[str]) -> tuple[Membership, ...]:
    return tuple(
        Membership(
            name=name,
            version="1.0",
            public_key_token=None,
            type_name="Service",
            instances=(
                Service(
                    name=name,
                    display_name=name,
                    image_path="a.exe",
                    start="auto",
                    type="win32OwnProcess",
                ),
            ),
        )
        for name in named
    )


def dependencies(named: list[str]) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(
            identity=replace(IDENTITY, name=name), dependency_type="prerequisite"
        )
        for name in named
    )


def files(named: list[str]) -> tuple[PackagedFile, ...]:
    return tuple(
        PackagedFile(name=name, source_name=name, destination_path="$(runtime.x)\\")
        for name in named
    )


@given(names(), names(), names(), names(), names(), st.data())
def test_what_is_left_out_is_the_only_change(  # noqa: PLR0917  # one per section
    keys: list[str],
    values: list[str],
    served: list[str],
    needed: list[str],
    packed: list[str],
    data: st.DataObject,
) -> None:
    sections = {
        "registry_keys": registry(keys, values),
        "memberships": services(served),
        "dependencies": dependencies(needed),
        "files": files(packed),
    }
    whole = component(**sections)
    section = data.draw(st.sampled_from(sorted(sections)))
    gone = data.draw(st.integers(0, len(sections[section]) - 1))
    rest = tuple(v for at, v in enumerate(sections[section]) if at != gone)
    less = component(**(sections | {section: rest}))
    first, second = alone(whole), alone(less)
    assert not differ(first, first).changes
    (change,) = differ(first, second).changes
    kind = {
        "registry_keys": "registry key",
        "memberships": "membership",
        "dependencies": "dependency",
        "files": "file",
    }[section]
    assert (change.way, change.kind) == (Way.REMOVED, kind)
    (back,) = differ(second, first).changes
    assert (back.way, back.kind, back.path) == (Way.ADDED, kind, change.path)


@given(names(), names(), st.data())
def test_a_registry_value_that_changes_is_named(
    keys: list[str], values: list[str], data: st.DataObject
) -> None:
    written = registry(keys, values)
    at = data.draw(st.integers(0, len(keys) - 1))
    which = data.draw(st.integers(0, len(values) - 1))
    old = written[at].values[which]
    new = replace(old, value=old.value + "!")
    changed = replace(
        written[at],
        values=tuple(new if v is old else v for v in written[at].values),
    )
    other = tuple(changed if k is written[at] else k for k in written)
    found = differ(
        alone(component(registry_keys=written)), alone(component(registry_keys=other))
    )
    (change,) = found.changes
    assert change.kinds == ("component", "registry key", "registry value")
    assert change.path[1:] == (written[at].name, old.name)
    assert change.facts == (
        FactChange(name="value", first=old.value, second=new.value),
    )


@given(names(), st.randoms(use_true_random=False))
def test_the_order_of_elements_is_no_difference_but_of_bytes(
    packed: list[str], random: object
) -> None:
    mixed = list(packed)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis has no type for it
    found = differ(
        alone(component(files=files(packed))), alone(component(files=files(mixed)))
    )
    assert all([f.name for f in c.facts] == ["bytes"] for c in found.changes)
    assert bool(found.changes) == (mixed != packed)


def manifest(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">'
        '<assemblyIdentity name="A" version="1.0.0.0" processorArchitecture="x86" '
        f'language="neutral" publicKeyToken="31bf3856ad364e35" />{body}</assembly>'
    ).encode()


def test_an_element_that_nobody_knows_is_compared_too() -> None:
    first = portrayed(manifest('<x><y a="1">text</y></x>'), "a.manifest")
    second = portrayed(manifest('<x><y a="2">other</y></x>'), "a.manifest")
    (change,) = differ(first, second).changes
    assert change.facts == (
        FactChange(name="x/y/a", first="1", second="2"),
        FactChange(name="x/y", first="text", second="other"),
    )


def test_deep_documents_are_compared() -> None:
    deep = "<a><b/>" * 240 + "</a>" * 240
    twice = "<a/><a>" * 240 + "</a>" * 240
    for body in (deep, twice):
        first = portrayed(manifest(body), "a.manifest")
        other = portrayed(manifest(body.replace("<a>", '<a z="1">')), "a.manifest")
        assert not differ(first, first).changes
        assert differ(first, other).changes


def test_long_names_below_long_names_stay_small() -> None:
    """Every fact is written with its way: that must not grow with the square."""
    body = "".join(f'<e{n} a="1"/>' for n in range(2_000))
    long = "n" * 40_000
    data = manifest(f"<{long}><{long}>{body}</{long}></{long}>")
    portrait = portrayed(data, "a.manifest")
    facts = portrait.root.parts[0].facts
    assert len(facts) > 2_000
    assert sum(len(name) for name, _ in facts) < 1_000_000


def test_many_parts_of_one_key_are_matched_quickly() -> None:
    def many(start: int) -> bytes:
        return manifest(
            "".join(
                "<dependency><dependentAssembly>"
                f'<assemblyIdentity name="B" version="1.0.0.{n}" />'
                "</dependentAssembly></dependency>"
                for n in range(start, start + 5_000)
            )
        )

    first, second = (portrayed(many(n), "a.manifest") for n in (0, 2_500))
    changes = differ(first, second).changes
    assert len(changes) == 2_500
    assert {c.way for c in changes} == {Way.CHANGED}


# The command


def test_equal_packages_exit_with_0(built: Path) -> None:
    x86 = msu(built, "x86")
    assert hotfix("diff", x86, x86).output.endswith("\nno difference\n")
    assert hotfix("diff", x86, x86, "--quiet").output == ""


@pytest.mark.parametrize("name", ["first-stray.mum", "first-stray.manifest"])
def test_what_is_no_assembly_is_not_compared(tmp_path: Path, name: str) -> None:
    first, second = tmp_path / name, tmp_path / name.replace("first", "second")
    for path in (first, second):
        path.write_bytes(b'<?xml version="1.0"?><a/>')
    said = hotfix("diff", first, second, code=3).stderr.splitlines()
    assert said == [
        f"hotfix: error: {path.as_posix()}: not a .mum or .manifest: the root is 'a' "
        "of no namespace"
        for path in (first, second)
    ]


def test_an_assembly_of_a_program_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "side-by-side.manifest"
    path.write_bytes(
        b'<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">'
        b'<assemblyIdentity name="a" version="1.0.0.0"/></assembly>'
    )
    assert hotfix("diff", path, path).output.endswith("\nno difference\n")


def test_packages_that_differ_exit_with_1(built: Path) -> None:
    x86, x64 = msu(built, "x86"), msu(built, "x64")
    text = hotfix("diff", x86, x64, code=1).output
    assert "architecture: x86 -> amd64" in text
    assert text.endswith(" changed\n")
    assert "\x1b" not in text
    assert hotfix("diff", x86, x64, "-q", code=1).output == ""


def test_colour_is_a_choice(built: Path) -> None:
    words = ("diff", msu(built, "x86"), msu(built, "x64"))
    assert "\x1b[33m" in outside(*words, FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b" not in outside(*words, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_the_output_is_the_same_every_time(built: Path) -> None:
    words = ("diff", msu(built, "x86"), msu(built, "x64"), "--format", "json")
    seen = {outside(*words, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
    assert len(seen) == 1


def test_json_keeps_its_schema(built: Path, tmp_path: Path) -> None:
    output = tmp_path / "difference.json"
    words = ("--format", "json", "-o", output)
    shown = hotfix("diff", msu(built, "x86"), msu(built, "ia64"), *words, code=1)
    assert shown.output == ""
    document = json.loads(output.read_bytes())
    rules = parse_json(schema("difference.schema.json")).value
    Draft202012Validator(rules).validate(document)
    assert document["changes"]
    assert document["equal"] is False
    assert sum(document["summary"].values()) == len(document["changes"])


class Page(HTMLParser):
    """Collects what a page consists of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_holds_what_was_read_as_text_only(tmp_path: Path) -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x202e;"
    one, other = tmp_path / "a.manifest", tmp_path / "b.manifest"
    one.write_bytes(manifest(f'<file name="{evil}" /><x y="{evil}1" />'))
    other.write_bytes(manifest(f'<x y="{evil}2" />'))
    output = hotfix("diff", one, other, "--format", "html", code=1).output
    page = Page()
    page.feed(output)
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in output
    assert ("http-equiv", "Content-Security-Policy") in page.attributes
    assert not {name for name, _ in page.attributes} & {"src", "href", "onclick"}
    text = hotfix("diff", one, other, code=1).output
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("broken.manifest", b"<assembly>"),
        ("empty.mum", b""),
        ("text.txt", b"no package"),
        ("cut.cab", b"MSCF" + bytes(20)),
        ("broken.cat", b"\x30\x82\x01\x00"),
    ],
)
def test_what_cannot_be_read_exits_with_3(
    name: str, data: bytes, built: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert name in hotfix("diff", path, msu(built, "x86"), code=3).output
    assert name in hotfix("diff", msu(built, "x86"), path, code=3).output


def test_both_sides_are_named_if_neither_can_be_read(tmp_path: Path) -> None:
    cut, text = tmp_path / "cut-both.cab", tmp_path / "text-both.txt"
    cut.write_bytes(b"MSCF" + bytes(20))
    text.write_bytes(b"no package")
    for first, second in ((cut, text), (text, cut)):
        result = hotfix("diff", first, second, "--quiet", code=3)
        assert result.stdout == ""
        one, other = result.stderr.splitlines()
        assert one.startswith(f"hotfix: error: {first.as_posix()}")
        assert other.startswith(f"hotfix: error: {second.as_posix()}")
    (said,) = hotfix("diff", cut, cut, code=3).stderr.splitlines()
    assert cut.name in said


def test_the_rest_of_a_folder_is_compared_where_a_file_cannot_be_read(
    built: Path, tmp_path: Path
) -> None:
    sides = []
    for name, content in (("first", b"1"), ("second", b"2")):
        side = tmp_path / f"{name}-folder"
        side.mkdir()
        (side / "a.txt").write_bytes(content)
        (side / "p.msu").write_bytes(msu(built, "x86").read_bytes())
        sides.append(side)
    (sides[0] / "p.msu").write_bytes(msu(built, "x86").read_bytes()[:1000])
    (sides[1] / "q.cab").write_bytes(b"MSCF" + bytes(20))
    output = hotfix("diff", *sides, code=3).output
    assert "  ~ file a.txt\n" in output
    for side, name in zip(sides, ("p.msu", "q.cab"), strict=True):
        assert f"not compared: {side.as_posix()}!{name}: " in output


def test_damage_inside_is_named_and_exits_with_3(world: World, tmp_path: Path) -> None:
    path = tmp_path / "damaged.msu"
    parts = world.x86.copy()
    parts.damage = lambda cabinet: cabinet[:-100]
    path.write_bytes(parts.pack())
    assert "not compared: " in hotfix("diff", path, path, code=3).output


def without_times(changes: Iterator[Change]) -> Iterator[tuple[str, str, set[str]]]:
    dull = {
        "creationTimeStamp",
        "lastUpdateTimeStamp",
        "modified",
        "issued",
        "sha256",
        "size",
        "machine",
        "hash/DigestValue",
    }
    for change in changes:
        left = {fact.name for fact in change.facts} - dull
        if left:
            yield change.way.value, change.path[-1], left


@pytest.mark.genuine
def test_what_truly_differs_between_two_genuine_architectures() -> None:
    """KB2584475: Server 2008 R2 was never made for x86."""
    first, second = (
        portrayed(path.read_bytes(), path.name)
        for word in ("x86", "x64")
        for path in [need_shared(PACKAGES / f"Windows6.1-KB2584475-{word}.msu")]
    )
    found = list(without_times(iter(differ(first, second).changes)))
    added = [path for way, path, _ in found if way == "added"]
    assert len(added) == 7
    assert {path.rpartition(" ")[0] for path in added} == {
        "Microsoft-Windows-Server-Drivers-Package"
    }
    assert [(path, facts) for way, path, facts in found if way == "changed"] == [
        ("Windows6.1-KB2584475-x86.cab", {"name"}),
        (first.name, {"architecture"}),
        (
            "Windows6.1-KB2584475-x86-pkgProperties.txt",
            {"ApplicabilityInfo", "Processor Architecture"},
        ),
        ("Windows6.1-KB2584475-x86.xml", {"servicing/package/source/location"}),
    ]
    assert {way for way, _, _ in found} == {"added", "changed"}


def test_several_styles_at_once_and_a_quiet_terminal(
    built: Path, tmp_path: Path
) -> None:
    words = ("diff", msu(built, "x86"), msu(built, "x64"), "--quiet")
    data, page = tmp_path / "several.json", tmp_path / "several.html"
    files = ("--format", f"json:{data}", "--format", f"html:{page}")
    assert hotfix(*words, "--format", "text", *files, code=1).output == ""
    assert json.loads(data.read_bytes())["changes"]
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
