"""`hotfix catalog` and `hotfix trace`: what they print, and when they refuse."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from made_packages import Parts, build_parts, catalog_of
from make_catalog import make_catalog, make_new_catalog
from make_pki import root, simple_signer
from projects import hotfix

from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.verify import parse_catalog
from builder.model.catalog import Catalog, MemberName
from builder.model.identity import Architecture
from builder.report.catalog import render_catalog_json
from builder.store import write_document

WHEN = "2020-06-01T12:00:00Z"


@pytest.fixture(scope="module")
def parts() -> Parts:
    return build_parts(Architecture.X86, simple_signer())


@pytest.fixture
def folder(tmp_path: Path, parts: Parts) -> Path:
    """A package with its anchor, and one file of it by itself."""
    write_document(tmp_path / "a.msu", parts.pack())
    write_document(tmp_path / "root.pem", root().pem)
    write_document(tmp_path / "other.pem", root("another root").pem)
    (program,) = (e for e in parts.inner if e.name.endswith("\\mpio.sys"))
    write_document(tmp_path / "mpio.sys", program.data)
    return tmp_path


def options(folder: Path, anchor: str = "root.pem") -> tuple[object, ...]:
    return "--trust-anchor", folder / anchor, "--at", WHEN


def links(folder: Path, *words: object, code: int = 0) -> list[dict[str, str]]:
    command = ("trace", "--json", *words, folder / "a.msu", *options(folder))
    (chain,) = json.loads(hotfix(*command, code=code).output)["chains"]
    found = chain["links"]
    assert isinstance(found, list)
    broken = [link["link"] for link in found if link["state"] == "broken"]
    assert chain["broken"] == (broken[0] if broken else None)
    return found


def states(found: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(link["link"], link["state"]) for link in found]


UNBROKEN = [
    ("file", "holds"),
    ("manifest", "holds"),
    ("catalog member", "holds"),
    ("signer", "holds"),
    ("timestamp", "not needed"),
    ("root", "holds"),
]


def test_a_file_in_the_package_is_traced_to_the_root(folder: Path) -> None:
    found = links(folder, "mpio.sys")
    assert states(found) == UNBROKEN
    assert found[2]["says"].endswith(": image hash by sha1")
    assert found[-1]["says"].startswith("CN=test root, sha256 ")
    assert "the manifest itself is in " in found[1]["details"][0]


def test_a_file_on_the_disk_is_found_by_its_content(folder: Path) -> None:
    file = folder / "renamed.bin"
    (folder / "mpio.sys").rename(file)
    assert states(links(folder, file)) == UNBROKEN


def test_a_document_needs_no_manifest(folder: Path) -> None:
    found = links(folder, "update.mum")
    assert states(found)[1] == ("manifest", "not needed")
    assert found[2]["says"].endswith("flat hash by sha1")


def test_a_catalog_is_traced_by_its_own_signature(folder: Path) -> None:
    assert [kind for kind, _ in states(links(folder, "update.cat"))] == [
        "file",
        "signer",
        "timestamp",
        "root",
    ]


def test_a_changed_file_breaks_the_first_link(folder: Path) -> None:
    file = folder / "mpio.sys"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    found = links(folder, file, code=1)
    assert states(found)[:3] == [
        ("file", "broken"),
        ("manifest", "broken"),
        ("catalog member", "broken"),
    ]
    assert "the package's file of that name has sha256" in found[0]["details"][0]


def test_another_anchor_breaks_the_last_link(folder: Path) -> None:
    words = ("trace", "mpio.sys", folder / "a.msu", *options(folder, "other.pem"))
    text = hotfix(*words, code=1).output
    assert "broken at root: anchor: CN=test signer was issued by" in text
    assert "signer: holds" in text


def test_without_an_anchor_only_microsoft_is_believed(folder: Path) -> None:
    text = hotfix("trace", "mpio.sys", folder / "a.msu", code=1).output
    assert "broken at root" in text


def test_an_unknown_file_is_an_error(folder: Path) -> None:
    words = ("trace", "nothing.sys", folder / "a.msu", *options(folder))
    assert "holds no file nothing.sys" in hotfix(*words, code=3).output


def test_the_tree_is_indented_link_by_link(folder: Path) -> None:
    words = ("trace", "mpio.sys", folder / "a.msu", *options(folder))
    lines = hotfix(*words).output.splitlines()
    heads = [line for line in lines[1:-1] if not line.lstrip().startswith("|")]
    depths = [len(line) - len(line.lstrip()) for line in heads]
    assert depths == [2, 4, 6, 8, 10, 12]
    assert lines[-1].endswith(": unbroken")


def listed(folder: Path) -> Iterator[Catalog]:
    for number, made in enumerate((make_catalog(3), make_new_catalog(2))):
        write_document(folder / f"{number}.cat", unsigned_catalog(made))
        yield made


def test_a_list_is_printed_member_by_member(tmp_path: Path) -> None:
    for number, made in enumerate(listed(tmp_path)):
        lines = hotfix("catalog", "list", tmp_path / f"{number}.cat").output
        for member in made.members:
            digest = member.tag if member.digest is None else member.digest
            assert f"{digest.hex()} " in lines
        assert f"{len(made.members)} members" in lines.splitlines()[0]


def test_a_list_is_printed_as_json(tmp_path: Path) -> None:
    for number, made in enumerate(listed(tmp_path)):
        words = ("catalog", "list", "--json", tmp_path / f"{number}.cat")
        document = json.loads(hotfix(*words).output)
        assert document["version"] == made.version
        assert document["list_id"] == made.list_id.hex()
        shown = [(bytes.fromhex(m["tag"]), m["form"]) for m in document["members"]]
        assert shown == [(m.tag, m.form.value) for m in made.members]


def test_an_empty_list_is_json_too() -> None:
    empty = parse_catalog(unsigned_catalog(make_catalog(0)))
    assert json.loads("".join(render_catalog_json(empty)))["members"] == []


def test_names_cannot_forge_lines(tmp_path: Path) -> None:
    made = make_catalog(1)
    name = MemberName(name="File", value="a\nb\x1b[2J", flags=0)
    member = replace(made.members[0], attributes=(name,))
    catalog = replace(made, members=(member,), attributes=())
    write_document(tmp_path / "a.cat", unsigned_catalog(catalog))
    text = hotfix("catalog", "list", tmp_path / "a.cat").output
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text


def test_what_is_no_catalog_cannot_be_listed(tmp_path: Path) -> None:
    write_document(tmp_path / "a.cat", b"MZ")
    hotfix("catalog", "list", tmp_path / "a.cat", code=3)


def test_a_catalog_and_its_files_are_verified(folder: Path) -> None:
    data = (folder / "mpio.sys").read_bytes()
    catalog = sign_catalog(catalog_of([data], "a.cat"), simple_signer())
    write_document(folder / "a.cat", catalog)
    words = ("catalog", "verify", folder / "a.cat", folder / "mpio.sys")
    text = hotfix(*words, *options(folder)).output
    assert "a.cat: verified: 1 members" in text
    assert "policy authenticode applied; met: authenticode, development" in text
    assert "mpio.sys: listed: image hash by sha1" in text
    (folder / "mpio.sys").write_bytes(data[:-1] + b"\xff")
    text = hotfix(*words, *options(folder), code=1).output
    assert "mpio.sys: not listed" in text


def test_a_refused_catalog_names_the_step(folder: Path) -> None:
    catalog = sign_catalog(make_catalog(1), simple_signer())
    write_document(folder / "a.cat", catalog[:-1] + bytes([catalog[-1] ^ 1]))
    words = ("catalog", "verify", folder / "a.cat", *options(folder))
    text = hotfix(*words, code=1).output
    assert "refused" in text
    assert "signer: broken: signature: the signature of CN=test signer" in text


@pytest.mark.parametrize("policy", ["windows-component", "whql"])
def test_a_policy_that_is_not_met_says_what_would_be(folder: Path, policy: str) -> None:
    write_document(folder / "a.cat", sign_catalog(make_catalog(1), simple_signer()))
    words = ("catalog", "verify", folder / "a.cat", *options(folder))
    text = hotfix(*words, "--policy", policy, code=1).output
    assert f"{policy}: CN=test root is not a Microsoft root" in text
    assert "it would meet authenticode, development" in text
    hotfix(*words, "--policy", "development")


def test_an_unsigned_cabinet_is_refused(folder: Path) -> None:
    words = ("catalog", "verify", folder / "a.msu", *options(folder))
    assert "unsigned: the file is not signed" in hotfix(*words, code=1).output
