"""Everything that a recipe can say, drafted and held to the schemas."""

import json
from typing import Any

import pytest
from make_recipe import COMPONENT, DRIVER, RECIPE, WRITTEN, changed, text, without

from builder.errors import PlanError
from builder.formats.facts import observe
from builder.formats.manifest import parse_manifest
from builder.formats.mum import parse_mum
from builder.formats.recipe import parse_recipe
from builder.formats.spec import parse_spec
from builder.formats.xml import parse_xml
from builder.formats.xsd import validate
from builder.model.catalog import MemberForm
from builder.model.era import ERAS
from builder.model.identity import Architecture, side_by_side_key
from builder.model.inventory import Facts
from builder.model.kb import KbSpec
from builder.model.plan import Plan
from builder.steps.draft import draft
from builder.steps.plan import architectures_of, plan
from builder.steps.sign import list_files

ROW = {
    "architecture": "x86",
    "name": "other.dll",
    "version": None,
    "size": 1,
    "modified": "2020-01-02T03:04:00Z",
    "platform": None,
}


def spec(*rows: dict[str, Any]) -> KbSpec:
    value = {
        "kb": 900321,
        "title": "Example",
        "applies_to": ["Windows 7"],
        "prerequisites": [],
        "restart": "possible",
        "replaces": [],
        "registry": None,
        "source": {
            "article": None,
            "revision": None,
            "created": None,
            "published": None,
            "sha256": "0" * 64,
        },
        "files": rows or [ROW],
    }
    return parse_spec(json.dumps(value).encode())


def planned(recipe: dict[str, Any] | bytes, word: str = "x64") -> Plan:
    data = recipe if isinstance(recipe, bytes) else text(recipe)
    return plan(spec(), Architecture.of_word(word), recipe=parse_recipe(data))


def facts(made: Plan) -> dict[str, Facts]:
    return {file.key: observe([file.key.encode()]) for file in made.payload}


def drafted(made: Plan) -> dict[str, bytes]:
    return {a.name: a.data for a in draft(made, facts(made))}


@pytest.mark.parametrize("word", ["x86", "x64"])
@pytest.mark.parametrize("recipe", [RECIPE, WRITTEN], ids=["computed", "written"])
def test_what_is_drafted_follows_the_schemas(recipe: dict[str, Any], word: str) -> None:
    found = drafted(planned(recipe, word))
    assert len(found) >= 5
    for name, data in found.items():
        kind = "mum" if name.endswith(".mum") else "manifest"
        assert validate(parse_xml(data), kind) == (), name  # type: ignore[arg-type]  # one of two words


@pytest.mark.parametrize(
    ("era", "word"),
    [
        (era.name, architecture.word)
        for era in ERAS.values()
        for architecture in sorted(era.architectures)
    ],
)
def test_every_architecture_of_every_era_follows_the_schemas(
    era: str, word: str
) -> None:
    """With all parts of a component, both branches, a driver, and levels."""
    gdr = DRIVER | {"branch": "GDR", "version": "6.1.7601.17000", "folder": "gdr"}
    drivers = [driver | {"architectures": [word]} for driver in (DRIVER, gdr)]
    recipe = RECIPE | {
        "era": era,
        "architectures": [word],
        "components": [COMPONENT, *drivers],
    }
    found = drafted(planned(recipe, word))
    names = {name.partition("_31bf")[0] for name in found}
    machine = str(Architecture.of_word(word))
    assert {f"{machine}_example-widget", f"{machine}_example.inf"} <= names
    twins = {name for name in names if name.endswith("_example-widget")}
    assert len(twins) == (2 if machine in {"amd64", "ia64", "arm64"} else 1)
    assert sum(name.startswith(f"{machine}_example.inf") for name in found) == 2
    for name, data in found.items():
        kind = "mum" if name.endswith(".mum") else "manifest"
        assert validate(parse_xml(data), kind) == (), name  # type: ignore[arg-type]  # one of two words


def test_every_part_of_a_component_is_in_its_manifest() -> None:
    made = planned(RECIPE)
    (name,) = (n for n in drafted(made) if n.startswith("amd64_example-widget_"))
    found = parse_manifest(drafted(made)[name])
    wanted = parse_recipe(text(RECIPE)).components[0]
    assert found.registry_keys == wanted.registry_keys
    assert found.directories == wanted.directories
    assert found.security_descriptors == wanted.security_descriptors
    assert found.string_tables == wanted.string_tables
    assert found.memberships[0] == wanted.memberships[0]
    assert found.memberships[1].instances == wanted.services
    assert found.others == ("mof",)
    assert [d.identity.name for d in found.dependencies] == [
        "Example-Widget.Resources",
        "Example-Base",
    ]
    assert [f.destination_path for f in found.files] == [
        "$(runtime.system32)\\",
        "$(runtime.drivers)\\",
    ]
    assert all(file.digest is not None for file in found.files)


def test_components_twins_and_languages_are_manifests_of_their_own() -> None:
    made = planned(RECIPE)
    printed = sorted(c.stem.partition("_31bf")[0] for c in made.components)
    assert [p for p in printed if "example" in p] == [
        "amd64_example-widget",
        "amd64_example-widget.resources",
        "wow64_example-widget",
        "wow64_example-widget.resources",
    ]
    assert {file.place for file in made.payload} == {
        "x64/example.dll",
        "x64/example.sys",
        "x64/en-US/example.dll.mui",
        "wow64/example.dll",
        "wow64/example.sys",
        "wow64/en-US/example.dll.mui",
    }
    assert "wow64/example.dll" in {file.key for file in made.payload}
    assert "example.dll" in {file.key for file in made.payload}


