"""Countersignatures: who saw a signature, and when.

Two forms, of which a signature may have one, once: the PKCS #9 attribute, a
SignerInfo over the signature value, and Microsoft's attribute with a whole
RFC 3161 token, whose imprint is the digest of the signature value.  Both have
to hold in full: their own signer, attributes, digest and signature, a chain
to an accepted anchor that is valid at the time they state and made for time
stamps, and a time that is not after the judgement.

Whatever is wrong with a countersignature, the fault is TIMESTAMP: a signature
with a countersignature that does not hold is refused, not judged without it.

Source: RFC 2985, 5.3.6; RFC 3161, 2.4.2 and appendix A; RFC 5816 (signing
certificate, version 2).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha1

from builder.errors import CatalogError, LimitError, SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.certificate import Certificate
from builder.formats.chain import verify_chain
from builder.formats.cms import (
    SignatureAttribute,
    SignerInfo,
    parse_algorithm,
    parse_signed_data,
    parse_signer,
)
from builder.formats.public_key import require_digest
from builder.formats.revocation import check_revocation, revocation_gap
from builder.formats.signer_info import (
    Terms,
    chain_evidence,
    digest_name,
    one_signer,
    parse_certificates,
    require_attributes,
    require_signature,
    signer_certificate,
    single,
    stamper_certificate,
)
from builder.formats.tst_info import TimestampInfo, parse_timestamp_info
from builder.model.evidence import TimestampKind, VerifiedTimestamp

_SKEW = timedelta(minutes=5)  # between the authority's clock and the judge's
_KINDS = (oids.COUNTERSIGNATURE, oids.RFC3161_TOKEN)


def verify_timestamp(
    signer: SignerInfo, certificates: Sequence[Certificate], terms: Terms
) -> VerifiedTimestamp | None:
    """Verify the countersignature of a signer, if it has one.

    Args:
        signer: Whose signature value was stamped.
        certificates: Those beside the signer, to build chains with.
        terms: Anchors and policy; `at` is the time of the judgement.

    Raises:
        SignatureError: TIMESTAMP: it has two, or one that does not hold.
    """
    found = [a for a in signer.unsigned_attributes if a.oid in _KINDS]
    if not found:
        return None
    try:
        return _verify(found, signer.signature, certificates, terms)
    except (CatalogError, SignatureError, LimitError) as error:
        fault = f"{error.fault}: " if isinstance(error, SignatureError) else ""
        raise SignatureError(
            SignatureFault.TIMESTAMP,
            f"the countersignature does not hold: {fault}{error.reason}",
            offset=found[0].offset,
        ) from error


def _verify(
    found: Sequence[SignatureAttribute],
    stamped: bytes,
    certificates: Sequence[Certificate],
    terms: Terms,
) -> VerifiedTimestamp:
    attribute = found[0]
    if len(found) > 1 or len(attribute.values) != 1:
        raise CatalogError("there is not exactly one")
    if attribute.oid == oids.COUNTERSIGNATURE:
        return _verify_pkcs9(attribute.values[0], stamped, certificates, terms)
    return _verify_token(attribute.values[0], stamped, certificates, terms)


def _verify_pkcs9(
    raw: bytes, stamped: bytes, certificates: Sequence[Certificate], terms: Terms
) -> VerifiedTimestamp:
    signer = parse_signer(raw)
    leaf = signer_certificate(signer, certificates)
    digest = digest_name(signer, terms.policy, listed=None)
    require_attributes(signer, oids.DATA, stamped, digest)
    value = der.Cursor(single(signer, oids.SIGNING_TIME, "signingTime").values[0])
    time = value.time("signingTime")
    value.finish("signingTime")
    require_signature(signer, leaf, digest, terms.policy)
    kind = TimestampKind.PKCS9
    return _judged(kind, leaf, certificates, time=time, digest=digest, terms=terms)


def _verify_token(
    raw: bytes, stamped: bytes, certificates: Sequence[Certificate], terms: Terms
) -> VerifiedTimestamp:
    signed = parse_signed_data(raw, inner=True)
    if signed.version != 3 or signed.content_type != oids.TIMESTAMP_INFO:
        raise CatalogError("not a time-stamp token")
    if not signed.has_content or raw[signed.content_start] != der.OCTET_STRING:
        raise CatalogError("a token without a time stamp", offset=signed.offset)
    inside = parse_certificates(signed)
    signer = one_signer(signed, "the token")
    leaf = stamper_certificate(signer, inside)
    digest = digest_name(signer, terms.policy, listed=signed.digest_algorithms)
    require_attributes(signer, oids.TIMESTAMP_INFO, signed.content, digest)
    _require_named(signer, leaf)
    require_signature(signer, leaf, digest, terms.policy)
    info = parse_timestamp_info(signed.content.tobytes())
    _require_imprint(info, stamped, terms)
    kind = TimestampKind.RFC3161
    pool = (*inside, *(c for c in certificates if c not in inside))
    return _judged(kind, leaf, pool, time=info.time, digest=digest, terms=terms)


def _require_imprint(info: TimestampInfo, stamped: bytes, terms: Terms) -> None:
    name = oids.DIGESTS.get(info.algorithm.oid)
    if name is None or not info.algorithm.is_plain:
        raise SignatureError(
            SignatureFault.ALGORITHM, f"an imprint by {info.algorithm.oid}"
        )
    legacy = info.time < terms.policy.legacy_until
    require_digest(name, terms.policy, "the imprint", legacy=legacy)
    if hashlib.new(name, stamped).digest() != info.imprint:
        raise SignatureError(
            SignatureFault.DIGEST, "the imprint is not of this signature"
        )


def _require_named(signer: SignerInfo, leaf: Certificate) -> None:
    """Require that a signed attribute names the signer's certificate."""
    named = False
    for attribute in signer.signed_attributes:
        if attribute.oid == oids.SIGNING_CERTIFICATE:
            observed = sha1(leaf.raw).digest()
            named = _named_digest(attribute, version=1) == ("sha1", observed)
        elif attribute.oid == oids.SIGNING_CERTIFICATE_V2:
            name, digest = _named_digest(attribute, version=2)
            named = hashlib.new(name, leaf.raw).digest() == digest
        else:
            continue
        if not named:
            break
    if not named:
        raise SignatureError(
            SignatureFault.ATTRIBUTES,
            "no signed attribute names the certificate of the authority",
            offset=signer.offset,
        )


