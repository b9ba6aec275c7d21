"""Countersignatures of both forms, made on the spot, with faults on request."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import new

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from forge import HASHES, algorithm, attribute
from make_pki import TIME_STAMPING, Authority, Wish, issue, root, rsa_key

from builder.formats import der, oids
from builder.formats.certificate import parse_certificate

STAMPED = datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)


def stamper_wish(name: str = "test stamper") -> Wish:
    return Wish(name=name, key=rsa_key(name), usages=(TIME_STAMPING,))


@lru_cache(maxsize=1)
def stamper() -> Authority:
    return issue(stamper_wish(), root())


def keep(attributes: list[bytes]) -> list[bytes]:
    return attributes


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A countersignature, part by part; the defaults make a right one."""

    authority: Authority = field(default_factory=stamper)
    time: datetime = STAMPED
    digest: str = "sha256"
    signed_by: rsa.RSAPrivateKey | None = None
    over: Callable[[bytes], bytes] = bytes
    attributes: Callable[[list[bytes]], list[bytes]] = keep
    keep_order: bool = False
    content_type: str = ""
    # of tokens only
    version: int = 3
    signer_version: int = 1
    by_key: bytes | None = None
    signers: int = 1
    imprint_digest: str = "sha256"
    info_version: int = 1
    time_text: bytes | None = None
    info_tail: bytes = b""
    change_info: Callable[[bytes], bytes] = bytes
    content: bool = True
    named: Authority | None = None
    ess: int = 2
    certificates: tuple[bytes, ...] | None = None
    tail: bytes = b""


def right(**changes: object) -> Stamp:
    return replace(Stamp(), **changes)  # type: ignore[arg-type]  # any field


def unsigned(*attributes: bytes) -> bytes:
    """The unsigned attributes of a signer."""
    return der.encode(der.context(1), *sorted(attributes))


def pkcs9(stamp: Stamp) -> Callable[[bytes], bytes]:
    """Return what stamps a signature value with the PKCS #9 attribute."""
    return lambda signature: unsigned(pkcs9_attribute(stamp, signature))


def token(stamp: Stamp) -> Callable[[bytes], bytes]:
    """Return what stamps a signature value with an RFC 3161 token."""
    return lambda signature: unsigned(token_attribute(stamp, signature))


def pkcs9_attribute(stamp: Stamp, signature: bytes) -> bytes:
    octets = new(stamp.digest, stamp.over(signature)).digest()
    made = [
        attribute(oids.CONTENT_TYPE, der.encode_oid(stamp.content_type or oids.DATA)),
        attribute(oids.SIGNING_TIME, der.encode_time(stamp.time)),
        attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING, octets)),
    ]
    values = [_signer(stamp, made), *([stamp.tail] if stamp.tail else [])]
    return attribute(oids.COUNTERSIGNATURE, *values)


def token_attribute(stamp: Stamp, signature: bytes) -> bytes:
    return attribute(oids.RFC3161_TOKEN, token_of(stamp, signature))


def token_of(stamp: Stamp, signature: bytes) -> bytes:
    """The token itself: a ContentInfo."""
    info = _info(stamp, stamp.over(signature))
    kind = stamp.content_type or oids.TIMESTAMP_INFO
    octets = new(stamp.digest, info).digest()
    made = [
        attribute(oids.CONTENT_TYPE, der.encode_oid(kind)),
        attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING, octets)),
    ]
    if stamp.ess:
        made.append(_ess(stamp))
    signer = _signer(stamp, made)
    wrapped = der.encode(der.OCTET_STRING, stamp.change_info(info))
    content = der.encode(der.context(0), wrapped) if stamp.content else b""
    certificates = stamp.certificates
    if certificates is None:
        certificates = (stamp.authority.der,)
    body = der.encode(
        der.SEQUENCE,
        der.encode_integer(stamp.version),
        der.encode_set([algorithm(oids.DIGEST_OIDS[stamp.digest])]),
        der.encode(der.SEQUENCE, der.encode_oid(kind), content),
        der.encode(der.context(0), *certificates),
        der.encode(der.SET, *[signer] * stamp.signers),
    )
    wrapper = der.encode(der.context(0), body)
    oid = der.encode_oid(oids.SIGNED_DATA)
    return der.encode(der.SEQUENCE, oid, wrapper) + stamp.tail


def _info(stamp: Stamp, stamped: bytes) -> bytes:
    text = stamp.time_text or f"{stamp.time:%Y%m%d%H%M%SZ}".encode()
    imprint = der.encode(
        der.SEQUENCE,
        algorithm(oids.DIGEST_OIDS[stamp.imprint_digest]),
        der.encode(der.OCTET_STRING, new(stamp.imprint_digest, stamped).digest()),
    )
    return der.encode(
        der.SEQUENCE,
        der.encode_integer(stamp.info_version),
        der.encode_oid("1.2.3.4"),
        imprint,
        der.encode_integer(1 << 80),
        der.encode(der.GENERALIZED_TIME, text),
        stamp.info_tail,
    )


def _ess(stamp: Stamp) -> bytes:
    raw = (stamp.named or stamp.authority).der
    name, oid = (
        ("sha1", oids.SIGNING_CERTIFICATE)
        if stamp.ess == 1
        else ("sha256", oids.SIGNING_CERTIFICATE_V2)
    )
    digest = der.encode(der.OCTET_STRING, new(name, raw).digest())
    one = der.encode(der.SEQUENCE, digest)
    return attribute(oid, der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, one)))


def _signer(stamp: Stamp, made: list[bytes]) -> bytes:
    attributes = stamp.attributes(made)
    if not stamp.keep_order:
        attributes = sorted(attributes)
    message = der.encode(der.SET, *attributes)
    parsed = parse_certificate(stamp.authority.der)
    name = der.encode(
        der.SEQUENCE, parsed.issuer, der.encode(der.INTEGER, parsed.serial)
    )
    if stamp.by_key is not None:
        name = der.encode(der.context(0, constructed=False), stamp.by_key)
    key = stamp.signed_by or stamp.authority.key
    if isinstance(key, ec.EllipticCurvePrivateKey):
        kind, signature = oids.EC, key.sign(message, ec.ECDSA(HASHES[stamp.digest]))
    else:
        kind = oids.RSA
        signature = key.sign(message, PKCS1v15(), HASHES[stamp.digest])
    return der.encode(
        der.SEQUENCE,
        der.encode_integer(stamp.signer_version),
        name,
        algorithm(oids.DIGEST_OIDS[stamp.digest]),
        der.encode(der.context(0), *attributes),
        algorithm(kind),
        der.encode(der.OCTET_STRING, signature),
    )


def with_sha1(authority: Authority, issuer: rsa.RSAPrivateKey) -> bytes:
    """Sign a certificate again, by SHA-1, which the library will not do."""
    strong, weak = (
        der.encode_oid(f"1.2.840.113549.1.1.{number}") for number in (11, 5)
    )
    parsed = parse_certificate(authority.der)
    assert parsed.signed.count(strong) == 1
    signed = parsed.signed.replace(strong, weak)
    signature = issuer.sign(signed, PKCS1v15(), SHA1())
    return der.encode(
        der.SEQUENCE,
        signed,
        der.encode(der.SEQUENCE, weak, der.encode(der.NULL)),
        der.encode(der.BIT_STRING, b"\0", signature),
    )