def test_a_driver_lies_in_the_architecture_that_it_is_for() -> None:
    made = planned(RECIPE, "x86")
    (driver,) = (c for c in made.components if c.component.identity.type is not None)
    assert driver.component.identity.type == "driverUpdate"
    assert {file.place for file in driver.payload} == {
        "x86/ldr/example.inf",
        "x86/ldr/example.sys",
    }
    leaf = next(p for p in made.packages if driver.stem in p.stems)
    reference = leaf.package.updates[0].references[0]
    assert (reference.kind, reference.inf) == ("driver", "example.inf")
    assert not any("inf" in c.stem for c in planned(RECIPE, "x64").components)


def test_a_branch_on_both_sides_elevates_one_by_revision() -> None:
    both = [
        without(COMPONENT, "levels", "resources") | {"branch": branch, "version": v}
        for branch, v in (("GDR", "6.1.7601.17000"), ("LDR", "6.1.7601.21000"))
    ]
    recipe = without(RECIPE, "levels") | {"components": both}
    made = planned(recipe)
    (leaf,) = (p.package for p in made.packages if p.is_leaf)
    found = [(u.name, u.applicable[0].elevate) for u in leaf.updates]
    assert found == [
        ("900321-1_neutral_LDR", "revision"),
        ("900321-2_neutral_GDR", "install"),
    ]


def test_levels_lead_from_update_mum_to_the_leaf() -> None:
    leads = {
        p.package.identity.name: [
            r.identity.name for u in p.package.updates for r in u.references
        ]
        for p in planned(RECIPE).packages
        if not p.is_leaf
    }
    assert leads == {
        "Package_for_KB900321_SP1_1": ["Package_1_for_KB900321"],
        "Package_for_KB900321_SP1": ["Package_for_KB900321_SP1_1"],
        "Package_for_KB900321": ["Package_for_KB900321_SP1"],
    }


def test_packages_that_are_written_out_are_taken_as_they_are() -> None:
    made = planned(WRITTEN, "x86")
    assert [p.name.partition("~")[0] for p in made.packages] == [
        "package_1_for_kb900321",
        "update.mum",
    ]
    root = parse_mum(drafted(made)["update.mum"])
    assert root.identity == made.root.identity
    assert root.company is None
    assert root.installer is None
    assert root.custom == (("Dependency", "Language Pack"),)
    assert drafted(made)["update.mum"].endswith(b"</assembly>\r\n")


def test_names_carry_the_key_of_the_identity() -> None:
    for component in planned(RECIPE).components:
        key = side_by_side_key(component.component.identity)
        assert component.stem.endswith(f"_{key:016x}")


@pytest.mark.parametrize(("era", "version"), [("6.1", 1), ("6.3", 2)])
def test_catalogs_list_what_their_package_brings(era: str, version: int) -> None:
    recipe = changed(without(RECIPE, "time"), "era", to=era)
    made = planned(recipe)
    listed = list_files(made, draft(made, facts(made)), facts(made))
    assert set(listed) == {p.name.replace(".mum", ".cat") for p in made.packages}
    leaf = next(name for name in listed if name.startswith("package_1_"))
    documents = 1 + len(made.components)
    count = (documents + len(made.payload)) * version
    assert len(listed[leaf]) == count
    assert len(listed["update.cat"]) == version
    sizes = {len(member.tag) for members in listed.values() for member in members}
    assert sizes == ({82} if version == 1 else {20, 32})
    assert {m.form for m in listed[leaf]} == {MemberForm.FLAT}


def test_rows_of_the_article_are_told_apart_by_platform_and_branch() -> None:
    rows = [
        ROW | {"architecture": "x64", "name": "example.dll", "platform": platform}
        for platform in ("x64", "x86")
    ]
    recipe = parse_recipe(text(RECIPE))
    made = plan(spec(*rows), Architecture.AMD64, recipe=recipe)
    found = {
        file.key: file.entry.platform.word
        for file in made.payload
        if file.entry is not None and file.entry.platform is not None
    }
    assert found == {"example.dll": "x64", "wow64/example.dll": "x86"}


def test_a_row_that_nothing_tells_apart_is_nobodys() -> None:
    rows = [ROW | {"architecture": "x64", "name": "example.dll"}] * 2
    recipe = parse_recipe(text(RECIPE))
    made = plan(spec(*rows), Architecture.AMD64, recipe=recipe)
    assert not any(file.entry for file in made.payload)


def test_an_architecture_that_the_era_does_not_know_is_refused() -> None:
    recipe = parse_recipe(text(without(RECIPE, "architectures")))
    assert architectures_of(spec(), recipe) == (Architecture.X86,)
    with pytest.raises(PlanError, match=r"Windows 6\.1 does not run on arm64"):
        plan(spec(), Architecture.ARM64, recipe=recipe)


def test_two_components_of_one_name_are_refused() -> None:
    twice = [
        without(COMPONENT, "levels"),
        without(COMPONENT, "levels") | {"branch": "LDR"},
        DRIVER,
    ]
    recipe = without(RECIPE, "levels") | {"components": twice}
    with pytest.raises(PlanError, match="two components are called amd64_example"):
        planned(recipe)
