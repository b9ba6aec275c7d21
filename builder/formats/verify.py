"""The verification procedure for signed catalogs.

Each step has a name, which errors and findings cite; the first that fails ends
the procedure.

1.  structure: the file is one SignedData in DER, nothing after it, around one
    certificate trust list whose tags are its digests.
2.  unsigned: there is a signature.
3.  signer: there is exactly one, and exactly one certificate has its issuer
    and serial number.
4.  algorithm: digest and signature are of kinds that the policy accepts.
5.  attributes: contentType and messageDigest are signed, each once with one
    value, and contentType is the type of the content.
6.  digest: messageDigest is the digest of the content octets.
7.  signature: the signature is one of the signer's key over the signed
    attributes, octet for octet as they stand in the file.
8.  chain, anchor, validity, usage: see `builder.formats.chain`.
9.  revoked: no certificate had been revoked, as far as the given lists go;
    whether they went all the way is part of the evidence.

Countersignatures are not judged: validity is judged at the given time, and
SHA-1, which needs a countersignature, is refused.

Source: RFC 5652, 5.4 and 5.6; RFC 5280, 6.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from builder.errors import CatalogError, SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.chain import ChainTerms, parse_anchors, verify_chain
from builder.formats.cms import (
    SignatureAttribute,
    SignedData,
    SignerInfo,
    parse_signed_data,
)
from builder.formats.ctl import parse_ctl
from builder.formats.ctl_member import member_tag
from builder.formats.distinguished_name import printable_name
from builder.formats.public_key import (
    public_key,
    require_digest,
    signature_digest,
    verify_signature,
)
from builder.formats.revocation import (
    RevocationList,
    check_revocation,
    parse_revocation_list,
)
from builder.model.catalog import (
    Catalog,
    CatalogMember,
    SignerCertificate,
    VerifiedCatalog,
)
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.trust import DEFAULT_POLICY, TrustPolicy


def parse_catalog(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Catalog:
    """Read the list in a .cat file, signed or not; nothing is verified.

    Raises:
        CatalogError: It is no catalog, or not DER.
        LimitError: It is larger than `limits` allow.
    """
    return _catalog(data, parse_signed_data(data, limits=limits), limits)


def verify_catalog(
    data: Buffer,
    *,
    anchors: Sequence[bytes],
    at: datetime,
    crls: Sequence[bytes] = (),
    policy: TrustPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedCatalog:
    """Verify a .cat file; see the steps above.

    Args:
        data: The file.
        anchors: Certificates that are trusted as they are, as DER.
        at: The time at which validity is judged.
        crls: Revocation lists, as DER.

    Raises:
        SignatureError: A step failed; `fault` says which.
        LimitError: The file asks for more than `limits` allow.
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be judged by")
    trusted = parse_anchors(anchors)
    lists = _revocation_lists(crls)
    signed, catalog, certificates = _structure(data, limits)
    leaf, digest = _signed_by(signed, certificates, policy)
    others = tuple(c for c in certificates if c is not leaf)
    terms = ChainTerms(anchors=trusted, at=at, usages=policy.usages, policy=policy)
    chain = verify_chain(leaf, others, terms)
    checked = check_revocation(chain, lists, at=at, policy=policy)
    return VerifiedCatalog(
        catalog=catalog,
        chain=tuple(map(_evidence, chain)),
        judged_at=at,
        timestamped=False,
        digest_algorithm=digest,
        revocation_checked=checked,
        policy=policy.name,
    )


def _signed_by(
    signed: SignedData, certificates: Sequence[Certificate], policy: TrustPolicy
) -> tuple[Certificate, str]:
    """Take steps 2 to 7; return the signer's certificate and the digest's name."""
    signer = _one_signer(signed)
    leaf = _signer_certificate(signer, certificates)
    digest = _algorithms(signed, signer, policy)
    _attributes(signed, signer, digest)
    _signature(signer, leaf, digest, policy)
    return leaf, digest


def _revocation_lists(crls: Sequence[bytes]) -> tuple[RevocationList, ...]:
    try:
        return tuple(map(parse_revocation_list, crls))
    except CatalogError as error:
        raise SignatureError(
            SignatureFault.REVOKED, f"a revocation list cannot be read: {error.reason}"
        ) from error


def _structure(
    data: Buffer, limits: Limits
) -> tuple[SignedData, Catalog, tuple[Certificate, ...]]:
    try:
        signed = parse_signed_data(data, limits=limits)
        catalog = _catalog(data, signed, limits)
        certificates = tuple(map(parse_certificate, signed.certificates))
        for member in catalog.members:
            _require_tag(member, catalog.version)
    except CatalogError as error:
        raise SignatureError(
            SignatureFault.STRUCTURE, error.reason, offset=error.offset
        ) from error
    if signed.version != 1:
        raise SignatureError(
            SignatureFault.STRUCTURE,
            "signed data is not of version 1",
            offset=signed.offset,
        )
    return signed, catalog, certificates


