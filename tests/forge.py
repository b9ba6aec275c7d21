"""Signed catalogs with one thing wrong, each signed again where that helps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import new

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import (
    MD5,
    SHA1,
    SHA256,
    SHA384,
    HashAlgorithm,
)
from make_pki import Authority, issue, leaf_wish, root

from builder.formats import der, oids
from builder.formats.certificate import parse_certificate

HASHES: dict[str, HashAlgorithm] = {
    "md5": MD5(),
    "sha1": SHA1(),
    "sha256": SHA256(),
    "sha384": SHA384(),
}
NULL = der.encode(der.NULL)


def algorithm(oid: str, parameters: bytes = NULL) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), parameters)


def attribute(oid: str, *values: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode_set(values))


def digest_attribute(content: bytes, name: str = "sha256") -> bytes:
    _, start, _ = der.header(content, 0, len(content))
    octets = new(name, content[start:]).digest()
    return attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING, octets))


TYPE_ATTRIBUTE = attribute(oids.CONTENT_TYPE, der.encode_oid(oids.TRUST_LIST))


@lru_cache(maxsize=1)
def default_leaf() -> Authority:
    return issue(leaf_wish(), root())


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """A signed catalog, part by part; the defaults make a right one."""

    content: bytes
    leaf: Authority
    content_type: str = oids.TRUST_LIST
    version: int = 1
    signer_version: int = 1
    digest: str = "sha256"
    listed_digests: tuple[str, ...] | None = None
    signature_oid: str = oids.RSA
    signature_parameters: bytes = NULL
    attributes: tuple[bytes, ...] | None = None
    keep_order: bool = False
    certificates: tuple[bytes, ...] | None = None
    sort_certificates: bool = True
    signed_by: rsa.RSAPrivateKey | None = None
    named: x509.Certificate | None = None
    unsigned: bytes = b""
    stamp: Callable[[bytes], bytes] | None = None
    signers: int = 1
    change_signature: Callable[[bytes], bytes] = bytes


def forge(forgery: Forgery) -> bytes:
    """Put the parts together."""
    f = forgery
    digests = f.listed_digests or (f.digest,)
    listed = [algorithm(oids.DIGEST_OIDS[name]) for name in digests]
    certificates = f.certificates
    if certificates is None:
        certificates = (f.leaf.der,)
    if f.sort_certificates:
        certificates = tuple(sorted(certificates))
    body = der.encode(
        der.SEQUENCE,
        der.encode_integer(f.version),
        der.encode_set(listed),
        der.encode(
            der.SEQUENCE,
            der.encode_oid(f.content_type),
            der.encode(der.context(0), f.content),
        ),
        der.encode(der.context(0), *certificates),
        der.encode(der.SET, *_signers(f)),
    )
    return der.encode(
        der.SEQUENCE,
        der.encode_oid(oids.SIGNED_DATA),
        der.encode(der.context(0), body),
    )


def _signers(f: Forgery) -> list[bytes]:
    attributes = f.attributes
    if attributes is None:
        attributes = (TYPE_ATTRIBUTE, digest_attribute(f.content, f.digest))
    if not f.keep_order:
        attributes = tuple(sorted(attributes))
    message = der.encode(der.SET, *attributes)
    signature = f.change_signature(_sign(f, message))
    unsigned = f.unsigned if f.stamp is None else f.stamp(signature)
    named = parse_certificate(f.leaf.der)
    if f.named is not None:
        named = parse_certificate(Authority(certificate=f.named, key=f.leaf.key).der)
    info = [
        der.encode(
            der.SEQUENCE,
            der.encode_integer(f.signer_version),
            der.encode(
                der.SEQUENCE, named.issuer, der.encode(der.INTEGER, named.serial)
            ),
            algorithm(oids.DIGEST_OIDS[f.digest]),
            der.encode(der.context(0), *attributes) if attributes else b"",
            algorithm(f.signature_oid, f.signature_parameters),
            der.encode(der.OCTET_STRING, signature + bytes(n)),
            unsigned,
        )
        for n in range(f.signers)
    ]
    return sorted(info)


def _sign(f: Forgery, message: bytes) -> bytes:
    key = f.signed_by or f.leaf.key
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, PKCS1v15(), HASHES[f.digest])
    return key.sign(message, ec.ECDSA(HASHES[f.digest]))
