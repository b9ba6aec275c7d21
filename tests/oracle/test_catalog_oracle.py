"""Other people's programs judge the catalogs that we write.

Each test has a wrong twin: the same program must refuse another root, another
file or another content.
"""

import subprocess
from hashlib import sha1
from pathlib import Path

import pytest
from make_catalog import ISSUED
from make_pe import Part, image_hash, make_pe
from make_pki import issue, leaf_wish, middle_wish, root, signer
from pe_judges import need

from builder.formats.cms import parse_signed_data
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl_member import (
    derive_list_id,
    flat_member,
    os_attribute,
    pe_member,
)
from builder.keys import development_signer
from builder.model.catalog import Catalog, CatalogMember

pytestmark = pytest.mark.oracle

PE = make_pe(Part(address=4096, start=1024, data=b"code" * 128), size=1024)
FLAT = b"a manifest, or any other file\r\n" * 40


def run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        command, check=False, capture_output=True, timeout=60, cwd="/"
    )
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def listed() -> tuple[CatalogMember, ...]:
    return (
        pe_member(image_hash(PE, "sha1")),
        flat_member(sha1(FLAT).digest()),
        flat_member(sha1(b"another").digest()),
    )


class Files:
    """A signed catalog and what it is judged with, in a folder."""

    def __init__(self, folder: Path) -> None:
        made = development_signer(folder / "keys")
        members = listed()
        catalog = Catalog(
            version=1,
            list_id=derive_list_id(members),
            issued=ISSUED,
            members=members,
            attributes=(os_attribute("2:5.1,2:5.2,2:6.0"),),
        )
        data = sign_catalog(catalog, made)
        self.catalog = folder / "x.cat"
        self.catalog.write_bytes(data)
        self.content = folder / "content.bin"
        self.content.write_bytes(parse_signed_data(data).content)
        self.root = folder / "keys" / "root.pem"
        self.leaf = folder / "keys" / "leaf.pem"
        self.other_root = folder / "other.pem"
        self.other_root.write_bytes(root("another root").pem)
        self.pe = folder / "x.sys"
        self.pe.write_bytes(PE)
        self.changed = folder / "changed.sys"
        self.changed.write_bytes(PE.replace(b"code", b"Code", 1))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("catalog"))


def osslsigncode(
    catalog: Path, anchor: Path, *arguments: str | Path
) -> tuple[int, str]:
    tool = need("osslsigncode")
    return run(tool, "verify", *arguments, "-CAfile", anchor, "-in", catalog)


def test_osslsigncode_accepts_the_catalog_under_its_root(files: Files) -> None:
    code, said = osslsigncode(files.catalog, files.root)
    assert code == 0, said
    assert "Signature verification: ok" in said
    code, said = osslsigncode(files.catalog, files.other_root)
    assert code != 0, said


def test_osslsigncode_finds_a_pe_member(files: Files) -> None:
    code, said = osslsigncode(files.pe, files.root, "-catalog", files.catalog)
    assert code == 0, said
    code, said = osslsigncode(files.pe, files.other_root, "-catalog", files.catalog)
    assert code != 0, said
    code, said = osslsigncode(files.changed, files.root, "-catalog", files.catalog)
    assert code != 0, said


def test_osslsigncode_lists_the_digests_of_all_members(files: Files) -> None:
    code, said = osslsigncode(files.catalog, files.root, "-verbose")
    assert code == 0, said
    digests = [
        line.split(":")[1].strip()
        for line in said.split("Signature Index")[0].splitlines()
        if "Message digest:" in line
    ]
    expected = [m.digest.hex().upper() for m in listed() if m.digest]
    assert sorted(digests) == sorted(expected)


def smime(files: Files, anchor: Path, content: Path) -> tuple[int, str]:
    return run(
        need("openssl"), "smime", "-verify", "-inform", "DER", "-in", files.catalog,
        "-content", content, "-binary", "-CAfile", anchor, "-purpose", "any",
    )  # fmt: skip


def test_openssl_accepts_the_signature_under_its_root(
    files: Files, tmp_path: Path
) -> None:
    code, said = smime(files, files.root, files.content)
    assert code == 0, said
    assert "Verification successful" in said
    code, said = smime(files, files.other_root, files.content)
    assert code != 0, said
    assert "unable to get local issuer certificate" in said
    changed = tmp_path / "changed.bin"
    changed.write_bytes(files.content.read_bytes()[:-1] + b"\x01")
    code, said = smime(files, files.root, changed)
    assert code != 0, said
    assert "digest failure" in said


def test_openssl_walks_the_catalog(files: Files) -> None:
    openssl = need("openssl")
    code, said = run(openssl, "asn1parse", "-inform", "DER", "-in", files.catalog)
    assert code == 0, said
    for name in ("1.3.6.1.4.1.311.12.1.2", "Microsoft Individual Code Signing"):
        assert name in said
    cut = files.catalog.with_suffix(".cut")
    cut.write_bytes(files.catalog.read_bytes()[:-1])
    code, said = run(openssl, "asn1parse", "-inform", "DER", "-in", cut)
    assert code != 0, said


def test_openssl_accepts_the_development_chain(files: Files) -> None:
    openssl = need("openssl")
    strict = ("-x509_strict", "-purpose", "codesign")
    if run(openssl, "verify", "-help")[1].count("codesign") == 0:
        strict = ("-x509_strict", "-purpose", "any")
    code, said = run(openssl, "verify", *strict, "-CAfile", files.root, files.leaf)
    assert code == 0, said
    code, said = run(openssl, "verify", "-CAfile", files.other_root, files.leaf)
    assert code != 0, said


def test_a_chain_of_three_is_accepted(tmp_path: Path) -> None:
    middle = issue(middle_wish(), root())
    leaf = issue(leaf_wish(), middle)
    members = listed()
    catalog = Catalog(
        version=1, list_id=derive_list_id(members), issued=ISSUED, members=members
    )
    path, anchor, other = (tmp_path / name for name in ("x.cat", "root", "other"))
    path.write_bytes(sign_catalog(catalog, signer(leaf, middle, root())))
    anchor.write_bytes(root().pem)
    other.write_bytes(root("another root").pem)
    code, said = osslsigncode(path, anchor)
    assert code == 0, said
    code, said = osslsigncode(path, other)
    assert code != 0, said
