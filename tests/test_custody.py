"""`hotfix catalog` and `hotfix trace`: what they print, and when they refuse."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from made_packages import Parts, build_parts, catalog_of
from make_catalog import make_catalog, make_new_catalog
from make_pki import root, simple_signer
from make_seal import page_subject, page_table, plain_program, signed_program
from projects import hotfix

from builder.formats import der
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl_member import pe_member
from builder.formats.facts import observe
from builder.formats.page_hash import page_hashes
from builder.formats.schema import schema
from builder.formats.verify import parse_catalog
from builder.model.catalog import Catalog, CatalogMember, MemberForm, MemberName
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
    shown = checked("custody.schema.json", hotfix(*command, code=code).output)
    (chain,) = shown["chains"]
    found = chain["links"]
    assert isinstance(found, list)
    broken = [link["link"] for link in found if link["state"] == "broken"]
    assert chain["broken"] == (broken[0] if broken else None)
    return found


def checked(name: str, text: str) -> dict[str, Any]:
    """Read JSON that its schema accepts."""
    shown = json.loads(text)
    Draft202012Validator(json.loads(schema(name))).validate(shown)
    assert isinstance(shown, dict)
    assert text.isascii()
    return shown


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
        document = checked("catalog.schema.json", hotfix(*words).output)
        assert document["version"] == made.version
        assert document["list_id"] == made.list_id.hex()
        shown = [(bytes.fromhex(m["tag"]), m["form"]) for m in document["members"]]
        assert shown == [(m.tag, m.form.value) for m in made.members]


def test_an_empty_list_is_json_too() -> None:
    empty = parse_catalog(unsigned_catalog(make_catalog(0)))
    text = "".join(render_catalog_json(empty))
    assert checked("catalog.schema.json", text)["members"] == []


def test_page_hashes_and_strange_members_are_json_too() -> None:
    (member,) = make_catalog(1).members
    table = page_subject(page_table(plain_program()))
    paged = replace(member, subject=table, link=None)
    bare = CatalogMember(tag=b"x", digest=None, algorithm=None, form=MemberForm.OTHER)
    unknown = der.encode(der.SEQUENCE, der.encode_oid("1.2.3"))
    catalog = replace(
        make_catalog(1),
        members=(paged, bare),
        unknown=(unknown,),
        attributes=(MemberName(name="\u00fc", value="\U0001f5ff", flags=-1),),
    )
    text = "".join(render_catalog_json(catalog))
    shown = checked("catalog.schema.json", text)
    assert shown["members"][0]["page_hashes"] == {"algorithm": "sha256", "count": 4}
    assert shown["members"][1]["algorithm"] == "unknown"
    assert shown["unknown"] == [unknown.hex()]


def verified(*words: object, code: int = 0) -> dict[str, Any]:
    output = hotfix("catalog", "verify", "--json", *words, code=code).output
    return checked("verification.schema.json", output)


def test_a_verification_is_json_too(folder: Path) -> None:
    data = (folder / "mpio.sys").read_bytes()
    catalog = sign_catalog(catalog_of([data], "a.cat"), simple_signer())
    write_document(folder / "a.cat", catalog)
    words = (folder / "a.cat", folder / "mpio.sys", *options(folder))
    shown = verified(*words)
    assert (shown["verdict"], shown["members"]) == ("verified", 1)
    (file,) = shown["files"]
    assert (file["hashed"], file["algorithm"]) == ("image hash", "sha1")
    assert [link["link"] for link in shown["links"]] == ["signer", "timestamp", "root"]
    (folder / "mpio.sys").write_bytes(data[:-1] + b"\xff")
    (file,) = verified(*words, code=1)["files"]
    assert (file["hashed"], file["algorithm"], file["pages"]) == (None, None, None)
    other = (folder / "a.cat", *options(folder, "other.pem"))
    shown = verified(*other, code=1)
    assert (shown["verdict"], shown["members"]) == ("refused", None)
    assert shown["links"][-1]["state"] == "broken"


def test_a_verified_program_is_json_too(folder: Path) -> None:
    pages = page_table(plain_program())
    program = signed_program(pages=pages, padding=b"X" * 64)
    write_document(folder / "signed.sys", program)
    shown = verified(folder / "signed.sys", *options(folder))
    assert shown["digest"]["algorithm"] == "sha256"
    assert shown["pages"] == 3
    assert shown["padding"] >= 64
    text = hotfix("catalog", "verify", folder / "signed.sys", *options(folder)).output
    assert "CVE-2013-3900" in text
    assert "page hashes: 3 compared" in text


@pytest.mark.parametrize("flip", [0, 40])
def test_page_hashes_of_a_listed_file_are_compared(folder: Path, flip: int) -> None:
    data = plain_program()
    table = bytearray(page_table(data))
    table[40] ^= flip
    pe = observe([data]).pe
    assert pe is not None
    entry = replace(
        pe_member(pe.sha1.padded), subject=page_subject(bytes(table)), link=None
    )
    catalog = sign_catalog(replace(make_catalog(1), members=(entry,)), simple_signer())
    write_document(folder / "a.cat", catalog)
    write_document(folder / "paged.sys", data)
    words = (folder / "a.cat", folder / "paged.sys", *options(folder))
    (file,) = verified(*words, code=1 if flip else 0)["files"]
    assert file["pages"]["state"] == ("broken" if flip else "holds")
    text = hotfix("catalog", "verify", *words, code=1 if flip else 0).output
    assert ("page hashes: broken" in text) == bool(flip)


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


@pytest.mark.parametrize("flip", [0, 1])
def test_page_hashes_of_a_file_inside_are_compared(
    folder: Path, parts: Parts, flip: int
) -> None:
    changed = parts.copy()
    data = changed.find("mpio.sys").data
    table = bytearray(page_hashes(data, "sha256", 1 << 20))
    table[-37] ^= flip
    digest = member_digest(data)
    (listing,) = (
        e
        for e in changed.inner
        if e.name.startswith("package_1_for_") and e.name.endswith(".cat")
    )
    catalog = parse_catalog(listing.data)
    members = tuple(
        replace(m, subject=page_subject(bytes(table)), link=None)
        if m.digest == digest
        else m
        for m in catalog.members
    )
    assert members != catalog.members
    listing.data = sign_catalog(replace(catalog, members=members), simple_signer())
    write_document(folder / "a.msu", changed.pack())
    pages = next(
        link
        for link in links(folder, "mpio.sys", code=flip)
        if link["link"] == "page hashes"
    )
    assert pages["state"] == ("broken" if flip else "holds")
    outside = links(folder, folder / "mpio.sys", code=flip)
    assert pages in outside


def member_digest(data: bytes) -> bytes:
    """Return the image hash by SHA-1."""
    pe = observe([data]).pe
    assert pe is not None
    return pe.sha1.padded
