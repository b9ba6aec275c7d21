"""Other people's programs agree about our portable executables."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pe_judges import need, run

from builder.formats.facts import observe
from builder.formats.stand_in import LABEL, stand_in
from builder.model.identity import Architecture
from builder.model.inventory import PeFacts
from builder.model.kb import FileEntry
from builder.model.version import FileVersion

pytestmark = pytest.mark.oracle

VERSION = FileVersion(6, 0, 6001, 22375)
SIZES = (1536, 107_504, 107_505, 131_071, 290_304)
ARCHITECTURES = (Architecture.X86, Architecture.AMD64, Architecture.IA64)


def driver(folder: Path, architecture: Architecture, size: int) -> Path:
    entry = FileEntry(
        architecture=architecture,
        name="Mpio.sys",
        size=size,
        modified=datetime(2009, 2, 12, 5, 44, tzinfo=UTC),
        version=VERSION,
        platform=architecture,
    )
    path = folder / entry.name
    with path.open("wb") as file:
        file.writelines(stand_in(entry))
    return path


def pe_of(path: Path) -> PeFacts:
    facts = observe([path.read_bytes()])
    assert facts.damage is None
    assert facts.pe is not None
    return facts.pe


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate and a key that live as long as this module's tests."""
    folder = tmp_path_factory.mktemp("signer")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    run(
        *(need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
        *("-subj", "/CN=Throwaway test signer", "-days", "30"),
        *("-addext", "extendedKeyUsage=codeSigning"),
        *("-keyout", key, "-out", certificate),
    )
    return certificate, key


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_osslsigncode_computes_the_same_image_hash(
    architecture: Architecture,
    size: int,
    algorithm: str,
    signer: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    tool = need("osslsigncode")
    path, signed = driver(tmp_path, architecture, size), tmp_path / "signed.sys"
    certificate, key = signer
    run(
        *(tool, "sign", "-certs", certificate, "-key", key, "-h", algorithm),
        *("-in", path, "-out", signed),
    )
    said = run(tool, "verify", "-CAfile", certificate, "-in", signed)
    found = re.search(r"Calculated message digest *: ([0-9A-F]+)", said)
    assert found, said
    judged = bytes.fromhex(found[1])
    plain, with_table = pe_of(path), pe_of(signed)
    for facts in (plain, with_table):
        image = facts.sha1 if algorithm == "sha1" else facts.sha256
        assert image.padded == judged
    assert (plain.signed, with_table.signed) == (False, True)
    assert with_table.version == VERSION


@pytest.mark.parametrize("size", [1536, 107_504, 131_070, 290_304])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_osslsigncode_finds_the_checksum_right(
    architecture: Architecture, size: int, tmp_path: Path
) -> None:
    """Even sizes only: it leaves the last byte of odd ones out; pefile does not."""
    path = driver(tmp_path, architecture, size)
    assert checksum_is_right(path)

    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert not checksum_is_right(path)


def checksum_is_right(path: Path) -> bool:
    """Ask osslsigncode, which says so before it fails for lack of a signature."""
    done = subprocess.run(
        [need("osslsigncode"), "verify", "-in", path],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert "PE checksum" in said, said
    assert "No signature found" in said, said
    return "invalid PE checksum" not in said and "MISMATCH" not in said


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        (Architecture.X86, "PE32 executable (DLL) (GUI) Intel 80386"),
        (Architecture.AMD64, "PE32+ executable (DLL) (GUI) x86-64"),
        (Architecture.IA64, "PE32+ executable (DLL) (GUI) Intel Itanium"),
    ],
)
def test_file_names_the_machine(
    architecture: Architecture, words: str, tmp_path: Path
) -> None:
    tool = need("file")
    said = run(tool, driver(tmp_path, architecture, 107_504))
    assert words in said
    assert "2 sections" in said


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        (Architecture.X86, "file format pei-i386"),
        (Architecture.AMD64, "file format pei-x86-64"),
    ],
)
def test_objdump_lists_the_sections(
    architecture: Architecture, words: str, tmp_path: Path
) -> None:
    """Its usual build knows no IA-64; `file`, 7-Zip and pefile judge that."""
    tool = need("objdump")
    said = run(tool, "-h", driver(tmp_path, architecture, 107_504))
    assert words in said
    assert re.findall(r"\s(\.\w+)\s+([0-9a-f]{8})", said) == [
        (".rsrc", "00000400"),
        (".label", "00019c00"),
    ]


@pytest.mark.parametrize("size", [1536, 107_520, 290_304])
@pytest.mark.parametrize(
    ("architecture", "processor"),
    [
        (Architecture.X86, "x86"),
        (Architecture.AMD64, "x64"),
        (Architecture.IA64, "IA-64"),
    ],
)
def test_7_zip_opens_them_and_checks_their_checksum(
    architecture: Architecture, processor: str, size: int, tmp_path: Path
) -> None:
    """Sizes are multiples of 512 here: it does not open what has an overlay."""
    tool = need("7zz", "7z")
    said = run(tool, "l", "-slt", driver(tmp_path, architecture, size))
    assert "WARNING" not in said
    assert f"CPU = {processor}\n" in said
    assert f"FileVersion: {VERSION}\n" in said
    assert f"FileDescription: {LABEL}\n" in said
    assert f"Physical Size = {size}\n" in said
