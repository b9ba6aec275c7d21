"""Genuine package families, computed from short recipes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pe_judges import need, run

from builder.formats.facts import observe
from builder.formats.manifest import serialize_manifest
from builder.formats.recipe import parse_recipe
from builder.formats.spec import parse_spec
from builder.formats.verify import parse_catalog
from builder.model.identity import Architecture
from builder.steps.draft import draft
from builder.steps.plan import plan
from builder.steps.sign import file_members
from builder.steps.skeleton import skeleton

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [pytest.mark.genuine, pytest.mark.oracle]
FOUNDATION = "Microsoft-Windows-Foundation-Package"
CORE = "Microsoft-Windows-ServerCore-Package"


def service_pack(disposition: str) -> dict[str, Any]:
    named = {"name": "package_for_KB948465", "version": "6.0.1.18005"}
    return {"identities": [named], "attributes": {"disposition": disposition}}


def level(name: str, parent: str, version: str) -> dict[str, Any]:
    return {
        "name": name,
        "parents": [{"identities": [{"name": parent, "version": version}]}],
    }


def inner(name: str, within: str) -> dict[str, Any]:
    return {"name": name, "within": within, "parents": [service_pack("staged")]}


def recipe_of_kb2999226(word: str) -> bytes:
    components = [
        {"name": name, "version": version, "branch": branch}
        | ({} if architecture is None else {"architecture": architecture})
        for branch, version in (
            ("LDR", "6.0.6002.23798"),
            ("GDR", "6.0.6002.19488"),
        )
        for architecture in ((None, "x86") if word == "x64" else (None,))
        for name in (
            "Microsoft-Windows-UCRT",
            "Microsoft-Windows-UniversalCRT-APIfwd-Vista",
        )
    ]
    value = {
        "package_version": "6.0.1.6",
        "release_type": "Update",
        "components": components,
        "levels": [
            level("client", FOUNDATION, "6.0.6000.16386"),
            level("server", FOUNDATION, "6.0.6001.18000"),
            level("sc", CORE, "6.0.6001.18000"),
            inner("client_2", "client"),
            inner("server_1", "server"),
            inner("sc_1", "sc"),
        ],
        "parents": [service_pack("detect")],
    }
    return json.dumps(value).encode()


def without_names_and_times(data: bytes) -> bytes:
    """Leave out what nobody can compute: a deployment's name, the second."""
    data = re.sub(rb'"[0-9a-f]{32}"', b'"deployment"', data)
    return re.sub(rb'"2[0-9]{3}-[0-9-]*T[0-9:]*Z"', b'"time"', data)


@pytest.mark.parametrize("word", ["x86", "x64"])
def test_the_family_of_kb2999226_follows_from_its_levels(
    word: str, tmp_path: Path
) -> None:
    package = SHARED / "packages" / f"Windows6.0-KB2999226-{word}.msu"
    if not package.exists():
        pytest.skip("there is no ../shared/data/packages")
    tool = need("cabextract")
    run(tool, "-q", "-d", tmp_path, package)
    inner_folder = tmp_path / "in"
    (cabinet,) = tmp_path.glob("Windows*.cab")
    run(tool, "-q", "-d", inner_folder, cabinet)
    architecture = Architecture.of_word(word)
    made = skeleton(
        2999226,
        era="6.0",
        architectures=(architecture,),
        modified=parse_spec(EXAMPLE).files[0].modified,
    )
    recipe = parse_recipe(recipe_of_kb2999226(word))
    planned = plan(parse_spec(made["kb.json"]), architecture, recipe=recipe)
    drafted = {a.name: a.data for a in draft(planned, {}) if a.name.endswith(".mum")}
    genuine = {
        path.name: path.read_bytes()
        for path in inner_folder.glob("*.mum")
        if "_bf~" not in path.name and "-bf" not in path.name
    }
    assert len(genuine) == 10
    assert set(drafted) == set(genuine)
    for name, data in genuine.items():
        assert without_names_and_times(drafted[name]) == without_names_and_times(data)


EXAMPLE = b"""{"kb": 900001, "title": "Example", "applies_to": ["Windows"],
 "prerequisites": [], "restart": null, "replaces": [], "registry": null,
 "source": {"article": null, "revision": null, "created": null,
            "published": null, "sha256":
 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
 "files": [{"architecture": "x86", "name": "a.dll", "version": null, "size": 1,
            "modified": "2015-09-10T14:57:58Z", "platform": null}]}"""


def published() -> list[tuple[str, str, str, str, int]]:
    table = SHARED / "expected" / "deployment_sizes.tsv"
    if not table.exists():
        return []
    rows = [line.split("\t") for line in table.read_text("utf-8").splitlines()[1:]]
    return [(a, b, c, d, int(e)) for a, b, c, d, e in rows if a]


def test_deployments_are_as_long_as_articles_say() -> None:
    rows = published()
    if not rows:
        pytest.skip("there is no ../shared/data/expected")
    assert len(rows) == 4
    for article, spelled, dependencies, version, size in rows:
        components = [
            {"name": name, "version": version, "architecture": architecture}
            for name, architecture in re.findall(
                r"([\w-]+) \((\w+)\)", dependencies.replace("amd64", "x64")
            )
        ]
        value = {"package_version": "6.1.1.0", "components": components}
        architecture = Architecture(spelled)
        planned = plan(
            parse_spec(EXAMPLE),
            architecture,
            recipe=parse_recipe(json.dumps(value).encode()),
        )
        (deployment,) = (
            p.component for p in planned.components if p.component.is_deployment
        )
        declared = serialize_manifest(deployment).replace(b"UTF-8", b"utf-8")
        assert len(declared) == size, article


def test_members_of_version_2_are_those_of_genuine_catalogs(tmp_path: Path) -> None:
    package = SHARED / "packages" / "Windows8.1-KB2938772-x86.cab"
    if not package.exists():
        pytest.skip("there is no ../shared/data/packages")
    run(need("cabextract"), "-q", "-d", tmp_path, package)
    seen = 0
    for path in sorted(tmp_path.glob("*.mum")):
        signed = path.with_suffix(".cat").read_bytes()
        listed = parse_catalog(signed).members
        made = file_members(observe([path.read_bytes()]), version=2)
        assert len(made) == 2
        assert set(made) <= set(listed), path.name
        seen += 1
    assert seen == 7
