"""Packages from recipes: every era and architecture, named and dated right."""

import hashlib
import json
from pathlib import Path

import pytest
from key_judge import key
from projects import hotfix, outside

from builder.formats.cab import parse_cab
from builder.formats.manifest import parse_manifest
from builder.formats.mum import parse_mum
from builder.formats.stand_in import LABEL

TIME = ("--time", "2020-01-02T03:04:00Z")
CASES = {
    "6.0": ("Windows6.0", ("x86", "x64", "ia64"), 1, False),
    "6.1": ("Windows6.1", ("x86", "x64", "ia64"), 1, True),
    "6.2": ("Windows8-RT", ("x86", "x64", "arm"), 2, True),
    "6.3": ("Windows8.1", ("x86", "x64", "arm"), 2, True),
    "10.0": ("Windows10.0", ("x86", "x64", "arm", "arm64"), 2, True),
}
"""Era: prefix of names, architectures, version of catalogs, mark on update.mum."""


def start(folder: Path, era: str, words: tuple[str, ...]) -> Path:
    """Let `hotfix new` write a specification."""
    chosen = [word for name in words for word in ("--arch", name)]
    hotfix("new", "KB900321", "-o", folder, "--era", era, *chosen, *TIME)
    return folder / "kb900321"


@pytest.mark.parametrize("era", CASES)
def test_a_new_specification_builds_in_every_era(
    era: str, tmp_path: Path, signer_folder: Path
) -> None:
    prefix, words, catalogs, is_marked = CASES[era]
    folder = start(tmp_path, era, words)
    out = tmp_path / "out"
    signed = ("--dev-sign", "--dev-keys", signer_folder)
    hotfix("build", folder, "--stand-in", *signed, "-o", out, "--update-ledger")
    for word in words:
        package = out / "kb900321" / word / f"{prefix}-KB900321-{word}.msu"
        anchor = package.with_suffix(".anchor.pem")
        told = hotfix("validate", package, "--kb", folder, "--trust-anchor", anchor)
        assert "valid: 0 errors, 0 warnings" in told.output
        by_sha1 = "list their members by SHA-1 only" in told.output
        assert by_sha1 is (catalogs == 1)
        root = (folder / word / "update.mum").read_bytes()
        assert root.startswith(b"\xef\xbb\xbf<?xml") is is_marked
    assert "valid: 0 errors" in hotfix("check", folder).output


def test_names_are_those_that_their_identities_hash_to(tmp_path: Path) -> None:
    folder = start(tmp_path, "6.1", ("x86", "x64"))
    out = tmp_path / "out"
    options = ("--unsigned", "--update-ledger", "-o", out)
    hotfix("build", folder, "--stand-in", *options)
    seen = set()
    for path in folder.glob("*/*.manifest"):
        identity = parse_manifest(path.read_bytes()).identity
        printed = key(
            ("name", identity.name),
            ("version", str(identity.version)),
            ("publicKeyToken", str(identity.public_key_token)),
            ("processorArchitecture", str(identity.architecture)),
            ("versionScope", str(identity.version_scope)),
        )
        assert path.stem.rpartition("_")[2] == printed
        parts = (identity.architecture, identity.name, identity.public_key_token)
        named = "_".join((*map(str, parts), str(identity.version), "none", printed))
        assert path.stem == named.lower()
        seen.add(identity.architecture)
    assert seen == {"x86", "amd64", "wow64"}
    for path in folder.glob("*/package_1_*.mum"):
        package = parse_mum(path.read_bytes())
        version = "6.1.1.0"
        place = f"31bf3856ad364e35~{package.identity.architecture}~~{version}"
        assert path.name == f"package_1_for_kb900321~{place}.mum"


def test_the_name_of_a_deployment_depends_on_what_it_installs_alone(
    tmp_path: Path,
) -> None:
    names = []
    for number, version in enumerate(("6.1.7600.20000", "6.1.7600.20001")):
        folder = start(tmp_path / str(number), "6.1", ("x86",))
        recipe = folder / "recipe.json"
        text = recipe.read_text("utf-8").replace("6.1.7600.20000", version)
        recipe.write_text(text, "utf-8")
        out = tmp_path / f"out{number}"
        options = ("--unsigned", "--update-ledger", "-o", out)
        hotfix("build", folder, "--stand-in", *options)
        leaf = next((folder / "x86").glob("package_1_*.mum")).read_bytes()
        (update,) = parse_mum(leaf).updates
        name = update.references[0].identity.name
        stems = "\n".join(
            sorted(path.stem for path in (folder / "x86").glob("x86_example-*"))
        )
        promised = hashlib.sha256(f"900321\n{stems}".encode()).hexdigest()[:32]
        assert name == promised
        names.append(name)
    assert len(set(names)) == 2


