"""Genuine catalogs: every one is read whole, and its list is written again.

That the octets come back the same proves that nothing of a list is lost and
that the writer knows the genuine shape.
"""

import csv
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from compiled_forms import FORMS
from make_pki import root
from pe_judges import need, run
from walk_forms import read_eagerly, read_lazily, use_form

from builder.errors import CatalogError, SignatureError, SignatureFault
from builder.formats.certificate import parse_certificate
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl import parse_ctl, serialize_ctl
from builder.formats.ctl_entry import member_tag
from builder.formats.ctl_subject import parse_page_hashes
from builder.formats.distinguished_name import name_text
from builder.formats.pem import CERTIFICATE, serialize_pem
from builder.formats.verify import parse_catalog, verify_catalog
from builder.keys import development_signer
from builder.model.catalog import Catalog
from builder.model.era import ERAS
from builder.model.limits import Limits
from builder.model.unpacked import Kind
from builder.steps.unpack import unpack
from builder.store import Scratch

pytestmark = pytest.mark.genuine

DATA = Path(__file__).parents[2].parent / "shared" / "data"
CATALOGS = DATA / "catalogs"
NO_CATALOG = "15_not-a-catalog_x_x.cat"
# Packages that hold catalogs, and how many: the inner cabinet of each .msu.
PACKAGES = {
    "Windows6.0-KB2999226-x64.msu": 20,
    "Windows6.0-KB2999226-x86.msu": 20,
    "Windows6.1-KB2584475-x64.msu": 9,
    "Windows6.1-KB2584475-x86.msu": 9,
    "Windows6.x-HyperVIntegrationServices-x86.cab": 1,
    "Windows8.1-KB2937592-x86.msu": 52,
    "Windows8.1-KB2938772-x86.cab": 7,
}


def index() -> list[dict[str, str]]:
    path = CATALOGS / "INDEX.tsv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["file"] != NO_CATALOG
        ]


ROWS = index()


def has(digests: str) -> pytest.MarkDecorator:
    """Choose the rows whose signature digest is one of some."""
    chosen = [row for row in ROWS if row["signature digest"] in digests.split()]
    return pytest.mark.parametrize(
        "row", chosen or [None], ids=[row["file"][:2] for row in chosen] or ["none"]
    )


ALL = "sha1 sha256 unsigned"
SIGNED = "sha1 sha256"


@pytest.fixture(autouse=True)
def _there_is_data() -> None:
    if not ROWS:
        pytest.skip("there is no catalogs/INDEX.tsv in ../shared/data")
    assert len(ROWS) == 17


def read(row: dict[str, str]) -> bytes:
    return (CATALOGS / row["file"]).read_bytes()


def files_of(catalog: Catalog) -> int:
    """Version 2 lists each file twice; the table counts entries."""
    return len(catalog.members)


@has(ALL)
def test_the_facts_of_the_index_are_read(row: dict[str, str]) -> None:
    data = read(row)
    catalog = parse_catalog(data)
    assert catalog.version == (1 if "v1" in row["file"].split("_")[1] else 2)
    digests = {m.algorithm for m in catalog.members if m.algorithm}
    assert digests == {row["member digest"]}
    assert files_of(catalog) == int(row["members"])
    attributes = {a.name: a.value for a in catalog.attributes}
    assert attributes.get("OSAttr", "-") == row["OSAttr"]
    hashes = [
        found
        for m in catalog.members
        if m.subject is not None and (found := parse_page_hashes(m.subject))
    ]
    assert bool(hashes) == (row["page hashes"] != "-")
    assert len(hashes) == sum(m.has_page_hashes for m in catalog.members)
    for algorithm, table in hashes:
        size = 4 + {"sha1": 20, "sha256": 32}[algorithm]
        assert table
        assert len(table) % size == 0
    assert len(data) == int(row["bytes"])


