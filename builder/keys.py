"""Certificates, keys and revocation lists in files."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from builder.errors import (
    SignatureError,
    SignatureFault,
    StoreError,
    reading,
)
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.chain import ChainTerms, verify_chain
from builder.formats.public_key import public_key
from builder.model.trust import DEFAULT_POLICY
from builder.pem_files import parse_blocks, pem_certificates, read_text

T = TypeVar("T")

_ROOT, _LEAF, _KEY = "root.pem", "leaf.pem", "leaf.key"
_ROOT_BITS, _LEAF_BITS = 3072, 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySigner:
    """A `Signer` whose RSA key is in memory.

    Attributes:
        certificates: The chain as DER, the signer's own certificate first.
    """

    certificates: tuple[bytes, ...]
    key: RSAPrivateKey = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """Return the PKCS #1 v1.5 signature over `message` with SHA-256."""
        return self.key.sign(message, PKCS1v15(), SHA256())


def read_signer(
    cert_path: Path, key_path: Path, password: bytes | None = None
) -> KeySigner:
    """Read a signer from PEM files.

    Args:
        cert_path: The signer's certificate, and those above it, in any order;
            certificates that do not belong to the chain are passed over.
        key_path: The private key: RSA, 2048 bits or more.
        password: Of the key; None where it is not encrypted.

    Raises:
        SignatureError: KEY: a file is not what it should be, the password is
            wrong, or the key is not the one of a certificate in `cert_path`.
        StoreError: A file cannot be read.
    """
    with reading(str(key_path)):
        key = _private_key(read_text(key_path), password)
    info = key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    with reading(str(cert_path)):
        certificates = pem_certificates(cert_path, SignatureFault.KEY)
        leaf = next((c for c in certificates if c.public_key == info), None)
        if leaf is None:
            raise SignatureError(
                SignatureFault.KEY, f"no certificate here is for the key in {key_path}"
            )
        _require_strong(info)
    return KeySigner(certificates=_chain(leaf, certificates), key=key)


def _require_strong(info: bytes) -> None:
    try:
        public_key(info, DEFAULT_POLICY, "the signer")
    except SignatureError as error:
        raise SignatureError(SignatureFault.KEY, error.reason) from error


