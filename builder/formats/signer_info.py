"""One signer of a SignedData: who it is, what was signed, and whether it holds.

These are the steps signer, algorithm, attributes, digest and signature of the
procedure in `builder.formats.signature`; a countersignature passes the same.

Source: RFC 5652, 5.4 and 5.6; RFC 2985, 5.3.6.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from builder.errors import CatalogError, SignatureError, SignatureFault, refusing
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.certificate import (
    Certificate,
    parse_certificate,
    subject_key_identifier,
)
from builder.formats.chain import ChainTerms, parse_anchors
from builder.formats.cms import (
    Algorithm,
    SignatureAttribute,
    SignedData,
    SignerInfo,
)
from builder.formats.distinguished_name import printable_name
from builder.formats.public_key import (
    public_key,
    require_digest,
    signature_digest,
    verify_signature,
)
from builder.formats.revocation import RevocationList, parse_revocation_list
from builder.model.evidence import SignerCertificate
from builder.model.trust import TrustPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a signature is judged by.

    Attributes:
        anchors: Certificates that are trusted as they are, octet for octet.
        lists: Revocation lists.
        at: The time of the judgement, in UTC.
    """

    anchors: tuple[Certificate, ...]
    lists: tuple[RevocationList, ...]
    at: datetime
    policy: TrustPolicy

    def chain_terms(
        self, *, at: datetime, usages: tuple[str, ...], legacy: bool
    ) -> ChainTerms:
        """Return what a chain is judged by at another time."""
        return ChainTerms(
            anchors=self.anchors,
            at=at,
            usages=usages,
            policy=self.policy,
            legacy=legacy,
        )


