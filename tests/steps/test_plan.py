"""The package family of KB967724, and articles that determine none."""

from dataclasses import replace

import pytest
from kb967724 import IA64, ROWS, SPEC, X64, X86

from builder.errors import PlanError
from builder.formats.facts import observe
from builder.formats.stand_in import stand_in
from builder.model.identity import Architecture, package_name
from builder.model.kb import FileEntry, KbSpec, Restart
from builder.model.plan import Plan
from builder.model.recipe import Recipe
from builder.model.version import FileVersion
from builder.steps.draft import draft
from builder.steps.plan import plan

THREE = (X86, X64, IA64)


def planned(spec: KbSpec = SPEC, architecture: Architecture = X86) -> Plan:
    return plan(spec, architecture, recipe=Recipe())


def lengths(architecture: Architecture) -> dict[str, int]:
    made = planned(architecture=architecture)
    facts = {f.key: observe(stand_in(f.entry)) for f in made.payload if f.entry}
    return {a.name: len(a.data) for a in draft(made, facts)}


@pytest.mark.parametrize("architecture", THREE)
def test_every_listed_document_is_drafted_in_its_published_length(
    architecture: Architecture,
) -> None:
    published = {
        row.name.lower(): row.size
        for row in ROWS
        if row.architecture is architecture
        if row.name.endswith((".mum", ".manifest"))
    }
    assert len(published) == 5
    drafted = lengths(architecture)
    assert {name: drafted[name] for name in published} == published


@pytest.mark.parametrize("architecture", THREE)
def test_what_the_article_leaves_out_is_the_leaf_and_the_root(
    architecture: Architecture,
) -> None:
    inferred = {
        p.name for p in planned(architecture=architecture).packages if not p.entry
    }
    token = "31bf3856ad364e35"
    leaf = f"package_1_for_kb967724~{token}~{architecture}~~6.0.1.0.mum"
    assert inferred == {"update.mum", leaf}


def test_each_package_leads_to_the_one_below_it() -> None:
    made = planned()
    leads = {
        p.package.identity.name: [
            reference.identity.name
            for update in p.package.updates
            for reference in update.references
        ]
        for p in made.packages
    }
    assert leads == {
        "Package_1_for_KB967724": ["mpio.inf"],
        "Package_for_KB967724_sc_0": ["Package_1_for_KB967724"],
        "Package_for_KB967724_server_0": ["Package_1_for_KB967724"],
        "Package_for_KB967724_sc": ["Package_for_KB967724_sc_0"],
        "Package_for_KB967724_server": ["Package_for_KB967724_server_0"],
        "Package_for_KB967724": [
            "Package_for_KB967724_sc",
            "Package_for_KB967724_server",
        ],
    }


def test_update_names_are_numbered_without_a_gap() -> None:
    made = planned()
    names = [u.name for p in made.packages for u in p.package.updates]
    assert [name.partition("_")[0] for name in names] == [
        f"967724-{number}" for number in range(1, 8)
    ]


def test_listed_packages_are_dated_by_their_rows_and_others_by_the_latest() -> None:
    stamps = {p.name.partition("~")[0]: p.package.created for p in planned().packages}
    assert stamps["package_for_kb967724_sc"] == "2009-02-12T18:31:00Z"
    assert stamps["update.mum"] == "2009-02-12T18:35:00Z"


@pytest.mark.parametrize(
    ("restart", "leaf"),
    [
        (Restart.REQUIRED, "required"),
        (Restart.POSSIBLE, "possible"),
        (Restart.NONE, "possible"),
    ],
)
def test_the_leaf_says_what_the_article_says_about_restarting(
    restart: Restart, leaf: str
) -> None:
    made = planned(replace(SPEC, restart=restart))
    words = {p.package.restart for p in made.packages if not p.is_leaf}
    assert [p.package.restart for p in made.packages if p.is_leaf] == [leaf]
    assert words == {"possible"}


def test_the_root_comes_last_and_names_the_article() -> None:
    root = planned(architecture=IA64).root
    assert package_name(root.identity) == (
        "Package_for_KB967724~31bf3856ad364e35~ia64~~6.0.1.0"
    )


