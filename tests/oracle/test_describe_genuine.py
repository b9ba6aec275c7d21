"""Genuine packages become specifications, and these draft them again."""

from collections import Counter
from pathlib import Path

import pytest
from cab_judges import extract, need
from projects import hotfix

from builder.formats.cab import parse_cab
from builder.formats.recipe import parse_recipe, serialize_recipe
from builder.formats.spec import parse_inventory, parse_spec
from builder.model.finding import Verdict
from builder.steps.check import check

PACKAGES = Path(__file__).parents[3] / "shared" / "data" / "packages"
pytestmark = [pytest.mark.genuine, pytest.mark.oracle]

EXACT = {
    "Windows6.0-KB2999226-x64.msu": (30, 30),
    "Windows6.0-KB2999226-x86.msu": (26, 26),
    "Windows6.1-KB2584475-x64.msu": (13, 13),
    "Windows6.1-KB2584475-x86.msu": (13, 13),
    # Its update.mum is written in another style, by hand.
    "Windows6.x-HyperVIntegrationServices-x86.cab": (15, 16),
    "Windows8.1-KB2937592-x86.msu": (148, 148),
    "Windows8.1-KB2938772-x86.cab": (10, 10),
}
"""Of the .mum and manifests of each: drafted byte for byte, and all."""


def described(name: str, folder: Path) -> str:
    package = PACKAGES / name
    if not package.exists():
        pytest.skip("there is no ../shared/data/packages")
    return hotfix("describe", package, "-o", folder).output


@pytest.mark.parametrize("name", EXACT)
def test_a_package_is_drafted_again_from_its_description(
    name: str, tmp_path: Path
) -> None:
    told = described(name, tmp_path / "spec")
    exact, total = EXACT[name]
    assert f"{exact} of {total} documents are drafted byte for byte" in told
    assert told.count("\n") == 1 + total - exact
    recipe = (tmp_path / "spec" / "recipe.json").read_bytes()
    assert serialize_recipe(parse_recipe(recipe)) == recipe
    parse_spec((tmp_path / "spec" / "kb.json").read_bytes())
    parse_inventory((tmp_path / "spec" / "inventory.json").read_bytes())


def inner_cabinet(name: str, folder: Path) -> dict[str, Path]:
    need("cabextract")
    outer = extract("cabextract", cab=PACKAGES / name, out=folder / "outer")
    (cabinet,) = (
        p for n, p in outer.items() if n.startswith("Windows") and ".cab" in n
    )
    return extract("cabextract", cab=cabinet, out=folder / "inner")


def test_what_lies_in_the_files_drafts_what_lies_in_the_package(
    tmp_path: Path,
) -> None:
    """Without the description's own comparison: by the ledger's check."""
    name = "Windows6.1-KB2584475-x86.msu"
    described(name, tmp_path / "spec")
    files = {p.name: p.read_bytes() for p in (tmp_path / "spec").iterdir()}
    genuine = {
        f"x86/{Path(n).name}": path.read_bytes()
        for n, path in inner_cabinet(name, tmp_path).items()
        if n.endswith((".mum", ".manifest"))
    }
    assert Counter(n.rpartition(".")[2] for n in genuine) == {"mum": 9, "manifest": 4}
    report = check("spec", files | genuine)
    assert report.verdict() is Verdict.VALID, report.findings
    assert report.verified == ("13 of 13 documents drafted again are equal",)


def test_a_package_built_from_a_description_holds_the_genuine_documents(
    tmp_path: Path, signer_folder: Path
) -> None:
    name = "Windows6.1-KB2584475-x86.msu"
    spec = tmp_path / "spec"
    described(name, spec)
    hotfix("extract", PACKAGES / name, tmp_path / "files")
    (root,) = (tmp_path / "files").rglob("update.mum")
    payload = tmp_path / "payload"
    payload.mkdir()
    (payload / "x86").symlink_to(root.parent, target_is_directory=True)
    out = tmp_path / "out"
    signed = ("--dev-sign", "--dev-keys", signer_folder)
    hotfix("build", spec, "--payload", payload, *signed, "-o", out)
    (package,) = out.rglob("*.msu")
    need("cabextract")
    outer = extract("cabextract", cab=package, out=tmp_path / "made")
    made = extract(
        "cabextract", cab=outer[f"{package.stem}.cab"], out=tmp_path / "made_in"
    )
    documents = [n for n in made if n.endswith((".mum", ".manifest"))]
    assert len(documents) == 13
    for document in documents:
        assert made[document].read_bytes() == (root.parent / document).read_bytes()
    genuine = parse_cab(package.read_bytes())
    assert len(genuine.files) == 3


def test_every_genuine_deployment_is_drafted_again(tmp_path: Path) -> None:
    """53 of 53 in the seven packages."""
    seen = 0
    for name in EXACT:
        told = described(name, tmp_path / name)
        different = {line.split()[0] for line in told.splitlines()[1:]}
        recipe = parse_recipe((tmp_path / name / "recipe.json").read_bytes())
        for component in recipe.components:
            if component.is_deployment and not component.files:
                seen += 1
                assert not any(component.folder in line for line in different)
    assert seen == 53