ERA_OF = {"Windows6.0-": "6.0", "Windows6.1-": "6.1", "Windows8.1-": "6.3"}


def test_each_era_names_the_systems_that_its_genuine_catalogs_name() -> None:
    packages = sorted((CATALOGS.parent / "packages").glob("*"))
    if not packages:
        pytest.skip("there is no ../shared/data/packages")
    found: Counter[tuple[str, str]] = Counter()
    for path in packages:
        era = ERA_OF.get(path.name[:11])
        containers = unpack(
            path.name, path.read_bytes(), limits=Limits(), spool=Scratch
        )
        for member in (m for c in containers for m in c.members):
            if era is not None and member.kind is Kind.CATALOG and member.data:
                attributes = parse_catalog(member.data).attributes
                (value,) = (a.value for a in attributes if a.name == "OSAttr")
                found[era, value] += 1
    for row in ROWS:
        era = ERA_OF.get(row["original name"][:11])
        if era is not None:
            found[era, row["OSAttr"]] += 1
    assert found == {
        ("6.0", ERAS["6.0"].os_versions): 40,
        ("6.1", ERAS["6.1"].os_versions): 19,
        ("6.3", ERAS["6.3"].os_versions): 61,
    }


@has(ALL)
def test_the_signer_of_the_index_is_read(row: dict[str, str]) -> None:
    parsed = parse_signed_data(read(row))
    if row["signature digest"] == "unsigned":
        assert parsed.signers == ()
        return
    (info,) = parsed.signers
    (leaf,) = (
        certificate
        for certificate in map(parse_certificate, parsed.certificates)
        if (certificate.issuer, certificate.serial) == (info.issuer, info.serial)
    )
    assert f"CN={row['signer CN']}," in name_text(leaf.subject) + ","
    assert f"{leaf.not_after:%Y-%m-%d}" == row["signer not after"]
    kinds = {a.oid for a in info.unsigned_attributes}
    assert ("1.2.840.113549.1.9.6" in kinds) == ("PKCS9" in row["timestamp"])
    assert ("1.3.6.1.4.1.311.3.3.1" in kinds) == ("RFC3161" in row["timestamp"])
    assert ("1.3.6.1.4.1.311.2.4.1" in kinds) == ("nested" in row["timestamp"])


def check_whole(data: bytes) -> Catalog:
    """Write the list again, compare it, and compare tags with digests."""
    parsed: SignedData = parse_signed_data(data)
    start, stop = parsed.content_start, parsed.content_stop
    catalog = parse_ctl(data, start=start, stop=stop)
    assert serialize_ctl(catalog) == data[start:stop]
    assert read_lazily(data, start, stop) == catalog.members
    for member in catalog.members:
        if member.digest is not None:
            assert member.tag == member_tag(member.digest, version=catalog.version)
        else:
            assert catalog.version == 2
            assert len(member.tag) == 20
    return catalog


@has(ALL)
def test_the_list_is_written_again_octet_for_octet(row: dict[str, str]) -> None:
    assert check_whole(read(row)).members


