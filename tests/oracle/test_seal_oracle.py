"""Files that somebody else signed and stamped, and what we say of them."""

import struct
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from make_cab import File, make_cab, stored
from make_catalog import make_catalog
from make_pki import NOW, TIME_STAMPING, Authority, issue, leaf_wish, root, signer
from make_stamp import STAMPED, stamper_wish
from pe_judges import need, run

from builder.errors import SignatureError, SignatureFault
from builder.formats.authenticode import verify_seal
from builder.formats.cms_build import sign_catalog
from builder.formats.page_hash import page_hashes
from builder.formats.pe_blank import BlankImage, serialize_blank
from builder.formats.verify import verify_catalog
from builder.model.evidence import TimestampKind, VerifiedFile, VerifiedSignature
from builder.model.limits import DEFAULT_LIMITS
from builder.model.machine import I386
from builder.model.version import FileVersion
from builder.steps.seal import find_seal

pytestmark = pytest.mark.oracle

SECONDS = int(STAMPED.timestamp())


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The files that osslsigncode wants."""

    folder: Path
    certificate: Path
    key: Path
    anchor: Path
    other: Path
    stamper: Path
    stamper_key: Path


def strict_stamper() -> Authority:
    """OpenSSL stamps only with a critical usage, as RFC 3161 demands it."""
    usage = x509.ExtendedKeyUsage([TIME_STAMPING])
    wish = replace(
        stamper_wish("strict stamper"),
        usages=None,
        key_usage=frozenset({"digital_signature"}),
        extra=((usage, True),),
    )
    return issue(wish, root())


def write_key(authority: Authority, path: Path) -> Path:
    form = PrivateFormat.TraditionalOpenSSL
    path.write_bytes(authority.key.private_bytes(Encoding.PEM, form, NoEncryption()))
    return path


def write(data: bytes, path: Path) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    leaf = issue(leaf_wish(), root())
    stamper = strict_stamper()
    return Keys(
        folder=folder,
        certificate=write(leaf.pem, folder / "leaf.pem"),
        key=write_key(leaf, folder / "leaf.key"),
        anchor=write(root().pem, folder / "root.pem"),
        other=write(root("another root").pem, folder / "other.pem"),
        stamper=write(stamper.pem + root().pem, folder / "stamper.pem"),
        stamper_key=write_key(stamper, folder / "stamper.key"),
    )


def program(size: int = 70_003) -> bytes:
    image = BlankImage(
        machine=I386,
        size=size,
        name="a.sys",
        label="a program for tests",
        version=FileVersion(1, 2, 3, 4),
    )
    return b"".join(serialize_blank(image))


def cabinet() -> bytes:
    text = b"text of a file" * 500
    return make_cab(File(size=len(text)), folders=(stored(text),))


def catalog() -> bytes:
    leaf = issue(leaf_wish("first signer"), root())
    return sign_catalog(make_catalog(3), signer(leaf, root()))


def sign(
    keys: Keys, data: bytes, *options: str, name: str, stamp: bool = True
) -> bytes:
    source = write(data, keys.folder / name)
    target = keys.folder / f"signed-{name}"
    target.unlink(missing_ok=True)
    authority = (
        "-TSA-certs", keys.stamper, "-TSA-key", keys.stamper_key,
        "-TSA-time", str(SECONDS),
    )  # fmt: skip
    run(
        need("osslsigncode"), "sign", "-h", "sha256", *options,
        "-certs", keys.certificate, "-key", keys.key, "-time", str(SECONDS),
        *(authority if stamp else ()), "-in", source, "-out", target,
    )  # fmt: skip
    return target.read_bytes()


def verify(data: bytes, *anchors: bytes, at: datetime = NOW) -> VerifiedFile:
    seal = find_seal(data, limits=DEFAULT_LIMITS)
    return verify_seal(seal, anchors=anchors or (root().der,), at=at)


def refusal(data: bytes, *anchors: bytes) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(data, *anchors)
    return caught.value


def require_stamped(signature: VerifiedSignature) -> None:
    stamp = signature.timestamp
    assert stamp is not None
    assert stamp.kind is TimestampKind.RFC3161
    assert stamp.time == STAMPED
    assert signature.judged_at == STAMPED
    assert [c.subject for c in signature.chain] == ["CN=test signer", "CN=test root"]
    assert signature.met == ("authenticode", "development")


@pytest.mark.parametrize(("name", "data"), [("a.cab", cabinet()), ("a.sys", program())])
def test_a_file_signed_and_stamped_by_others_is_believed(
    keys: Keys, name: str, data: bytes
) -> None:
    made = sign(keys, data, name=name)
    require_stamped(verify(made).signature)
    late = datetime(2050, 1, 1, tzinfo=UTC)
    assert verify(made, at=late).signature.judged_at == STAMPED
    assert refusal(made, root("another root").der).fault is SignatureFault.TIMESTAMP
    alone = sign(keys, data, name=name, stamp=False)
    assert not verify(alone).signature.timestamped
    assert refusal(alone, root("another root").der).fault is SignatureFault.ANCHOR
    with pytest.raises(SignatureError):
        verify(alone, at=late)


@pytest.mark.parametrize(("name", "data"), [("a.cab", cabinet()), ("a.sys", program())])
def test_both_refuse_a_changed_file(keys: Keys, name: str, data: bytes) -> None:
    made = sign(keys, data, name=name)
    at = len(data) // 2
    changed = made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :]
    assert refusal(changed).fault is SignatureFault.DIGEST
    for content, expected in ((made, True), (changed, False)):
        path = write(content, keys.folder / f"judged-{name}")
        done = subprocess.run(
            [
                need("osslsigncode"), "verify", "-CAfile", keys.anchor,
                "-TSA-CAfile", keys.anchor, "-in", path,
            ],
            check=False, capture_output=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode == 0) == expected, done.stdout


@pytest.mark.parametrize("name", ["a.cab", "a.sys"])
def test_a_nested_signature_of_others_is_reported(keys: Keys, name: str) -> None:
    data = cabinet() if name == "a.cab" else program()
    first = sign(keys, data, name=name)
    both = sign(keys, first, "-nest", "-h", "sha384", name=f"twice-{name}")
    (nested,) = verify(both).signature.nested
    assert nested.verified is not None
    require_stamped(nested.verified)
    assert nested.covers == "the same file, by sha384" or nested.covers.endswith("256")


@pytest.mark.parametrize("size", [70_000, 70_001, 70_007, 4_096, 12_800])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_page_hashes_of_others_are_ours(keys: Keys, size: int, digest: str) -> None:
    made = sign(keys, program(size), "-ph", "-h", digest, name="p.sys", stamp=False)
    table = page_hashes(made, digest, 1 << 20)
    assert table in made
    if digest == "sha256":
        assert verify(made).pages == len(table) // 36 - 1
        start = made.index(table)
        changed = made[:start] + b"\1" + made[start + 1 :]
        assert refusal(changed).fault is SignatureFault.DIGEST


def test_a_signature_of_sha1_without_a_stamp_is_refused(keys: Keys) -> None:
    made = sign(keys, program(), "-h", "sha1", name="old.sys", stamp=False)
    assert refusal(made).fault is SignatureFault.ALGORITHM


@pytest.mark.parametrize("extra", [8, 64, 4_096])
def test_padding_behind_a_signature_is_reported(keys: Keys, extra: int) -> None:
    """CVE-2013-3900: octets in the certificate table that nothing covers."""
    data = program(70_000)
    made = sign(keys, data, name="padded.sys", stamp=False)
    assert verify(made).padding == 0
    start = len(data)
    (length,) = struct.unpack_from("<I", made, start)
    (at,) = (
        n
        for n in range(0, 512, 4)
        if struct.unpack_from("<2I", made, n) == (start, len(made) - start)
    )
    swollen = bytearray(made + b"X" * extra)
    struct.pack_into("<I", swollen, start, length + extra)
    struct.pack_into("<I", swollen, at + 4, len(swollen) - start)
    found = verify(bytes(swollen))
    assert found.padding >= extra
    assert found.digest == verify(made).digest


def test_a_signature_moved_to_another_program_is_refused(keys: Keys) -> None:
    one = sign(keys, program(70_000), name="one.sys", stamp=False)
    other = sign(keys, program(70_008), name="other.sys", stamp=False)
    assert verify(one).padding == verify(other).padding == 0
    moved = find_seal(other, limits=DEFAULT_LIMITS).signature
    own = find_seal(one, limits=DEFAULT_LIMITS).signature
    assert len(moved) == len(own)
    assert refusal(one.replace(own, moved)).fault is SignatureFault.DIGEST


def test_a_catalog_signed_by_others_is_believed(keys: Keys) -> None:
    made = sign(keys, catalog(), name="a.cat")
    found = verify_catalog(made, anchors=(root().der,), at=NOW)
    assert found.catalog == make_catalog(3)
    require_stamped(found.signature)
