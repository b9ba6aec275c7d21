"""Signatures on genuine packages and programs, and what a changed bit does."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from make_pki import root
from pe_judges import need, run

from builder.cli.group import cli
from builder.errors import FormatError, SignatureError, SignatureFault
from builder.formats.authenticode import verify_seal
from builder.formats.cab import parse_cab
from builder.formats.cms import parse_signed_data
from builder.formats.microsoft_roots import default_anchors
from builder.formats.pe_seal import image_seal
from builder.model.evidence import VerifiedFile
from builder.model.limits import DEFAULT_LIMITS
from builder.model.seal import Seal
from builder.model.trust import WINDOWS_COMPONENT
from builder.steps.seal import find_seal

pytestmark = pytest.mark.genuine

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "packages"
AT = datetime(2026, 11, 23, tzinfo=UTC)

# Day of the countersignature, digest of the file, policies that are met, and
# whether a nested signature by SHA-256 holds as well.
VERDICTS: dict[str, tuple[str, str, tuple[str, ...], bool] | None] = {
    "Windows6.0-KB2999226-x64.msu": ("2015-09-10", "sha1", ("authenticode",), True),
    "Windows6.0-KB2999226-x86.msu": ("2015-09-10", "sha1", ("authenticode",), True),
    "Windows6.1-KB2584475-x64.msu": ("2011-09-21", "sha1", ("authenticode",), False),
    "Windows6.1-KB2584475-x86.msu": ("2011-09-21", "sha1", ("authenticode",), False),
    "Windows6.x-HyperVIntegrationServices-x86.cab": (
        "2019-08-10",
        "sha256",
        ("windows-component", "authenticode"),
        False,
    ),
    "Windows8.1-KB2937592-x86.msu": ("2014-02-27", "sha1", ("authenticode",), True),
    "Windows8.1-KB2938772-x86.cab": None,  # unsigned
}
SIGNED = [name for name, verdict in VERDICTS.items() if verdict is not None]


def package(name: str) -> bytes:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"there is no packages/{name} in ../shared/data")
    return path.read_bytes()


def verify(seal: Seal, *anchors: bytes) -> VerifiedFile:
    return verify_seal(seal, anchors=anchors or default_anchors(), at=AT)


def seal_of(data: bytes) -> Seal:
    return find_seal(data, limits=DEFAULT_LIMITS)


def refusal(data: bytes, *anchors: bytes) -> SignatureFault | None:
    """The step that fails; None where the file cannot even be read."""
    try:
        verify(seal_of(data), *anchors)
    except SignatureError as error:
        return error.fault
    except FormatError:
        return None
    pytest.fail("it was believed")


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_package_verifies_as_a_file(name: str) -> None:
    found = verify(seal_of(package(name)))
    expected = VERDICTS[name]
    assert expected is not None
    day, algorithm, met, has_nested = expected
    assert f"{found.signature.judged_at:%Y-%m-%d}" == day
    assert found.algorithm == algorithm
    assert found.signature.met == met
    assert found.padding == 0
    nested = found.signature.nested
    assert len(nested) == has_nested
    for inner in nested:
        assert inner.verified is not None
        assert inner.verified.digest_algorithm == "sha256"
        assert inner.covers == "the same file, by sha256"


def test_an_unsigned_package_says_unsigned() -> None:
    unsigned = [name for name, verdict in VERDICTS.items() if verdict is None]
    assert unsigned
    for name in unsigned:
        assert refusal(package(name)) is SignatureFault.UNSIGNED


@pytest.mark.parametrize("name", SIGNED)
def test_an_update_package_is_no_windows_component(name: str) -> None:
    seal = seal_of(package(name))
    expected = VERDICTS[name]
    assert expected is not None
    if "windows-component" in expected[2]:
        pytest.skip("this one is signed as a component")
    with pytest.raises(SignatureError) as caught:
        verify_seal(seal, anchors=default_anchors(), at=AT, policy=WINDOWS_COMPONENT)
    assert caught.value.fault is SignatureFault.USAGE
    assert caught.value.reason.endswith("it would meet authenticode")


@pytest.mark.parametrize("name", SIGNED)
def test_under_another_root_a_package_is_refused(name: str) -> None:
    assert refusal(package(name), root().der) is SignatureFault.TIMESTAMP


@pytest.mark.parametrize("name", SIGNED)
def test_a_changed_bit_in_a_package_is_refused(name: str) -> None:
    """In every byte of the header, and at places all over what follows it."""
    data = package(name)
    end = data.index(seal_of(data).signature)
    for at in (*range(64), *range(64, end, end // 50)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        refusal(bytes(changed))


@pytest.mark.parametrize("name", SIGNED)
def test_octets_behind_a_signature_are_refused(name: str) -> None:
    data = package(name)
    for tail in (b"\0", bytes(8), b"MSCF", data):
        assert refusal(data + tail) in {
            SignatureFault.STRUCTURE,
            SignatureFault.UNSIGNED,
        }


def programs(folder: Path) -> Iterator[tuple[Path, Seal]]:
    path = DATA / "Windows6.x-HyperVIntegrationServices-x86.cab"
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in ../shared/data")
    run(need("cabextract"), "-q", "-d", folder, path)
    for file in sorted(folder.rglob("*")):
        data = file.read_bytes() if file.is_file() else b""
        if data.startswith(b"MZ"):
            seal = image_seal(data)
            if seal is not None:
                yield file, seal


def test_signed_programs_verify_with_their_pages(tmp_path: Path) -> None:
    found = [(path.name, verify(seal)) for path, seal in programs(tmp_path)]
    assert len(found) == 7
    assert {name: f.pages for name, f in found if f.pages} == {"vmbuspipe.dll": 8}
    for _, verified in found:
        assert verified.signature.met == ("windows-component", "authenticode")


def test_a_program_of_other_bytes_is_refused(tmp_path: Path) -> None:
    count = 0
    for path, seal in programs(tmp_path):
        data = path.read_bytes()
        start = data.index(seal.signature)
        for at in (0x40, 0x200, start - 16, len(data) // 2):
            if at >= start:
                continue
            changed = bytearray(data)
            changed[at] ^= 1
            assert refusal(bytes(changed)) in {SignatureFault.DIGEST, None}
            count += 1
    assert count > 20


def test_a_table_of_other_pages_is_refused(tmp_path: Path) -> None:
    """Were the digest of the file the only thing compared, this would pass."""
    paged = [seal for _, seal in programs(tmp_path) if seal.pages]
    assert paged
    for seal in paged:
        assert verify(seal).pages
        wrong = {name: table[:-1] + b"\1" for name, table in seal.pages.items()}
        with pytest.raises(SignatureError) as caught:
            verify(replace(seal, pages=wrong))
        assert caught.value.fault is SignatureFault.DIGEST


def judged(data: bytes, path: Path) -> tuple[set[str], str]:
    """Return the rules that `hotfix validate` finds broken, and its text."""
    path.write_bytes(data)
    found = CliRunner().invoke(cli, ["validate", "--format", "json", str(path)])
    (report,) = json.loads(found.output)["packages"]
    errors = {
        f["rule"] for f in report["findings"] if f["severity"] in {"error", "warning"}
    }
    return errors, "\n".join(report["notes"]["verified"])


def test_validate_judges_the_signature_of_a_package(tmp_path: Path) -> None:
    """A file's time in the table changes nothing else that anybody checks."""
    data = package("Windows6.1-KB2584475-x86.msu")
    path = tmp_path / "a.msu"
    errors, verified = judged(data, path)
    assert errors == set()
    assert "a.msu by Microsoft Corporation under Microsoft Root" in verified
    entry = parse_cab(data).files[0].entry
    changed = bytearray(data)
    changed[entry + 12] ^= 2  # a field of CFFILE: two seconds more or less
    assert judged(bytes(changed), path)[0] == {"HF511"}