def _named_digest(attribute: SignatureAttribute, *, version: int) -> tuple[str, bytes]:
    """Return the digest of the first certificate that is named."""
    if len(attribute.values) != 1:
        raise CatalogError("signingCertificate: not one value", offset=attribute.offset)
    cursor = der.Cursor(attribute.values[0])
    body = cursor.enter(der.SEQUENCE, "signingCertificate")
    first = body.enter(der.SEQUENCE, "certificates").enter(der.SEQUENCE, "certificate")
    name: str | None = "sha1"
    if version == 2:
        name = "sha256"
        if first.next_is(der.SEQUENCE):
            oid = parse_algorithm(first, "certificate digest").oid
            name = oids.DIGESTS.get(oid)
    if name in {None, "md2", "md5"}:
        raise CatalogError("signingCertificate: unknown digest")
    return str(name), first.content(der.OCTET_STRING, "certificate digest")


def _judged(
    kind: TimestampKind,
    leaf: Certificate,
    pool: Sequence[Certificate],
    *,
    time: datetime,
    digest: str,
    terms: Terms,
) -> VerifiedTimestamp:
    """Take the last steps: algorithm, time, chain, revocation."""
    if time > terms.at + _SKEW:
        raise SignatureError(
            SignatureFault.VALIDITY,
            f"made on {time:%Y-%m-%d %H:%M} UTC, after the time of judgement",
        )
    legacy = time < terms.policy.legacy_until
    require_digest(digest, terms.policy, "the countersignature", legacy=legacy)
    others = tuple(c for c in pool if c != leaf)
    usages = (oids.TIME_STAMPING,)
    demands = terms.chain_terms(at=time, usages=usages, legacy=legacy)
    chain = verify_chain(leaf, others, demands)
    # An authority that was revoked later may have stamped earlier times since.
    checked = check_revocation(chain, terms.lists, at=terms.at, policy=terms.policy)
    gap = revocation_gap(chain, terms.lists, at=terms.at, policy=terms.policy)
    return VerifiedTimestamp(
        kind=kind,
        time=time,
        chain=chain_evidence(chain, terms.policy),
        digest_algorithm=digest,
        revocation_checked=checked,
        revocation_gap=gap,
    )