@pytest.mark.parametrize("form", FORMS)
@has(ALL)
def test_both_readings_agree_on_genuine_lists_and_damaged_ones(
    row: dict[str, str], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bits and octets are changed among the first members, which are plain."""
    use_form(form, monkeypatch)
    data = read(row)
    parsed = parse_signed_data(data)
    start, stop = parsed.content_start, parsed.content_stop
    assert read_lazily(data, start, stop) == read_eagerly(data, start, stop)
    random = Random(row["file"])  # of nothing secret
    rounds = 200 if stop - start < 200_000 else 20
    verdicts = []
    for _ in range(rounds):
        wrong = bytearray(data)
        wrong[random.randrange(start, min(stop, start + 8_000))] ^= random.choice(
            (1, 2, 4, 0x20, 0x80, 0xFF)
        )
        eager = read_eagerly(bytes(wrong), start, stop)
        assert read_lazily(bytes(wrong), start, stop) == eager
        verdicts.append(isinstance(eager, str))
    assert any(verdicts)


def test_what_is_no_catalog_is_refused() -> None:
    path = CATALOGS / NO_CATALOG
    if not path.is_file():
        pytest.skip(f"there is no {NO_CATALOG} in ../shared/data")
    with pytest.raises(CatalogError) as caught:
        parse_catalog(path.read_bytes())
    assert caught.value.reason == "content info: tag 0x54 where 0x30 belongs"


@has(ALL)
def test_unsigned_catalogs_say_unsigned(row: dict[str, str]) -> None:
    with pytest.raises(SignatureError) as caught:
        verify_catalog(read(row), anchors=(), at=datetime(2014, 12, 10, tzinfo=UTC))
    unsigned = row["signature digest"] == "unsigned"
    assert (caught.value.fault is SignatureFault.UNSIGNED) == unsigned


def extracted(package: Path, folder: Path) -> Iterator[Path]:
    """Take a package apart, and the cabinets inside it."""
    tool = need("cabextract")
    run(tool, "-q", "-d", folder, package)
    for inner in sorted(folder.glob("*.cab")):
        run(tool, "-q", "-d", folder / inner.stem, inner)
    yield from sorted(folder.rglob("*.cat"))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_catalog_of_a_package_is_written_again_octet_for_octet(
    name: str, tmp_path: Path
) -> None:
    package = DATA / "packages" / name
    if not package.is_file():
        pytest.skip(f"there is no {name} in ../shared/data")
    catalogs = list(extracted(package, tmp_path))
    assert len(catalogs) == PACKAGES[name]
    for path in catalogs:
        assert check_whole(path.read_bytes()).members


@pytest.mark.oracle
@has(SIGNED)
def test_osslsigncode_lists_the_same_digests(
    row: dict[str, str], tmp_path: Path
) -> None:
    data = read(row)
    catalog = parse_catalog(data)
    certificates = parse_signed_data(data).certificates
    anchor = tmp_path / "anchor.pem"
    anchor.write_bytes(serialize_pem(certificates[0], CERTIFICATE))
    done = subprocess.run(
        [need("osslsigncode"), "verify", "-verbose", "-CAfile", anchor,
         "-in", CATALOGS / row["file"]],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    listing = done.stdout.split("Signature Index")[0]
    digests = [
        line.split(":")[1].strip()
        for line in listing.splitlines()
        if "Message digest:" in line
    ]
    ours = [m.digest.hex().upper() for m in catalog.members if m.digest]
    assert ours
    assert sorted(digests) == sorted(ours)


@pytest.mark.oracle
def test_a_genuine_list_signed_again_covers_the_genuine_files(tmp_path: Path) -> None:
    """Its list, our signature, Microsoft's files, and somebody else's verdict."""
    package = DATA / "packages" / "Windows6.x-HyperVIntegrationServices-x86.cab"
    if not package.is_file():
        pytest.skip(f"there is no {package.name} in ../shared/data")
    tool = need("osslsigncode")
    (path,) = extracted(package, tmp_path / "package")
    made = development_signer(tmp_path / "keys")
    ours = tmp_path / "ours.cat"
    ours.write_bytes(sign_catalog(parse_catalog(path.read_bytes()), made))
    other = tmp_path / "other.pem"
    other.write_bytes(root("another root").pem)
    images = sorted(path.parent.rglob("*.dll")) + sorted(path.parent.rglob("*.sys"))
    assert len(images) > 10
    for image in images:
        for anchor, accepted in (
            (tmp_path / "keys" / "root.pem", True),
            (other, False),
        ):
            done = subprocess.run(
                [tool, "verify", "-catalog", ours, "-CAfile", anchor, "-in", image],
                check=False, capture_output=True, timeout=60,
            )  # fmt: skip
            assert (done.returncode == 0) == accepted, image
