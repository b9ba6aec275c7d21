"""KB967724, built by us, taken apart and verified by programs of others."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cab_judges import EXTRACT, TEST, ask, extract, need
from projects import ARCHITECTURES, LEDGER, anchor, hotfix, msu

from builder.formats.cms import parse_signed_data
from builder.formats.ctl_entry import member_tag

pytestmark = pytest.mark.oracle

ROWS = {
    "x86": {"mpio.inf": 3760, "mpio.sys": 107504},
    "x64": {"mpio.inf": 3768, "mpio.sys": 131040},
    "ia64": {"mpio.inf": 3764, "mpio.sys": 290272},
}


@pytest.fixture(scope="module", params=["mszip", "none"])
def packages(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    signer_folder: Path,
) -> Path:
    """The three packages in each of the two compressions."""
    folder = tmp_path_factory.mktemp("packages")
    hotfix(
        *("build", LEDGER, "--stand-in", "--compression", request.param),
        *("--dev-sign", "--dev-keys", signer_folder, "-o", folder),
    )
    return folder


@pytest.fixture(scope="module")
def opened(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each package's inner cabinet, unpacked by cabextract."""
    need("cabextract")
    found = {}
    for word in ARCHITECTURES:
        folder = tmp_path_factory.mktemp(word)
        outer = extract("cabextract", cab=msu(packages, word), out=folder / "msu")
        inner = outer[f"Windows6.0-KB967724-{word}.cab"]
        extract("cabextract", cab=inner, out=folder / "cab")
        found[word] = folder
    return found


def contents(files: dict[str, Path]) -> dict[str, str]:
    return {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()}


@pytest.mark.parametrize("word", ARCHITECTURES)
@pytest.mark.parametrize("tool", sorted(EXTRACT))
def test_every_reader_gets_the_same_files(
    packages: Path, opened: dict[str, Path], tmp_path: Path, tool: str, word: str
) -> None:
    inner = opened[word] / "msu" / f"Windows6.0-KB967724-{word}.cab"
    for number, cab in enumerate((msu(packages, word), inner)):
        first = extract("cabextract", cab=cab, out=tmp_path / f"first{number}")
        other = extract(tool, cab=cab, out=tmp_path / f"other{number}")
        assert contents(first) == contents(other)
        assert len(first) == (3, 15)[number]


@pytest.mark.parametrize("word", ARCHITECTURES)
@pytest.mark.parametrize("tool", sorted(TEST))
def test_every_reader_finds_the_cabinets_sound(
    packages: Path, opened: dict[str, Path], tool: str, word: str
) -> None:
    inner = opened[word] / "msu" / f"Windows6.0-KB967724-{word}.cab"
    for cab in (msu(packages, word), inner):
        answer = ask(TEST[tool], cab=cab)
        shown = answer.stdout + answer.stderr
        assert answer.returncode == 0, shown
        assert "warning" not in shown.lower()


@pytest.mark.parametrize("word", ARCHITECTURES)
def test_payload_has_the_sizes_of_the_article(
    opened: dict[str, Path], word: str
) -> None:
    folder = opened[word] / "cab"
    seen = {
        path.name: path.stat().st_size
        for path in folder.rglob("mpio.*")
        if path.is_file() and path.parent != folder
    }
    assert seen == ROWS[word]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    need(str(words[0]))
    return subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )


def catalogs(folder: Path) -> Iterator[Path]:
    found = sorted((folder / "cab").glob("*.cat"))
    assert len(found) == 6
    yield from found


@pytest.mark.parametrize("word", ARCHITECTURES)
def test_osslsigncode_verifies_program_files_by_catalog(
    packages: Path, opened: dict[str, Path], word: str
) -> None:
    (catalog,) = (opened[word] / "cab").glob("package_1_*.cat")
    (driver,) = (opened[word] / "cab").glob("*/mpio.sys")
    root = anchor(packages, word)
    answer = run(
        *("osslsigncode", "verify", "-catalog", catalog),
        *("-CAfile", root, "-in", driver),
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Signature verification: ok" in answer.stdout
    (other,) = (opened[word] / "cab").glob("update.cat")
    refused = run(
        *("osslsigncode", "verify", "-catalog", other),
        *("-CAfile", root, "-in", driver),
    )
    assert refused.returncode != 0


@pytest.mark.parametrize("word", ARCHITECTURES)
def test_openssl_verifies_every_catalog_and_refuses_another_root(
    packages: Path,
    opened: dict[str, Path],
    tmp_path: Path,
    word: str,
) -> None:
    other = tmp_path / "other"
    hotfix(
        *("build", LEDGER, "--stand-in", "--arch", word, "--dev-sign"),
        *("--dev-keys", tmp_path / "keys", "-o", other),
    )
    for catalog in catalogs(opened[word]):
        data = catalog.read_bytes()
        content = tmp_path / "content.bin"
        content.write_bytes(parse_signed_data(data).content)
        command = (
            *("openssl", "smime", "-verify", "-inform", "DER", "-in", catalog),
            *("-content", content, "-binary", "-purpose", "any"),
            *("-out", tmp_path / "out.bin", "-CAfile"),
        )
        good = run(*command, anchor(packages, word))
        assert good.returncode == 0, good.stderr
        bad = run(*command, anchor(other, word))
        assert bad.returncode != 0
        content.write_bytes(parse_signed_data(data).content.tobytes() + b"\0")
        assert run(*command, anchor(packages, word)).returncode != 0


@pytest.mark.parametrize("word", ARCHITECTURES)
def test_every_file_is_a_member_by_an_independent_count(
    opened: dict[str, Path], word: str
) -> None:
    """Flat files by their SHA-1; the program file by what osslsigncode computes."""
    folder = opened[word] / "cab"
    listed = b"".join(path.read_bytes() for path in catalogs(opened[word]))
    files = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".cat"]
    assert len(files) == 9
    for path in files:
        if path.suffix == ".sys":
            continue  # verified above, by osslsigncode and the catalog
        digest = hashlib.sha1(path.read_bytes()).digest()
        assert member_tag(digest, version=1) in listed, path.name