def test_trace_follows_genuine_files_to_the_root() -> None:
    path = DATA / "Windows6.x-HyperVIntegrationServices-x86.cab"
    package(path.name)
    for name in ("winhv.sys", "update.mum", "update.cat", "wvmbus.inf"):
        found = CliRunner().invoke(cli, ["trace", "--json", name, str(path)])
        assert found.exit_code == 0, found.output
        for chain in json.loads(found.output)["chains"]:
            assert chain["broken"] is None
            root_link = chain["links"][-1]
            assert "Microsoft Root Certificate Authority 2010" in root_link["says"]


def test_page_hashes_of_genuine_members_hold(tmp_path: Path) -> None:
    """Catalogs of 2015 with tables by SHA-1, files that deltas restore."""
    path = DATA / "Windows6.0-KB2999226-x86.msu"
    package(path.name)
    found = CliRunner().invoke(cli, ["extract", str(path), str(tmp_path / "out")])
    assert found.exit_code == 0, found.output
    files = sorted((tmp_path / "out").rglob("ucrtbase.dll"))
    assert files
    words = ["trace", "--json", str(files[0]), str(path)]
    for changed, state in ((False, "holds"), (True, "broken")):
        if changed:
            data = bytearray(files[0].read_bytes())
            data[len(data) // 2] ^= 1
            files[0].write_bytes(bytes(data))
        found = CliRunner().invoke(cli, words)
        assert found.exit_code == changed, found.output
        chain = json.loads(found.output)["chains"][0]
        links = {link["link"]: link for link in chain["links"]}
        assert links["file"]["state"] == state
        assert ("page hashes" in links) != changed
        if not changed:
            assert links["page hashes"]["state"] == "holds"
            assert links["page hashes"]["says"] == "219 pages by sha1"


@pytest.mark.oracle
@pytest.mark.parametrize("name", SIGNED)
def test_osslsigncode_computes_the_same_digest(name: str) -> None:
    data = package(name)
    seal = seal_of(data)
    tool = need("osslsigncode")
    anchors = DATA.parent  # any folder is no anchor: only digests are compared
    said = run_any(tool, "verify", "-in", DATA / name, "-CAfile", anchors)
    current = [
        line.split(":")[1].strip().lower()
        for line in said.splitlines()
        if "Calculated message digest" in line
    ]
    ours = {digest.hex() for found in seal.digests.values() for digest in found}
    assert current
    assert set(current) <= ours
    assert parse_signed_data(seal.signature).signers


def run_any(*command: str | Path) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


# Program files with a signature of their own, and with page hashes in a catalog.
PROGRAMS = {
    "Windows6.0-KB2999226-x64.msu": (172, 4),
    "Windows6.x-HyperVIntegrationServices-x86.cab": (7, 0),
    "Windows8.1-KB2938772-x86.cab": (1, 0),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_program_files_say_of_themselves_holds(name: str) -> None:
    package(name)
    done = CliRunner().invoke(
        cli, ["validate", "--at", "2026-11-23T00:00:00Z", str(DATA / name)]
    )
    assert done.exit_code == 0, done.output
    signed, paged = PROGRAMS[name]
    noun = "program file" if signed == 1 else "program files"
    assert f"{signed} {noun} with a signature of its own under" in done.output
    sentence = f"page hashes of {paged} program files compared with the catalogs"
    assert (sentence in done.output) == bool(paged)
    assert "HF515" not in done.output
    assert "HF516" not in done.output