def parse_terms(
    anchors: Sequence[bytes],
    crls: Sequence[bytes],
    *,
    at: datetime,
    policy: TrustPolicy,
) -> Terms:
    """Read anchors and revocation lists, each as DER.

    Raises:
        SignatureError: ANCHOR or REVOKED: one of them cannot be read.
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be judged by")
    return _terms(tuple(anchors), tuple(crls), at.astimezone(UTC), policy)


@lru_cache(maxsize=4)  # each catalog and file of a package is judged by the same
def _terms(
    anchors: tuple[bytes, ...],
    crls: tuple[bytes, ...],
    at: datetime,
    policy: TrustPolicy,
) -> Terms:
    trusted = parse_anchors(anchors)
    with refusing(SignatureFault.REVOKED, "a revocation list cannot be read"):
        lists = tuple(map(parse_revocation_list, crls))
    return Terms(anchors=trusted, lists=lists, at=at, policy=policy)


def parse_certificates(signed: SignedData) -> tuple[Certificate, ...]:
    """Read the certificates that a signature carries.

    Raises:
        SignatureError: STRUCTURE: one of them cannot be read.
    """
    with refusing(SignatureFault.STRUCTURE):
        return tuple(map(parse_certificate, signed.certificates))


def one_signer(signed: SignedData, what: str) -> SignerInfo:
    """Return the signer, if there is exactly one.

    Raises:
        SignatureError: UNSIGNED: there is none; SIGNER: there are more.
    """
    if not signed.signers:
        raise SignatureError(SignatureFault.UNSIGNED, f"{what} is not signed")
    if len(signed.signers) > 1:
        raise SignatureError(
            SignatureFault.SIGNER,
            f"{len(signed.signers)} signers",
            offset=signed.signers[1].offset,
        )
    return signed.signers[0]


def signer_certificate(
    signer: SignerInfo, certificates: Sequence[Certificate]
) -> Certificate:
    """Find the one certificate that a signer names by issuer and serial number.

    Raises:
        SignatureError: SIGNER: it is named otherwise, or not exactly one fits.
    """
    if signer.version != 1 or signer.issuer is None:
        raise SignatureError(
            SignatureFault.SIGNER,
            "the signer is not named by issuer and serial number",
            offset=signer.offset,
        )
    named = (signer.issuer, signer.serial)
    found = [c for c in certificates if (c.issuer, c.serial) == named]
    return _only(found, "issuer and serial number", signer)


def stamper_certificate(
    signer: SignerInfo, certificates: Sequence[Certificate]
) -> Certificate:
    """Find the one certificate of a time-stamp token's signer.

    Tokens are of CMS, which knows names by key identifier as well.

    Raises:
        SignatureError: SIGNER: not exactly one certificate fits.
    """
    if signer.issuer is not None:
        return signer_certificate(signer, certificates)
    found = [c for c in certificates if _has_key(c, signer.key_identifier)]
    if signer.version != 3:
        found = []
    return _only(found, "key identifier", signer)


def _has_key(certificate: Certificate, identifier: bytes | None) -> bool:
    try:
        return subject_key_identifier(certificate) == identifier
    except CatalogError:
        return False


def _only(found: Sequence[Certificate], naming: str, signer: SignerInfo) -> Certificate:
    unlike = {certificate.raw: certificate for certificate in found}
    if len(unlike) != 1:
        raise SignatureError(
            SignatureFault.SIGNER,
            f"{len(unlike)} certificates have the signer's {naming}",
            offset=signer.offset,
        )
    return found[0]


def digest_name(
    signer: SignerInfo,
    policy: TrustPolicy,
    *,
    listed: Sequence[Algorithm] | None,
) -> str:
    """Return the digest of a signer, if it is one the policy may ever accept.

    Args:
        signer: Whose.
        policy: Its legacy digests pass here; their time is judged later.
        listed: The digest algorithms of the SignedData, which must be this one
            alone; None for a countersignature, which has no such list.

    Raises:
        SignatureError: ALGORITHM.
    """
    algorithm = signer.digest_algorithm
    name = oids.DIGESTS.get(algorithm.oid)
    plain = [a.oid for a in listed or () if a.is_plain]
    is_alone = listed is None or (plain == [algorithm.oid] and len(listed) == 1)
    if name is None or not algorithm.is_plain or not is_alone:
        raise SignatureError(
            SignatureFault.ALGORITHM,
            f"digest algorithm {algorithm.oid} of the signer, {plain} of the file",
            offset=signer.offset,
        )
    digest = signature_digest(signer.signature_algorithm, name, "the signer")
    require_digest(digest, policy, "the signature", legacy=True)
    return digest


def require_attributes(
    signer: SignerInfo, content_type: str, content: Buffer, digest: str
) -> None:
    """Require the signed attributes that make the content the signed one.

    Args:
        signer: Whose attributes.
        content_type: The type that contentType has to name.
        content: What messageDigest has to be the digest of.
        digest: Its name.

    Raises:
        SignatureError: ATTRIBUTES: one is missing, doubled or malformed;
            DIGEST: the content is another.
    """
    kinds = [a.oid for a in signer.signed_attributes]
    if len(kinds) != len(set(kinds)):
        raise _bad_attribute("an attribute is signed twice", signer.offset)
    typed = single(signer, oids.CONTENT_TYPE, "contentType")
    if typed.values[0] != der.encode_oid(content_type):
        raise _bad_attribute("contentType is not the type of the content", typed.offset)
    message_digest = single(signer, oids.MESSAGE_DIGEST, "messageDigest")
    value = message_digest.values[0]
    if value[0] != der.OCTET_STRING:
        raise _bad_attribute("messageDigest has no digest", message_digest.offset)
    observed = hashlib.new(digest, content).digest()
    if value != der.encode(der.OCTET_STRING, observed):
        raise SignatureError(
            SignatureFault.DIGEST,
            f"the content has another {digest} digest than the one signed",
            offset=message_digest.offset,
        )


def single(signer: SignerInfo, oid: str, name: str) -> SignatureAttribute:
    """Return the signed attribute of a type that is there once, with one value.

    Raises:
        SignatureError: ATTRIBUTES.
    """
    found = [a for a in signer.signed_attributes if a.oid == oid]
    if len(found) != 1 or len(found[0].values) != 1:
        raise _bad_attribute(f"{name} is not signed exactly once", signer.offset)
    return found[0]


def _bad_attribute(reason: str, offset: int) -> SignatureError:
    return SignatureError(SignatureFault.ATTRIBUTES, reason, offset=offset)


def require_signature(
    signer: SignerInfo, leaf: Certificate, digest: str, policy: TrustPolicy
) -> None:
    """Require that the signature is one of the leaf over the signed attributes.

    Raises:
        SignatureError: ALGORITHM or SIGNATURE.
    """
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


def chain_evidence(
    chain: Sequence[Certificate], policy: TrustPolicy
) -> tuple[SignerCertificate, ...]:
    """Return a verified chain as people name it."""
    return tuple(
        _evidence(certificate, policy, is_anchor=certificate is chain[-1])
        for certificate in chain
    )


def _evidence(
    certificate: Certificate, policy: TrustPolicy, *, is_anchor: bool
) -> SignerCertificate:
    digest = oids.SIGNATURES.get(certificate.signature_algorithm.oid, ("", ""))[1]
    is_weak = not is_anchor and digest in policy.legacy_digests
    return SignerCertificate(
        subject=printable_name(certificate.subject),
        sha256=certificate.sha256,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        weak=digest if is_weak else None,
    )