def unlabel(folder: Path) -> None:
    """Turn stand-ins into files of nobody: the builder refuses labelled ones."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert found
    for path in found:
        data = path.read_bytes()
        for encoding in ("ascii", "utf-16-le"):
            label = LABEL.encode(encoding)
            data = data.replace(label, LABEL.upper().encode(encoding))
        path.write_bytes(data)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_number_of_threads_and_the_surroundings_change_no_byte(
    tmp_path: Path, signer_folder: Path
) -> None:
    folder = start(tmp_path, "10.0", ("x86", "x64", "arm64"))
    made = []
    for jobs, seed, zone in ((1, "1", "UTC"), (2, "7", "Asia/Kathmandu"), (7, "0", "")):
        out = tmp_path / f"out{jobs}"
        done = outside(
            *("build", folder, "--stand-in", "--dev-sign", "--jobs", jobs),
            *("--dev-keys", signer_folder, "-o", out),
            PYTHONHASHSEED=seed,
            TZ=zone,
        )
        assert done.returncode == 0, done.stderr
        made.append(tree(out))
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 6


def test_payload_of_a_recipe_lies_in_folders_by_architecture(tmp_path: Path) -> None:
    folder = start(tmp_path, "6.1", ("x86", "x64"))
    files = tmp_path / "files"
    hotfix("stand-in", folder, "-o", files)
    unlabel(files)
    assert set(tree(files)) == {f"{w}/example.dll" for w in ("x86", "x64", "wow64")}
    out = tmp_path / "out"
    hotfix("build", folder, "--payload", files, "--unsigned", "-o", out)
    (files / "wow64" / "example.dll").unlink()
    told = hotfix(
        *("build", folder, "--payload", files, "--unsigned", "-o", out), code=3
    )
    assert "has no file example.dll" in told.output


def test_twins_keep_apart_files_of_one_name(tmp_path: Path) -> None:
    folder = start(tmp_path, "6.1", ("x64",))
    out = tmp_path / "out"
    options = ("--unsigned", "--update-ledger", "--compression", "none", "-o", out)
    hotfix("build", folder, "--stand-in", *options)
    inventory = json.loads((folder / "inventory.json").read_text("utf-8"))
    assert [(f.get("folder"), f["pe"]["machine"]) for f in inventory["files"]] == [
        (None, "0x8664"),
        ("wow64", "0x014c"),
    ]
    package = out / "kb900321" / "x64" / "Windows6.1-KB900321-x64.msu"
    (inner,) = (f for f in parse_cab(package.read_bytes()).files if ".cab" in f.name)
    assert inner.name == "Windows6.1-KB900321-x64.cab"


def test_what_is_there_already_is_not_replaced_by_a_new_specification(
    tmp_path: Path,
) -> None:
    folder = start(tmp_path, "6.1", ("x86",))
    before = tree(folder)
    told = hotfix("new", "900321", "-o", tmp_path, *TIME, code=3)
    assert "exists; not replaced" in told.output
    assert tree(folder) == before


@pytest.mark.parametrize(
    "words",
    [("KB12",), ("MS08-067",), ("KB900321", "--era", "6.1", "--arch", "arm64")],
)
def test_a_new_specification_needs_a_number_and_a_possible_machine(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    hotfix("new", *words, "-o", tmp_path, code=2)
    assert not list(tmp_path.iterdir())


def test_schemas_are_shown_and_documents_held_to_them(tmp_path: Path) -> None:
    folder = start(tmp_path, "6.1", ("x86",))
    shown = json.loads(hotfix("schema", "show", "recipe").output)
    assert "components" in shown["properties"]
    told = hotfix("schema", "check", folder / "kb.json", folder / "recipe.json")
    assert told.output.count(": valid ") == 2
    recipe = folder / "recipe.json"
    recipe.write_text(recipe.read_text("utf-8").replace("REG_SZ", "SZ"), "utf-8")
    refused = hotfix("schema", "check", recipe, code=1)
    assert "registry_keys[0].values[0].type is 'SZ', not one of" in refused.output
    hotfix("schema", "check", recipe, "--as", "kb", code=1)
    recipe.rename(tmp_path / "other.json")
    hotfix("schema", "check", tmp_path / "other.json", code=2)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"Example-Widget",', '"X", "architectures": ["arm"],', "no component for x86"),
        ('"era": "6.1"', '"era": "6.3", "architectures": ["x86"]', None),
        ('"files": [', '"levels": ["RTM"], "files": [', "is 'RTM'; the levels are"),
        (
            '"files": [',
            (
                '"files": [{"name":"sub\\\\example.dll","source":"example.dll",'
                '"destination":"$(runtime.system32)\\\\"},'
            ),
            "has the source of files[0]",
        ),
        ('"example.dll"', '"other.dll"', "no single row is for x86/other.dll"),
        ('"fragments"', "", None),
    ],
)
def test_a_recipe_that_makes_no_package_is_one_clear_line(
    old: str, new: str, reason: str | None, tmp_path: Path
) -> None:
    folder = start(tmp_path, "6.1", ("x86",))
    recipe = folder / "recipe.json"
    recipe.write_text(recipe.read_text("utf-8").replace(old, new, 1), "utf-8")
    out = tmp_path / "out"
    options = ("--unsigned", "-o", out)
    told = hotfix("build", folder, "--stand-in", *options, code=3 if reason else 0)
    if reason is not None:
        assert reason in told.output
        assert told.output.count("\n") == 1
        assert not out.exists()