def test_payload_lies_in_the_folder_of_its_component() -> None:
    stem = "amd64_mpio.inf_31bf3856ad364e35_6.0.6001.22375_none_79946ab461038d06"
    paths = [file.path for file in planned(architecture=X64).payload]
    assert paths == [f"{stem}\\mpio.inf", f"{stem}\\mpio.sys"]


def changed(number: int, **changes: object) -> KbSpec:
    """Return the article with one row of the x86 table changed."""
    rows = list(ROWS)
    rows[number] = replace(rows[number], **changes)  # type: ignore[arg-type]  # by name
    return replace(SPEC, files=tuple(rows))


def without(*numbers: int) -> KbSpec:
    rows = tuple(row for at, row in enumerate(ROWS) if at not in numbers)
    return replace(SPEC, files=rows)


MUM, MANIFEST = 6, 10
SC_0 = "Package_for_kb967724_sc_0~31bf3856ad364e35~x86~~6.0.1.0.mum"
KEYED = "X86_mpio.inf_31bf3856ad364e35_6.0.6001.22375_none_1d75cf30a8a61bd0.manifest"


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (without(6, 7, 8, 9), "lists no .mum file for x86"),
        (without(MANIFEST), "lists 0 manifests for x86"),
        (without(0), "no row for mpio.inf itself"),
        (changed(MUM, name=SC_0.replace("_sc_0", "_zz_0")), "edition 'zz' is unknown"),
        (changed(MUM, name=SC_0.replace("_sc_0", "_sc_2")), "level 2 needs a service"),
        (changed(MUM, name=SC_0.replace("967724", "967725")), "is no Package_for"),
        (changed(MUM, name=SC_0.replace("x86", "ia64")), "stands in the table for"),
        (changed(MUM, name=SC_0.replace("6.0.1.0", "6.0.1.1")), "several versions"),
        (changed(MUM, name=SC_0.replace("31bf", "41bf")), "several public key tokens"),
        (changed(MUM, name=SC_0.replace("6.0.1.0", "6.0.1")), "four numbers"),
        (changed(MANIFEST, name=KEYED.replace("1d75", "1d76")), "not prove a driver"),
        (changed(MANIFEST, name=KEYED.replace("X86", "Ia64")), "stands in the table"),
        (changed(MANIFEST, name="Mpio.manifest"), "a side-by-side name is"),
    ],
)
def test_an_article_that_determines_no_family_is_refused(
    spec: KbSpec, reason: str
) -> None:
    with pytest.raises(PlanError, match=reason):
        planned(spec)


def test_a_draft_that_is_not_as_long_as_published_is_refused() -> None:
    made = planned(changed(MUM, size=1422))
    facts = {f.key: observe(stand_in(f.entry)) for f in made.payload if f.entry}
    with pytest.raises(
        PlanError, match="drafted with 1,421 bytes; the article says 1,422"
    ):
        draft(made, facts)


def test_a_payload_file_that_was_not_observed_cannot_be_drafted() -> None:
    with pytest.raises(PlanError, match="was not observed"):
        draft(planned(), {})


def test_a_recipe_that_contradicts_the_article_is_refused() -> None:
    token = Recipe(public_key_token="0123456789abcdef")  # it is public
    with pytest.raises(PlanError, match="the recipe says 0123456789abcdef"):
        plan(SPEC, X86, recipe=token)
    version = Recipe(package_version=FileVersion(6, 0, 1, 9))
    with pytest.raises(PlanError, match=r"the recipe says 6\.0\.1\.9"):
        plan(SPEC, X86, recipe=version)


def test_a_recipe_replaces_what_the_article_cannot_say() -> None:
    made = plan(SPEC, X86, recipe=Recipe(company="Example", release_type="Update"))
    packages = [p.package for p in made.packages]
    assert {p.company for p in packages} == {"Example"}
    assert {p.release_type for p in packages} == {"Update"}


def test_an_edition_without_its_release_level_leads_to_the_leaf() -> None:
    made = planned(without(MUM))
    leads = {
        p.package.identity.name: p.package.updates[0].references[0].identity.name
        for p in made.packages
    }
    assert leads["Package_for_KB967724_sc"] == "Package_1_for_KB967724"


def test_rows_of_another_architecture_do_not_matter() -> None:
    only: tuple[FileEntry, ...] = tuple(r for r in ROWS if r.architecture is IA64)
    made = planned(replace(SPEC, files=only), IA64)
    assert len(made.packages) == 6
