"""Signers, anchors and revocation lists in files."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from make_catalog import make_catalog
from make_pki import (
    NOW,
    Authority,
    Wish,
    ec_key,
    issue,
    leaf_wish,
    middle_wish,
    revocation_list,
    root,
    rsa_key,
)

from builder.errors import LocatedError, SignatureError, SignatureFault, StoreError
from builder.formats.cms_build import sign_catalog
from builder.formats.verify import verify_catalog
from builder.keys import development_signer, read_signer
from builder.pem_files import read_anchors, read_crls


def key_text(
    authority: Authority, encryption: KeySerializationEncryption | None = None
) -> bytes:
    return authority.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )


@pytest.fixture
def chain() -> tuple[Authority, Authority, Authority]:
    middle = issue(middle_wish(), root())
    return issue(leaf_wish(), middle), middle, root()


@pytest.fixture
def key_file(tmp_path: Path, chain: tuple[Authority, ...]) -> Path:
    path = tmp_path / "signer.key"
    path.write_bytes(key_text(chain[0]))
    return path


@pytest.fixture
def cert_file(tmp_path: Path, chain: tuple[Authority, ...]) -> Path:
    path = tmp_path / "signer.pem"
    path.write_bytes(b"".join(authority.pem for authority in chain))
    return path


def refusal(read: Callable[[], object], fault: SignatureFault) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        read()
    assert caught.value.fault is fault
    return caught.value


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_signer_is_found_by_its_key_in_any_order(
    order: tuple[int, ...],
    chain: tuple[Authority, ...],
    key_file: Path,
    tmp_path: Path,
) -> None:
    stranger = issue(leaf_wish("stranger"), root("another root"))
    path = tmp_path / "mixed.pem"
    texts = [chain[place].pem for place in order]
    path.write_bytes(b"".join([stranger.pem, *texts]))
    signer = read_signer(path, key_file)
    assert signer.certificates == tuple(authority.der for authority in chain)
    data = sign_catalog(make_catalog(), signer)
    verified = verify_catalog(data, anchors=(chain[2].der,), at=NOW)
    assert verified.catalog == make_catalog()


def test_an_encrypted_key_is_read_with_its_password(
    chain: tuple[Authority, ...], cert_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "locked.key"
    path.write_bytes(key_text(chain[0], BestAvailableEncryption(b"open sesame")))
    assert read_signer(cert_file, path, b"open sesame").certificates
    for password, words in ((None, "no password"), (b"wrong", "wrong password")):
        error = refusal(
            lambda password=password: read_signer(cert_file, path, password),  # type: ignore[misc]  # mypy cannot infer lambdas with defaults
            SignatureFault.KEY,
        )
        assert words in error.reason
        assert error.source == (str(path),)


def test_a_password_for_an_open_key_is_refused(cert_file: Path, key_file: Path) -> None:
    error = refusal(lambda: read_signer(cert_file, key_file, b"x"), SignatureFault.KEY)
    assert "not encrypted" in error.reason


def bad_key(name: str, chain: tuple[Authority, ...]) -> tuple[bytes, str]:
    good = key_text(chain[0])
    other = Authority(certificate=chain[0].certificate, key=rsa_key("other"))
    curve = Authority(certificate=chain[0].certificate, key=ec_key("x"))
    return {
        "another": (key_text(other), "no certificate here is for the key"),
        "curve": (key_text(curve), "unsupported kind"),
        "certificate": (chain[0].pem, "no private key in this file"),
        "der": (b"\x30\x82\x04\xbe\2\1\0", "not a PEM file"),
        "empty": (b"", "not a PEM file"),
        "cut": (good[:200], "damaged"),
        "scrambled": (good.replace(b"b", b"c"), "damaged"),
    }[name]


@pytest.mark.parametrize(
    "name", ["another", "curve", "certificate", "der", "empty", "cut", "scrambled"]
)
def test_a_bad_key_is_named(
    name: str, chain: tuple[Authority, ...], cert_file: Path, key_file: Path
) -> None:
    text, words = bad_key(name, chain)
    key_file.write_bytes(text)
    error = refusal(lambda: read_signer(cert_file, key_file), SignatureFault.KEY)
    assert words in error.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "not a PEM file"),
        (b"\x30\x03\2\1\0", "not a PEM file"),
        (b"-----BEGIN X-----\n-----END X-----\n", "no CERTIFICATE in this file"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "no end (line 1)"),
        (
            b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "what a PEM block holds cannot be read",
        ),
    ],
)
def test_a_bad_certificate_file_is_named(
    text: bytes, words: str, cert_file: Path, key_file: Path
) -> None:
    cert_file.write_bytes(text)
    error = refusal(lambda: read_signer(cert_file, key_file), SignatureFault.KEY)
    assert words in str(error)
    assert error.source == (str(cert_file),)
    error = refusal(lambda: read_anchors([cert_file]), SignatureFault.ANCHOR)
    assert words in str(error)


def test_a_weak_key_is_refused(tmp_path: Path) -> None:
    weak = issue(Wish(name="weak", key=rsa_key("weak", 1024)), root())
    (tmp_path / "c").write_bytes(weak.pem)
    (tmp_path / "k").write_bytes(key_text(weak))
    error = refusal(
        lambda: read_signer(tmp_path / "c", tmp_path / "k"), SignatureFault.KEY
    )
    assert "too weak" in error.reason


def test_a_file_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    for read in (
        lambda: read_signer(path, path),
        lambda: read_anchors([path]),
        lambda: read_crls([path]),
    ):
        with pytest.raises(StoreError) as caught:
            read()
        assert caught.value.path == str(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="is a device or pipe, not a file"):
        read_anchors([tmp_path / "pipe"])


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_issuers_of_one_name_the_one_that_signed_is_taken(
    tmp_path: Path, key_file: Path, chain: tuple[Authority, ...], *, is_first: bool
) -> None:
    leaf, middle, top = chain
    name = middle_wish().name
    impostor = issue(Wish(name=name, key=rsa_key("impostor"), ca=True), root("other"))
    pair = (impostor, middle) if is_first else (middle, impostor)
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(a.pem for a in (leaf, *pair, top)))
    signer = read_signer(path, key_file)
    assert signer.certificates == (leaf.der, middle.der, top.der)


def test_anchors_are_read_from_several_files(
    chain: tuple[Authority, ...], cert_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(b"a comment\n" + root("another root").pem)
    assert read_anchors([cert_file, other]) == (
        *(authority.der for authority in chain),
        root("another root").der,
    )


def test_revocation_lists_are_read(tmp_path: Path) -> None:
    made = revocation_list(root(), {1: NOW})
    path = tmp_path / "list.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    assert read_crls([path]) == (made.public_bytes(Encoding.DER),)
    path.write_bytes(root().pem)
    refusal(lambda: read_crls([path]), SignatureFault.REVOKED)
    path.write_bytes(b"-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n")
    refusal(lambda: read_crls([path]), SignatureFault.REVOKED)


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "deep" / "development"
    development_signer(folder)
    return folder


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    copy = tmp_path / "development"
    copy.mkdir()
    for path in made_folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


def test_the_development_signer_is_made_once(made_folder: Path) -> None:
    names = sorted(path.name for path in made_folder.iterdir())
    assert names == ["leaf.key", "leaf.pem", "root.pem"]
    before = {path: path.read_bytes() for path in made_folder.iterdir()}
    assert development_signer(made_folder) == development_signer(made_folder)
    assert before == {path: path.read_bytes() for path in made_folder.iterdir()}
    assert [path.name for path in made_folder.parent.iterdir()] == ["development"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_only_the_owner_reads_the_key(made_folder: Path) -> None:
    assert stat.S_IMODE((made_folder / "leaf.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(made_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "at", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)]
)
def test_what_it_signs_is_believed_under_its_root(
    made_folder: Path, at: datetime
) -> None:
    data = sign_catalog(make_catalog(), development_signer(made_folder))
    anchors = read_anchors([made_folder / "root.pem"])
    verified = verify_catalog(data, anchors=anchors, at=at)
    for certificate in verified.chain:
        assert certificate.subject.startswith("CN=hotfix development")
        assert certificate.subject.endswith("do not trust")
        assert "microsoft" not in certificate.subject.casefold()


def test_its_certificates_say_what_they_are_for(made_folder: Path) -> None:
    top, leaf = (
        x509.load_pem_x509_certificate((made_folder / name).read_bytes())
        for name in ("root.pem", "leaf.pem")
    )
    leaf.verify_directly_issued_by(top)
    top.verify_directly_issued_by(top)
    constraints = top.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign
    issuer = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    subject = top.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert issuer.value.key_identifier == subject.value.digest
    assert top.serial_number != leaf.serial_number


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert development_signer(empty).certificates
    assert len(list(empty.iterdir())) == 3


@pytest.mark.parametrize("name", ["root.pem", "leaf.pem", "leaf.key"])
def test_a_folder_with_a_file_missing_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refusal(lambda: development_signer(folder), SignatureFault.KEY)
    assert name in error.reason
    assert "remove the folder" in error.reason


def tamper(name: str, folder: Path) -> None:
    match name:
        case "another root":
            (folder / "root.pem").write_bytes(root().pem)
        case "another leaf":
            (folder / "leaf.pem").write_bytes(issue(leaf_wish(), root()).pem)
        case "another key":
            text = key_text(Authority(certificate=root().certificate, key=rsa_key("k")))
            (folder / "leaf.key").write_bytes(text)
        case "two roots":
            text = (folder / "root.pem").read_bytes()
            (folder / "root.pem").write_bytes(text + root().pem)
        case "leaf as root":
            (folder / "root.pem").write_bytes((folder / "leaf.pem").read_bytes())
        case "a changed bit":
            text = (folder / "leaf.pem").read_bytes()
            middle = len(text) // 2
            changed = b"A" if text[middle : middle + 1] != b"A" else b"B"
            (folder / "leaf.pem").write_bytes(
                text[:middle] + changed + text[middle + 1 :]
            )
        case "an empty key":
            (folder / "leaf.key").write_bytes(b"")


@pytest.mark.parametrize(
    "name",
    [
        "another root",
        "another leaf",
        "another key",
        "two roots",
        "leaf as root",
        "a changed bit",
        "an empty key",
    ],
)
def test_a_tampered_folder_is_refused(folder: Path, name: str) -> None:
    assert development_signer(folder).certificates
    tamper(name, folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    error = refusal(lambda: development_signer(folder), SignatureFault.KEY)
    assert str(folder) in error.reason
    assert before == {path: path.read_bytes() for path in folder.iterdir()}


def test_a_file_where_the_folder_belongs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises((StoreError, LocatedError)):
        development_signer(path)
    assert path.read_bytes() == b""


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from builder.keys import development_signer; "
        "print(development_signer(pathlib.Path(sys.argv[1])).certificates[0].hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "keys")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    said = {process.communicate(timeout=60)[0] for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(said) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
