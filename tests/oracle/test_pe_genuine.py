"""Image hashes and versions of genuine files.

The strongest proof: the catalog that Microsoft signed over a package lists
the image hashes that we compute over the package's files.
"""

from pathlib import Path

import pefile
import pytest
from make_pe import image_hash
from pe_judges import need, run

from builder.formats.facts import observe
from builder.model.inventory import Facts
from builder.model.version import FileVersion

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HYPER_V = DATA / "packages" / "Windows6.x-HyperVIntegrationServices-x86.cab"
WINE = DATA / "lzx" / "bench_60MB_lzx21.cab"
PIECE = 4096


def taken_out(cabinet: Path, folder: Path) -> list[Path]:
    if not cabinet.is_file():
        pytest.skip(f"there is no {cabinet.name} in ../shared/data")
    run(need("cabextract"), "-q", "-d", folder, cabinet)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files
    return files


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return taken_out(HYPER_V, tmp_path_factory.mktemp("hyper-v"))


def facts_of(path: Path) -> Facts:
    data = path.read_bytes()
    facts = observe(data[at : at + PIECE] for at in range(0, len(data), PIECE))
    assert facts == observe([data])
    return facts


def is_pe(path: Path) -> bool:
    return path.suffix in (".sys", ".dll", ".exe")


def version_by_pefile(image: pefile.PE) -> FileVersion | None:
    image.parse_data_directories([2])
    for fixed in getattr(image, "VS_FIXEDFILEINFO", ()):
        high, low = fixed.FileVersionMS, fixed.FileVersionLS
        return FileVersion(high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
    return None


def test_the_catalog_lists_the_image_hash_of_every_pe_file(package: list[Path]) -> None:
    catalog = next(p for p in package if p.name == "update.cat").read_bytes()
    images = [path for path in package if is_pe(path)]
    assert len(images) == 32
    for path in images:
        facts = facts_of(path)
        assert facts.pe is not None, path.name
        # As the digest of a member, and as its tag.
        assert facts.pe.sha1.padded in catalog, path.name
        tag = facts.pe.sha1.padded.hex().upper().encode("utf-16-le")
        assert tag in catalog, path.name
        assert facts.sha1 not in catalog, path.name


def test_the_catalog_lists_the_flat_hash_of_every_other_file(
    package: list[Path],
) -> None:
    catalog = next(p for p in package if p.name == "update.cat").read_bytes()
    others = [p for p in package if not is_pe(p) and p.suffix != ".cat"]
    assert len(others) == 31
    for path in others:
        facts = facts_of(path)
        assert (facts.pe, facts.damage) == (None, None)
        assert facts.sha1 in catalog, path.name


def test_pefile_reads_the_same_from_every_genuine_pe_file(package: list[Path]) -> None:
    images = [path for path in package if is_pe(path)]
    signed = 0
    for path in images:
        facts = facts_of(path).pe
        assert facts is not None
        seen = pefile.PE(str(path), fast_load=True)
        assert facts.machine == seen.FILE_HEADER.Machine == 0x14C
        assert facts.version == version_by_pefile(seen)
        assert facts.version == FileVersion(6, 3, 9600, 19456)
        assert facts.signed == bool(seen.OPTIONAL_HEADER.DATA_DIRECTORY[4].Size)
        assert facts.sha256.padded == image_hash(path.read_bytes(), "sha256")
        signed += facts.signed
    assert (len(images), signed) == (32, 7)


def test_pefile_reads_the_same_from_64_bit_files_of_another_linker(
    tmp_path: Path,
) -> None:
    """Their symbol tables lie behind the last section."""
    images = [path for path in taken_out(WINE, tmp_path) if is_pe(path)]
    assert images
    for path in images:
        facts = facts_of(path)
        assert facts.pe is not None, (path.name, facts.damage)
        seen = pefile.PE(str(path), fast_load=True)
        assert facts.pe.machine == seen.FILE_HEADER.Machine == 0x8664
        assert facts.pe.version == version_by_pefile(seen), path.name
        assert facts.pe.version_damage is None
        assert facts.pe.sha1.padded == image_hash(path.read_bytes(), "sha1")