def _catalog(data: Buffer, signed: SignedData, limits: Limits) -> Catalog:
    if signed.content_type != oids.TRUST_LIST:
        raise CatalogError(
            f"content of type {signed.content_type} is no catalog",
            offset=signed.content_start,
        )
    return parse_ctl(
        data, start=signed.content_start, stop=signed.content_stop, limits=limits
    )


def _require_tag(member: CatalogMember, version: int) -> None:
    if member.digest is not None:
        expected = member_tag(member.digest, version=version)
    else:
        expected = member.tag if version == 2 and len(member.tag) == 20 else b""
    if member.tag != expected:
        raise CatalogError(f"the tag {member.tag[:82].hex()} is not the digest")


def _one_signer(signed: SignedData) -> SignerInfo:
    if not signed.signers:
        raise SignatureError(SignatureFault.UNSIGNED, "the catalog is not signed")
    if len(signed.signers) > 1:
        raise SignatureError(
            SignatureFault.SIGNER,
            f"{len(signed.signers)} signers",
            offset=signed.signers[1].offset,
        )
    return signed.signers[0]


def _signer_certificate(
    signer: SignerInfo, certificates: Sequence[Certificate]
) -> Certificate:
    if signer.version != 1 or signer.issuer is None:
        raise SignatureError(
            SignatureFault.SIGNER,
            "the signer is not named by issuer and serial number",
            offset=signer.offset,
        )
    found = [
        c
        for c in certificates
        if c.issuer == signer.issuer and c.serial == signer.serial
    ]
    if len(found) != 1:
        raise SignatureError(
            SignatureFault.SIGNER,
            f"{len(found)} certificates have the signer's issuer and serial number",
            offset=signer.offset,
        )
    return found[0]


def _algorithms(signed: SignedData, signer: SignerInfo, policy: TrustPolicy) -> str:
    algorithm = signer.digest_algorithm
    listed = [a.oid for a in signed.digest_algorithms if a.is_plain]
    name = oids.DIGESTS.get(algorithm.oid)
    if (
        name is None
        or not algorithm.is_plain
        or listed != [algorithm.oid]
        or len(signed.digest_algorithms) != 1
    ):
        raise SignatureError(
            SignatureFault.ALGORITHM,
            f"digest algorithm {algorithm.oid} of the signer, {listed} of the file",
            offset=signer.offset,
        )
    digest = signature_digest(signer.signature_algorithm, name, "the signer")
    require_digest(digest, policy, "the signature", legacy=False)
    return digest


def _attributes(signed: SignedData, signer: SignerInfo, digest: str) -> None:
    kinds = [a.oid for a in signer.signed_attributes]
    if len(kinds) != len(set(kinds)):
        raise _bad_attribute("an attribute is signed twice", signer.offset)
    content_type = _single(signer, oids.CONTENT_TYPE, "contentType")
    if content_type.values[0] != der.encode_oid(signed.content_type):
        raise _bad_attribute(
            "contentType is not the type of the content", content_type.offset
        )
    message_digest = _single(signer, oids.MESSAGE_DIGEST, "messageDigest")
    value = message_digest.values[0]
    if value[0] != der.OCTET_STRING:
        raise _bad_attribute("messageDigest has no digest", message_digest.offset)
    observed = hashlib.new(digest, signed.content).digest()
    if value != der.encode(der.OCTET_STRING, observed):
        raise SignatureError(
            SignatureFault.DIGEST,
            f"the content has another {digest} digest than the one signed",
            offset=message_digest.offset,
        )


def _single(signer: SignerInfo, oid: str, name: str) -> SignatureAttribute:
    found = [a for a in signer.signed_attributes if a.oid == oid]
    if len(found) != 1 or len(found[0].values) != 1:
        raise _bad_attribute(f"{name} is not signed exactly once", signer.offset)
    return found[0]


def _bad_attribute(reason: str, offset: int) -> SignatureError:
    return SignatureError(SignatureFault.ATTRIBUTES, reason, offset=offset)


def _signature(
    signer: SignerInfo, leaf: Certificate, digest: str, policy: TrustPolicy
) -> None:
    name = printable_name(leaf.subject)
    key = public_key(leaf.public_key, policy, name)
    verify_signature(
        key,
        signer.signature,
        signer.signed_octets or b"",
        algorithm=signer.signature_algorithm,
        digest=digest,
        whose=name,
    )


def _evidence(certificate: Certificate) -> SignerCertificate:
    return SignerCertificate(
        subject=printable_name(certificate.subject),
        sha256=certificate.sha256,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
    )