def _private_key(text: bytes, password: bytes | None) -> RSAPrivateKey:
    if b"-----BEGIN " not in text:
        raise SignatureError(SignatureFault.KEY, "not a PEM file")
    if b"PRIVATE KEY-----" not in text:
        raise SignatureError(SignatureFault.KEY, "no private key in this file")
    try:
        key = load_pem_private_key(text, password)
    except TypeError as error:
        reason = "the key is encrypted and no password was given"
        if password is not None:
            reason = "a password was given and the key is not encrypted"
        raise SignatureError(SignatureFault.KEY, reason) from error
    except ValueError as error:
        reason = "the key is damaged"
        if password is not None:
            reason = "wrong password, or the key is damaged"
        raise SignatureError(SignatureFault.KEY, reason) from error
    except UnsupportedAlgorithm as error:
        raise SignatureError(
            SignatureFault.KEY, "the key is of an unsupported kind"
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise SignatureError(
            SignatureFault.KEY, "the key is of an unsupported kind: RSA is needed"
        )
    return key


def _chain(leaf: Certificate, others: Sequence[Certificate]) -> tuple[bytes, ...]:
    """Order certificates by who signed whom, as far as they go."""
    chain = [leaf]
    while not chain[-1].is_self_issued:
        issuer = next((c for c in others if _is_issuer(c, chain[-1])), None)
        if issuer is None or issuer in chain:
            break
        chain.append(issuer)
    return tuple(c.raw for c in chain)


def _is_issuer(issuer: Certificate, subject: Certificate) -> bool:
    """Tell whether one certificate signed another; a name alone proves nothing."""
    if issuer.subject != subject.issuer:
        return False
    try:
        signed = x509.load_der_x509_certificate(subject.raw)
        signed.verify_directly_issued_by(x509.load_der_x509_certificate(issuer.raw))
    # ValueError and TypeError: what cryptography cannot read, or a foreign key.
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def chain_of(certificates: Sequence[bytes]) -> tuple[bytes, ...]:
    """Order certificates by their issuers, the first one being the signer's.

    Args:
        certificates: As DER; those that do not belong to the chain are passed
            over.

    Raises:
        SignatureError: KEY: one cannot be read, or the signer's key is weak.
    """
    if not certificates:
        raise SignatureError(SignatureFault.KEY, "there is no certificate")
    leaf, *others = parse_blocks(parse_certificate, certificates, SignatureFault.KEY)
    _require_strong(leaf.public_key)
    return _chain(leaf, others)


def development_signer(folder: Path) -> KeySigner:
    """Return the development signer that lives in a folder; make it if need be.

    The folder holds `root.pem` (the certificate to trust), `leaf.pem` and
    `leaf.key` (readable by its owner only).  The key of the root is forgotten
    once it has signed the leaf.  The folder appears whole or not at all, also
    when two processes make it at once.

    Raises:
        SignatureError: KEY: what is in the folder does not fit together.
        StoreError: The folder cannot be made or read.
    """
    if not folder.exists() or not _names(folder):
        _make_folder(folder)
    try:
        return _reuse(folder)
    except (SignatureError, StoreError) as error:
        raise SignatureError(
            SignatureFault.KEY,
            f"the development signer in {folder} cannot be used: {error}; "
            "remove the folder, and a new one is made",
        ) from error


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError as error:
        raise StoreError(str(folder), error.strerror or str(error)) from error


def _reuse(folder: Path) -> KeySigner:
    (root,) = _one(folder / _ROOT)
    (leaf,) = _one(folder / _LEAF)
    signer = read_signer(folder / _LEAF, folder / _KEY)
    terms = ChainTerms(
        anchors=(root,),
        at=leaf.not_before,
        usages=DEFAULT_POLICY.usages,
        policy=DEFAULT_POLICY,
    )
    chain = verify_chain(leaf, (), terms)
    if not root.is_self_issued:
        raise SignatureError(SignatureFault.KEY, f"{_ROOT} is not a root")
    return replace(signer, certificates=tuple(c.raw for c in chain))


def _one(path: Path) -> tuple[Certificate]:
    with reading(str(path)):
        found = pem_certificates(path, SignatureFault.KEY)
        if len(found) != 1:
            raise SignatureError(SignatureFault.KEY, "more than one certificate")
    return (found[0],)


def _make_folder(folder: Path) -> None:
    """Fill a temporary folder and rename it; who renames first has made it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
            made = Path(name) / "made"
            made.mkdir(mode=0o700)
            for file, text in _development_files().items():
                _write_private(made / file, text)
            with suppress(FileNotFoundError):
                folder.rmdir()  # only an empty one goes
            made.rename(folder)
    except OSError as error:
        if folder.is_dir() and _names(folder):
            return  # another process was faster
        raise StoreError(str(folder), error.strerror or str(error)) from error


def _write_private(path: Path, text: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _development_files() -> dict[str, bytes]:
    root_key = generate_private_key(public_exponent=65537, key_size=_ROOT_BITS)
    leaf_key = generate_private_key(public_exponent=65537, key_size=_LEAF_BITS)
    root_name, leaf_name = map(_development_name, ("root", "signer"))
    root = _development_certificate(root_name, root_name, root_key, root_key)
    leaf = _development_certificate(leaf_name, root_name, leaf_key, root_key)
    key = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {_ROOT: root, _LEAF: leaf, _KEY: key}


def _development_name(role: str) -> x509.Name:
    name = f"hotfix development {role} - do not trust"
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _development_certificate(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, signing: RSAPrivateKey
) -> bytes:
    is_root = subject == issuer
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(_derived_serial(key))
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(
            x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None),
            critical=True,
        )
        .add_extension(_usage(is_root=is_root), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False
        )
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
    )
    return builder.sign(signing, SHA256()).public_bytes(Encoding.PEM)


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _derived_serial(key: RSAPrivateKey) -> int:
    """Derive a positive serial number of 16 octets from the public key."""
    info = key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    number = int.from_bytes(sha256(info).digest()[:16], "big")
    return number % (1 << 126) | 1 << 126
