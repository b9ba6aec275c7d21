"""Certificates, revocation lists and signers for tests, made on the spot.

Made by a library that the builder does not write certificates with, where the
builder writes any, and with faults on request.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

CODE_SIGNING = ExtendedKeyUsageOID.CODE_SIGNING
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
START = datetime(2010, 1, 1, tzinfo=UTC)
END = datetime(2040, 1, 1, tzinfo=UTC)
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@lru_cache(maxsize=32)
def rsa_key(name: str, bits: int = 2048, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """Make one key for each name and keep it for the session."""
    del name
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


@lru_cache(maxsize=32)
def ec_key(name: str, curve: str = "secp256r1") -> ec.EllipticCurvePrivateKey:
    del name
    curves: dict[str, type[ec.EllipticCurve]] = {
        "secp256r1": ec.SECP256R1,
        "secp192r1": ec.SECP192R1,
    }
    return ec.generate_private_key(curves[curve]())


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate with its key, and so somebody who can issue others."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a certificate shall be like."""

    name: str
    key: Key
    ca: bool | None = None
    path_length: int | None = None
    usages: tuple[ObjectIdentifier, ...] | None = None
    key_usage: frozenset[str] | None = None
    start: datetime = START
    end: datetime = END
    serial: int = 0
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = ()


KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issue(wish: Wish, issuer: Authority | None = None) -> Authority:
    """Issue a certificate; without an issuer it signs itself."""
    subject = common_name(wish.name)
    signing = issuer.key if issuer else wish.key
    serial = wish.serial or 1000 + sum(map(ord, wish.name))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(wish.key.public_key())
        .serial_number(serial)
        .not_valid_before(wish.start)
        .not_valid_after(wish.end)
    )
    if wish.ca is not None:
        constraints = x509.BasicConstraints(ca=wish.ca, path_length=wish.path_length)
        builder = builder.add_extension(constraints, critical=True)
    if wish.usages is not None:
        usages = x509.ExtendedKeyUsage(wish.usages)
        builder = builder.add_extension(usages, critical=False)
    if wish.key_usage is not None:
        bits = {name: name in wish.key_usage for name in KEY_USAGES}
        builder = builder.add_extension(x509.KeyUsage(**bits), critical=True)
    for extension, critical in wish.extra:
        builder = builder.add_extension(extension, critical=critical)
    return Authority(certificate=builder.sign(signing, SHA256()), key=wish.key)


def root_wish(name: str = "test root") -> Wish:
    return Wish(name=name, key=ec_key(name), ca=True)


def middle_wish(name: str = "test intermediate") -> Wish:
    return Wish(name=name, key=ec_key(name), ca=True)


def leaf_wish(name: str = "test signer") -> Wish:
    return Wish(name=name, key=rsa_key(name), usages=(CODE_SIGNING,))


@lru_cache(maxsize=8)
def root(name: str = "test root") -> Authority:
    return issue(root_wish(name))


@dataclass(frozen=True, kw_only=True)
class MadeSigner:
    """A signer with any chain, right or wrong."""

    certificates: tuple[bytes, ...]
    key: rsa.RSAPrivateKey

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, PKCS1v15(), SHA256())


def signer(*chain: Authority) -> MadeSigner:
    """Let the first of a chain sign."""
    key = chain[0].key
    assert isinstance(key, rsa.RSAPrivateKey)
    return MadeSigner(certificates=tuple(a.der for a in chain), key=key)


def simple_signer(**changes: object) -> MadeSigner:
    """A signer right under `root()`, its certificate changed as told."""
    wish = replace(leaf_wish(), **changes)  # type: ignore[arg-type]  # any field
    return signer(issue(wish, root()), root())


def revocation_list(
    issuer: Authority,
    revoked: dict[int, datetime],
    *,
    made: datetime = NOW - timedelta(days=1),
    until: datetime = NOW + timedelta(days=30),
) -> x509.CertificateRevocationList:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made)
        .next_update(until)
    )
    for serial, when in revoked.items():
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(when)
            .build()
        )
    return builder.sign(issuer.key, SHA256())
