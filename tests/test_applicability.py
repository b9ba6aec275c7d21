"""Whether a package is meant for a system: answers, reasons, and no guesses."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from made_packages import Memory
from package_changes import LEAF, SC, SERVER, World
from projects import ROOT, hotfix, msu, need_shared, outside

from builder.errors import LimitError, PlanError, SpecError
from builder.formats.json_text import parse_json
from builder.formats.mum import serialize_mum
from builder.formats.schema import schema
from builder.formats.system_profile import parse_package_name, parse_profile
from builder.model.applicability import (
    Explanation,
    Reason,
    State,
    System,
    SystemComponent,
    SystemPackage,
    Truth,
    Verdict,
)
from builder.model.identity import Architecture, AssemblyIdentity, package_name
from builder.model.limits import DEFAULT_LIMITS
from builder.model.package import Applicable, Package, Parent, Reference, Update
from builder.model.unpacked import Container, Form, Kind, Member
from builder.model.version import FileVersion
from builder.steps.applicability import explain
from builder.steps.unpack import unpack

PROFILES = ROOT / "docs" / "profiles"
PACKAGES = ROOT.parent / "shared" / "data" / "packages"
TOKEN = "31bf3856ad364e35"
SHIPPED = sorted(PROFILES.glob("*.json"))
YES, NO = Verdict.APPLICABLE, Verdict.NOT_APPLICABLE


def profile(name: str) -> System:
    return parse_profile((PROFILES / f"{name}.json").read_bytes())


def reasons(root: Reason, kind: str) -> Iterator[Reason]:
    waiting = [root]
    while waiting:
        reason = waiting.pop()
        if reason.kind == kind:
            yield reason
        waiting.extend(reversed(reason.parts))


def opened(path: Path) -> tuple[Container, ...]:
    data = path.read_bytes()
    return unpack(path.name, data, limits=DEFAULT_LIMITS, spool=Memory)


def identity(name: str, version: str = "6.0.1.0", **changes: Any) -> AssemblyIdentity:
    return replace(
        AssemblyIdentity(
            name=name,
            version=version,
            architecture="x86",
            language="neutral",
            public_key_token=TOKEN,
        ),
        **changes,
    )


BASE = identity("Base", "6.0.6001.18000")


def nested(name: str) -> Update:
    reference = Reference(kind="package", identity=identity(name), integrate="hidden")
    return Update(name=f"1-1_neutral_PACKAGE_{name}", references=(reference,))


def package(name: str = "Start", *updates: Update, **changes: Any) -> Package:
    return replace(
        Package(
            identity=identity(name),
            identifier="KB1",
            release_type="Hotfix",
            parents=(Parent(identities=(BASE,)),),
            updates=updates,
        ),
        **changes,
    )


def held(*packages: Package) -> tuple[Container, ...]:
    """A cabinet with packages, the first of them as update.mum."""
    members = []
    for at, one in enumerate(packages):
        name = "update.mum" if at == 0 else f"{package_name(one.identity)}.mum"
        data = serialize_mum(one)
        members.append(
            Member(
                where=("a.cab", name),
                name=name,
                kind=Kind.MUM,
                size=len(data),
                content=data,
            )
        )
    return (Container(where=("a.cab",), members=tuple(members)),)


def system(*packages: AssemblyIdentity | SystemPackage, **changes: Any) -> System:
    known = tuple(
        one if isinstance(one, SystemPackage) else SystemPackage(identity=one)
        for one in packages
    )
    whole = System(name="a system", architecture=Architecture.X86, packages=known)
    return replace(whole, **changes)


def answer(
    containers: tuple[Container, ...], known: System | None = None
) -> Explanation:
    (found,) = explain(containers, known or system(BASE), limits=DEFAULT_LIMITS)
    return found


# Packages of ours and genuine ones


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_profiles_are_profiles(path: Path) -> None:
    assert parse_profile(path.read_bytes()).packages
    assert "valid profile" in hotfix("schema", "check", "--as", "profile", path).output


def test_there_are_shipped_profiles() -> None:
    assert len(SHIPPED) >= 10


@pytest.mark.parametrize(
    ("word", "name", "verdict"),
    [
        ("x86", "windows-server-2008-x86", YES),
        ("x64", "windows-server-2008-x64", YES),
        ("ia64", "windows-server-2008-ia64", YES),
        ("x64", "windows-server-2008-x86", NO),
        ("x86", "windows-vista-sp2-x86", NO),
        ("x86", "windows-7-sp1-x86", NO),
    ],
)
def test_kb967724_is_for_server_2008(
    built: Path, word: str, name: str, verdict: Verdict
) -> None:
    found = answer(opened(msu(built, word)), profile(name))
    assert found.verdict is verdict
    assert (found.hresult is None) == (verdict is YES)


def test_an_edition_is_a_parent_of_its_own(built: Path) -> None:
    """On a system without Server Core only the packages for servers hold."""
    known = profile("windows-server-2008-x86")
    known = replace(
        known,
        packages=tuple(
            p for p in known.packages if "ServerCore" not in p.identity.name
        ),
    )
    found = answer(opened(msu(built, "x86")), known)
    assert found.verdict is YES
    truths = {r.name.casefold(): r.truth for r in reasons(found.reason, "package")}
    assert truths[SC.casefold()] is Truth.FAILS
    assert truths[SERVER.casefold()] is Truth.HOLDS
    assert truths[LEAF.casefold()] is Truth.HOLDS


@pytest.mark.genuine
@pytest.mark.parametrize(
    ("file", "name", "verdict", "branches"),
    [
        ("6.0-KB2999226-x86", "windows-vista-sp2-x86", YES, {"_client"}),
        ("6.0-KB2999226-x64", "windows-vista-sp2-x64", YES, {"_client"}),
        ("6.0-KB2999226-x86", "windows-vista-rtm-x86", NO, set()),
        ("6.0-KB2999226-x86", "windows-server-2008-x86", NO, set()),
        ("6.0-KB2999226-x64", "windows-vista-sp2-x86", NO, set()),
        ("6.1-KB2584475-x86", "windows-7-x86", YES, {"_RTM"}),
        ("6.1-KB2584475-x86", "windows-7-sp1-x86", YES, {"_SP1"}),
        ("6.1-KB2584475-x64", "windows-7-sp1-x64", YES, {"_SP1"}),
        ("6.1-KB2584475-x64", "windows-vista-sp2-x64", NO, set()),
    ],
)
def test_genuine_packages_are_for_their_systems(
    file: str, name: str, verdict: Verdict, branches: set[str]
) -> None:
    path = need_shared(PACKAGES / f"Windows{file}.msu")
    found = answer(opened(path), profile(name))
    assert found.verdict is verdict
    inner = [part for part in found.reason.parts if part.kind == "package"]
    holding = {part.name for part in inner if part.truth is Truth.HOLDS}
    assert len(holding) == len(branches)
    assert all(any(f"{b}~" in n for b in branches) for n in holding)
    if verdict is NO:
        assert str(found.hresult) == "0x800f081e CBS_E_NOT_APPLICABLE"
        assert found.source


# Clauses


def test_the_reason_says_what_is_missing() -> None:
    found = answer(held(package()), system())
    (parent,) = reasons(found.reason, "parent package")
    assert parent.says == "no package of this name is there"
    assert parent.name == f"Base~{TOKEN}~x86~~6.0.6001.18000"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"architecture": "amd64"}, "it is there for amd64, not for x86"),
        ({"language": "de-DE"}, "it is there in de-de, not in none"),
        ({"public_key_token": "0" * 16}, f"it is there by {'0' * 16}, not by {TOKEN}"),
        (
            {"version": "6.0.6000.16386"},
            "6.0.6000.16386 is there: build 6000 is lower than 6001, installed",
        ),
        ({"version": "no version"}, "a version that is none"),
    ],
)
def test_the_reason_says_in_what_a_package_is_another_one(
    changes: dict[str, str], says: str
) -> None:
    found = answer(held(package()), system(replace(BASE, **changes)))  # type: ignore[arg-type]  # texts
    (parent,) = reasons(found.reason, "parent package")
    assert parent.says == says
    wanted = Verdict.UNKNOWN if "none" in says and "version" in says else NO
    assert found.verdict is wanted


def test_names_are_compared_without_case() -> None:
    known = system(replace(BASE, name="BASE", architecture="X86"))
    assert answer(held(package()), known).verdict is YES


def test_one_package_of_a_clause_is_enough() -> None:
    both = Parent(identities=(identity("Other"), BASE))
    assert answer(held(package(parents=(both,)))).verdict is YES


def test_several_clauses_that_disagree_are_unknown() -> None:
    parents = (Parent(identities=(BASE,)), Parent(identities=(identity("Other"),)))
    found = answer(held(package(parents=parents)))
    assert found.verdict is Verdict.UNKNOWN
    assert "not published" in found.reason.says
    assert found.hresult is None


def test_a_package_without_parents_is_for_every_system() -> None:
    assert answer(held(package(parents=())), system()).verdict is YES


def test_a_staged_parent_makes_a_staged_package() -> None:
    known = system(SystemPackage(identity=BASE, state=State.STAGED))
    found = answer(held(package()), known)
    assert (found.verdict, found.reason.state) == (YES, State.STAGED)


def test_an_installed_parent_counts_more_than_a_staged_one() -> None:
    staged = SystemPackage(identity=BASE, state=State.STAGED)
    found = answer(held(package()), system(staged, BASE))
    assert found.reason.state is State.INSTALLED


def test_another_architecture_is_named_first() -> None:
    found = answer(held(package()), system(BASE, architecture=Architecture.AMD64))
    assert found.verdict is NO
    assert found.reason.parts[0].says == "the system is for x64"


def test_what_is_installed_already_is_said_to_be() -> None:
    found = answer(held(package()), system(BASE, identity("Start")))
    assert found.verdict is Verdict.INSTALLED
    assert found.hresult is None


def test_a_newer_version_refuses_the_package() -> None:
    found = answer(held(package()), system(BASE, identity("Start", "6.0.1.1")))
    assert found.verdict is NO
    older = answer(held(package()), system(BASE, identity("Start", "6.0.0.9")))
    assert older.verdict is YES


# Packages in packages


def test_deep_evaluation_asks_the_packages_inside() -> None:
    inner = package("Inner", parents=(Parent(identities=(identity("Other"),)),))
    for word, verdict in (("deep", NO), (None, YES)):
        outer = package("Start", nested("Inner"), applicability_evaluation=word)
        found = answer(held(outer, inner))
        assert found.verdict is verdict
        if verdict is NO:
            assert found.source is not None
            assert found.source.startswith("inferred")


def test_a_package_that_is_not_there_is_unknown() -> None:
    outer = package("Start", nested("Inner"), applicability_evaluation="deep")
    assert answer(held(outer)).verdict is Verdict.UNKNOWN


def test_packages_in_a_circle_end() -> None:
    outer = package("Start", nested("Inner"), applicability_evaluation="deep")
    inner = package("Inner", nested("Start"), applicability_evaluation="deep")
    found = answer(held(outer, inner))
    assert found.verdict is Verdict.UNKNOWN
    assert [r.says for r in reasons(found.reason, "package")][-1] == "see above"


def test_packages_nested_too_deeply_are_refused() -> None:
    chain = [package(f"P{n}", nested(f"P{n + 1}")) for n in range(150)]
    with pytest.raises(LimitError, match="nested deeper than 100"):
        answer(held(*chain))


def test_packages_that_share_packages_are_told_once() -> None:
    """Two to the sixtieth would not end."""
    levels = [
        package(f"P{n}", nested(f"P{n + 1}"), nested(f"P{n + 1}")) for n in range(60)
    ]
    found = answer(held(*levels, package("P60")))
    assert found.verdict is YES
    assert len(list(reasons(found.reason, "package"))) == 121


def test_a_single_mum_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "package.mum"
    path.write_bytes(serialize_mum(package()))
    assert answer(opened(path)).verdict is YES


def test_what_holds_no_package_is_refused() -> None:
    empty = Container(where=("a.cab",), members=(), form=Form.CABINET)
    with pytest.raises(PlanError, match=r"no update\.mum"):
        answer((empty,))


def test_a_document_that_cannot_be_read_is_named() -> None:
    (container,) = held(package())
    broken = replace(container.members[0], name="b.mum", content=b"<a>")
    found = answer((replace(container, members=(*container.members, broken)),))
    assert any(note.startswith("b.mum cannot be read") for note in found.notes)


# Branches


def updating(branch: str, version: str) -> Update:
    wanted = identity("Part", version)
    return Update(
        name=f"1-1_neutral_{branch}",
        references=(Reference(kind="component", identity=wanted),),
        applicable=(
            Applicable(
                identities=(wanted,), target="updateComponent", elevate="revision"
            ),
        ),
    )


def having(version: str | None) -> System:
    parts = (
        ()
        if version is None
        else (SystemComponent(name="part", version=FileVersion.parse(version)),)
    )
    return system(BASE, components=parts)


LDR, GDR = updating("LDR", "6.0.6002.23798"), updating("GDR", "6.0.6002.19488")


@pytest.mark.parametrize(
    ("updates", "present", "truths"),
    [
        ((LDR, GDR), "6.0.6002.18005", ["fails", "holds"]),
        ((LDR, GDR), "6.0.6002.19999", ["fails", "holds"]),
        ((LDR, GDR), "6.0.6002.20000", ["holds", "fails"]),
        ((LDR, GDR), None, ["unknown", "unknown"]),
        ((LDR,), "6.0.6002.18005", ["holds"]),
        ((GDR,), "6.0.6002.22000", ["unknown"]),
        ((LDR, GDR), "10.0.14393.1", ["unknown", "unknown"]),
        ((updating("other", "6.0.6002.1"),), "6.0.6002.18005", ["unknown"]),
    ],
)
def test_an_update_stays_on_the_branch_of_its_component(
    updates: tuple[Update, ...], present: str | None, truths: list[str]
) -> None:
    found = answer(held(package("Start", *updates)), having(present))
    assert [r.truth.value for r in reasons(found.reason, "update")] == truths
    assert found.verdict is YES  # branches do not decide that


def test_without_a_list_of_components_nothing_is_guessed() -> None:
    found = answer(held(package("Start", LDR, GDR)))
    conditions = list(reasons(found.reason, "condition"))
    assert len(conditions) == 2
    assert {c.truth for c in conditions} == {Truth.UNKNOWN}
    assert conditions[0].says.startswith("elevate=revision: nobody lists")


# Systems


GOOD: dict[str, Any] = {
    "schema": "https://hotfix-builder.invalid/schemas/profile-1.schema.json",
    "name": "a",
    "architecture": "x64",
    "installed": [f"Base~{TOKEN}~amd64~~6.0.6001.18000"],
}


def test_a_profile_says_all_that_its_schema_allows() -> None:
    document = GOOD | {
        "staged": [f"More~{TOKEN}~amd64~de-DE~1.0.0.0"],
        "components": [
            {"name": "A", "version": "6.0.1.2", "architecture": "x86"},
            {"name": "B", "version": "6.0.1.2"},
        ],
    }
    known = parse_profile(json.dumps(document).encode())
    assert known.architecture is Architecture.AMD64
    assert [p.state for p in known.packages] == [State.INSTALLED, State.STAGED]
    assert known.packages[1].identity.language == "de-DE"
    assert known.components is not None
    assert [c.architecture for c in known.components] == ["x86", None]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "https://hotfix-builder.invalid/schemas/profile-2.schema.json"},
        {"architecture": "amd64"},
        {"installed": ["Base"]},
        {"installed": [f"Base~{TOKEN}~x86~~1.0.0.0\n"]},
        {"installed": [f"Base~{TOKEN}~x86~~1.0.0"]},
        {"installed": "Base"},
        {"more": 1},
        {"components": [{"name": "A"}]},
        {"components": [{"name": "A", "version": "1.0.0.70000"}]},
        {"name": ""},
    ],
)
def test_a_profile_of_another_shape_is_refused(
    change: dict[str, Any], tmp_path: Path, built: Path
) -> None:
    data = json.dumps(GOOD | change).encode()
    with pytest.raises(SpecError):
        parse_profile(data)
    path = tmp_path / "profile.json"
    path.write_bytes(data)
    words = ("explain-applicability", msu(built, "x86"), "--os", path)
    assert "profile.json" in hotfix(*words, code=3).output


def test_names_of_packages_are_read() -> None:
    name = f"Base~{TOKEN}~x86~de-DE~1.0.0.0"
    parsed = parse_package_name(name)
    assert parsed is not None
    assert package_name(parsed) == name
    assert parse_package_name("Base~x86~1.0.0.0") is None


def test_a_folder_of_packages_is_a_system(tmp_path: Path, built: Path) -> None:
    """The folder itself, or the root of the image that it lies in."""
    folder = tmp_path / "image" / "Windows" / "servicing" / "Packages"
    folder.mkdir(parents=True)
    x86 = msu(built, "x86")
    for name in ("Microsoft-Windows-Foundation-Package", "Other"):
        own = identity(name, "6.0.6001.18000")
        data = serialize_mum(package(identity=own, parents=()))
        (folder / f"{package_name(own)}.mum").write_bytes(data)
    (folder / "broken.mum").write_bytes(b"<assembly>")
    for place in (folder, tmp_path / "image"):
        text = hotfix("explain-applicability", x86, "--os", place).output
        assert "counts as installed" in text
        assert "broken.mum cannot be read" in text
        assert text.splitlines()[-1].endswith(": applicable")
    (folder / f"{package_name(identity('Other', '6.0.6001.18000'))}.mum").unlink()
    x64 = msu(built, "x64")
    hotfix("explain-applicability", x64, "--os", folder, "-q", code=1)


def test_a_folder_without_packages_exits_with_3(tmp_path: Path, built: Path) -> None:
    words = ("explain-applicability", msu(built, "x86"), "--os", tmp_path)
    assert "holds no .mum" in hotfix(*words, code=3).output


# The command


def command(built: Path, name: str, word: str = "x86") -> tuple[object, ...]:
    path = PROFILES / f"{name}.json"
    return ("explain-applicability", msu(built, word), "--os", path)


def test_text_is_a_tree_with_the_answer_last(built: Path) -> None:
    text = hotfix(*command(built, "windows-server-2008-x86")).output
    assert text.startswith("holds   package Package_for_KB967724~")
    assert "\n  holds   parent integrate=separate, disposition=detect" in text
    last = text.splitlines()[-1]
    assert last.endswith("on Windows Server 2008, x86: applicable")
    quiet = hotfix(*command(built, "windows-server-2008-x86"), "--quiet").output
    assert quiet == f"{last}\n"


def test_a_refusal_exits_with_1_and_names_the_code(built: Path) -> None:
    text = hotfix(*command(built, "windows-vista-sp2-x86"), "-q", code=1).output
    assert "not applicable: 0x800f081e CBS_E_NOT_APPLICABLE (CBS" in text


def test_json_keeps_its_schema(built: Path, tmp_path: Path) -> None:
    rules = parse_json(schema("applicability.schema.json")).value
    for name, code in (("windows-server-2008-x86", 0), ("windows-7-x86", 1)):
        output = tmp_path / f"{name}.out.json"
        words = (*command(built, name), "--format", "json", "-o", output)
        assert hotfix(*words, code=code).output == ""
        document = json.loads(output.read_bytes())
        Draft202012Validator(rules).validate(document)
        assert (document["packages"][0]["hresult"] is None) == (code == 0)


def test_colour_is_a_choice(built: Path) -> None:
    words = command(built, "windows-server-2008-x86")
    assert "\x1b[32m" in outside(*words, FORCE_COLOR="1", NO_COLOR="").stdout
    assert "\x1b" not in outside(*words, FORCE_COLOR="1", NO_COLOR="1").stdout


@pytest.mark.parametrize("data", [b"MSCF" + bytes(40), b"no package", b""])
def test_what_is_no_package_exits_with_3(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.msu"
    path.write_bytes(data)
    words = ("--os", PROFILES / "windows-7-x86.json")
    assert "a.msu" in hotfix("explain-applicability", path, *words, code=3).output


def test_what_was_read_cannot_forge_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.mum"
    parents = (Parent(identities=(identity("Evil\u202e\u0085applicable"),)),)
    path.write_bytes(serialize_mum(package(parents=parents)))
    words = ("--os", PROFILES / "windows-7-x86.json")
    text = hotfix("explain-applicability", path, *words, code=1).output
    assert "Evil\\u202e\\x85applicable" in text


def test_the_leaf_of_a_damaged_package_is_unknown(world: World) -> None:
    parts = world.x86.copy()
    parts.find(f"{LEAF}.mum").data = b"<assembly>"
    containers = unpack("a.msu", parts.pack(), limits=DEFAULT_LIMITS, spool=Memory)
    found = answer(containers, profile("windows-server-2008-x86"))
    assert found.verdict is Verdict.UNKNOWN
    assert any("cannot be read" in note for note in found.notes)
