"""Signed catalogs and cabinets in the profile of genuine ones.

SignedData version 1, one signer, the signed attributes contentType,
statementType, messageDigest and opusInfo in DER order, no signing time,
SHA-256 with RSA, and the certificates in DER order without the root.

Source: observed in 128 genuine catalogs; RFC 2315, 9.
"""

from hashlib import sha256

from builder.errors import SignatureError, SignatureFault, refusing
from builder.formats import der, oids
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.cms import Algorithm
from builder.formats.ctl import serialize_ctl
from builder.formats.public_key import public_key, verify_signature
from builder.model.catalog import Catalog
from builder.model.signer import Signer, TimestampAuthority
from builder.model.trust import DEFAULT_POLICY

_NULL = der.encode(der.NULL)
_EXPLICIT = der.context(0)
_CERTIFICATES = der.context(0)
_SIGNED_ATTRIBUTES = der.context(0)
_UNSIGNED_ATTRIBUTES = der.context(1)
_ONE = der.encode_integer(1)
_SHA256 = der.encode(der.SEQUENCE, der.encode_oid(oids.DIGEST_OIDS["sha256"]), _NULL)
_RSA = der.encode(der.SEQUENCE, der.encode_oid(oids.RSA), _NULL)
_PROGRAM = "hotfix-builder"


def sign_catalog(
    catalog: Catalog,
    signer: Signer,
    *,
    program: str = _PROGRAM,
    authority: TimestampAuthority | None = None,
) -> bytes:
    """Return the .cat file of a catalog, signed.

    Args:
        catalog: What to sign.
        signer: Who signs; its chain goes into the file, but for a root.
        program: What the signer says about itself (SpcSpOpusInfo).
        authority: Who states the time of the signature; None: nobody.

    Raises:
        SignatureError: KEY: the chain cannot be read, or the signature that came
            back is not one of the first certificate over the catalog.
            TIMESTAMP: the authority refuses.
    """
    content = serialize_ctl(catalog)
    return sign_content(
        oids.TRUST_LIST, content, signer, program=program, authority=authority
    )


def sign_content(
    content_type: str,
    content: bytes,
    signer: Signer,
    *,
    program: str = _PROGRAM,
    authority: TimestampAuthority | None = None,
) -> bytes:
    """Return SignedData over a content; see `sign_catalog`.

    Args:
        content_type: Of `content`.
        content: One DER element; its octets without tag and length are what
            is signed.
    """
    chain = _chain(signer)
    _, start, _ = der.header(content, 0, len(content))
    digest = sha256(content[start:]).digest()
    attributes = _signed_attributes(content_type, digest, program)
    message = der.encode_set(attributes)
    signature = signer.sign(message)
    _require_own(chain[0], signature, message)
    leaf = chain[0]
    info = der.encode(
        der.SEQUENCE,
        _ONE,
        der.encode(der.SEQUENCE, leaf.issuer, der.encode(der.INTEGER, leaf.serial)),
        _SHA256,
        der.encode(_SIGNED_ATTRIBUTES, *sorted(attributes)),
        _RSA,
        der.encode(der.OCTET_STRING, signature),
        _unsigned_attributes(signature, authority),
    )
    sent = {c.raw for c in chain[:1]} | {
        c.raw for c in chain[1:] if not c.is_self_issued
    }
    return _content_info(
        _ONE,
        der.encode(der.SET, _SHA256),
        _content(content_type, content),
        der.encode(_CERTIFICATES, *sorted(sent)),
        der.encode(der.SET, info),
    )


def _unsigned_attributes(
    signature: bytes, authority: TimestampAuthority | None
) -> bytes:
    if authority is None:
        return b""
    token = authority.stamp(sha256(signature).digest())
    return der.encode(_UNSIGNED_ATTRIBUTES, _attribute(oids.RFC3161_TOKEN, token))


def unsigned_catalog(catalog: Catalog) -> bytes:
    """Return the .cat file of a catalog without any signature."""
    return _content_info(
        _ONE,
        der.encode(der.SET),
        _content(oids.TRUST_LIST, serialize_ctl(catalog)),
        der.encode(der.SET),
    )


def _content_info(*parts: bytes) -> bytes:
    return der.encode(
        der.SEQUENCE,
        der.encode_oid(oids.SIGNED_DATA),
        der.encode(_EXPLICIT, der.encode(der.SEQUENCE, *parts)),
    )


def _content(content_type: str, content: bytes) -> bytes:
    return der.encode(
        der.SEQUENCE, der.encode_oid(content_type), der.encode(_EXPLICIT, content)
    )


def _signed_attributes(content_type: str, digest: bytes, program: str) -> list[bytes]:
    statement = der.encode(der.SEQUENCE, der.encode_oid(oids.INDIVIDUAL_CODE_SIGNING))
    name = der.encode(
        der.context(0),
        der.encode(der.context(0, constructed=False), program.encode("utf-16-be")),
    )
    return [
        _attribute(oids.CONTENT_TYPE, der.encode_oid(content_type)),
        _attribute(oids.STATEMENT_TYPE, statement),
        _attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING, digest)),
        _attribute(oids.OPUS_INFO, der.encode(der.SEQUENCE, name)),
    ]


def _attribute(oid: str, value: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode(der.SET, value))


def _chain(signer: Signer) -> tuple[Certificate, ...]:
    with refusing(SignatureFault.KEY, "a certificate of the signer"):
        chain = tuple(map(parse_certificate, signer.certificates))
    if not chain:
        raise _unusable("the signer has no certificate")
    return chain


def _require_own(leaf: Certificate, signature: bytes, message: bytes) -> None:
    algorithm = Algorithm(oid=oids.RSA)
    try:
        key = public_key(leaf.public_key, DEFAULT_POLICY, "the signer")
        verify_signature(
            key,
            signature,
            message,
            algorithm=algorithm,
            digest="sha256",
            whose="the signer",
        )
    except SignatureError as error:
        raise _unusable(error.reason) from error


def _unusable(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.KEY, reason)
