"""Every delta of the genuine packages, and what damage does to them."""

import base64
import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from delta_packages import PACKAGES, DeltaPackage, open_package
from lxml import etree

from builder.errors import HotfixError
from builder.formats import pa30
from builder.formats.pa30 import decode_pa30, parse_pa30_header
from builder.model.delta import FileType, Reading
from builder.model.limits import Limits
from builder.steps.restore import How

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]
FILE = "{urn:schemas-microsoft-com:asm.v3}file"
DIGEST = "{http://www.w3.org/2000/09/xmldsig#}DigestValue"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deltas")


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, folder: Path) -> DeltaPackage:
    return open_package(request.param, folder)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_target_has_the_length_and_the_hash_of_the_index(
    name: str, folder: Path
) -> None:
    package = open_package(name, folder)
    made = package.restored()
    assert [str(item.damage) for item in made if item.damage] == []
    assert len(made) == len(package.index.targets)
    assert Counter(item.how for item in made)[How.DELTA] == PACKAGES[name]
    for item in made:
        data, target = bytes(item.data or b""), item.target
        assert len(data) == target.size
        digest = hashlib.new(target.hash.algorithm, data).digest()
        assert digest == target.hash.digest


@pytest.mark.parametrize("reading", Reading)
def test_every_target_comes_out_by_either_description(
    reading: Reading, package: DeltaPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nothing here tells the two apart."""
    monkeypatch.setattr(pa30, "readings_of", lambda *_: (reading,))
    made = package.restored()
    assert made
    assert [str(item.damage) for item in made if item.damage] == []


def promised_digests(name: str, manifest: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the place of each payload of a manifest in the cabinet, folded."""
    for element in etree.fromstring(manifest).iter(FILE):
        digest = element.find(f".//{DIGEST}")
        source = element.get("sourceName") or element.get("name")
        if digest is not None and source is not None:
            place = f"{name.removesuffix('.manifest')}\\{source.casefold()}"
            yield place, base64.b64decode(digest.text or "")


def test_every_payload_has_the_digest_of_its_manifest(package: DeltaPackage) -> None:
    """SHA-256, by people who did not know of the delta."""
    data = {
        item.target.name.casefold(): bytes(item.data or b"")
        for item in package.restored()
    }
    promised = {
        place: digest
        for name, text in data.items()
        if "\\" not in name and name.endswith(".manifest")
        for place, digest in promised_digests(name, text)
    }
    payload = {
        name: hashlib.sha256(data[name]).digest() for name in data if "\\" in name
    }
    assert payload
    assert payload == {name: promised.get(name) for name in payload}


@pytest.mark.parametrize(
    ("delta", "basis", "file_type", "flags", "md5", "sha1"),
    [
        (
            *("0", None, FileType.RAW, 0x60000),
            "9a7f6cfc7ca0898bfa2b4a16b12b4b0a",
            "bc092cae9a76d71bc7e563da5c5396930f99944b",
        ),
        (
            *("36", "0", FileType.CLI4_I386, 0x6621FE),
            "a312980cb6542bf5289c0918ef994016",
            "05d470117c912bd87ff7594c2fada1339396e878",
        ),
    ],
)
def test_vectors_of_kb2937592(
    folder: Path,
    *,
    delta: str,
    basis: str | None,
    file_type: FileType,
    flags: int,
    md5: str,
    sha1: str,
) -> None:
    package = open_package("Windows8.1-KB2937592-x86", folder)
    source = decode_pa30(package.read(basis)) if basis else b""
    header = parse_pa30_header(package.read(delta))
    assert (header.file_type, header.file_types, header.flags, header.size) == (
        *(file_type, 0x75, flags),
        2560,
    )
    assert header.digest.hex() == md5
    target = decode_pa30(package.read(delta), source)
    assert hashlib.sha1(target).hexdigest() == sha1


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flip, cut, double or overwrite a few bytes."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(out))
        match chance.randrange(5):
            case 0 | 1:
                out[at] ^= 1 << chance.randrange(8)
            case 2:
                out[at] = chance.choice((0, 0xFF, 0x7F, 0x80, chance.randrange(256)))
            case 3:
                del out[at : at + chance.randrange(1, 9)]
            case _:
                out[at:at] = out[at : at + chance.randrange(1, 9)]
        if not out:
            return b""
    return bytes(out)


def test_damage_gives_our_own_errors_in_bounded_time(folder: Path) -> None:
    """Damaged deltas, and sound ones for a damaged basis."""
    chance = random.Random(1)  # the same on every run
    limits = Limits(target=4 << 20)
    tried = slowest = 0.0
    outcomes: Counter[str] = Counter()
    for name in PACKAGES:
        package = open_package(name, folder)
        made = {item.target.id: bytes(item.data or b"") for item in package.restored()}
        for target in package.index.targets:
            if target.source is None or target.source.type != "PA30":
                continue
            basis = made[target.basis] if target.basis else b""
            delta = package.read(target.source.name)
            if len(delta) > 4096 or len(basis) > 1 << 16:
                continue
            for _ in range(6):
                is_delta = not basis or chance.random() < 0.7
                broken = damaged(delta if is_delta else basis, chance)
                pair = (broken, basis) if is_delta else (delta, broken)
                started = time.process_time()
                try:
                    decoded = decode_pa30(*pair, limits=limits)
                    assert decoded == made[target.id]
                    outcomes["intact"] += 1
                except HotfixError:
                    outcomes["refused"] += 1
                slowest = max(slowest, time.process_time() - started)
                tried += 1
    assert tried > 500
    assert outcomes["refused"] > tried / 2
    assert slowest < 10
