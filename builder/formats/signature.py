"""The verification procedure for one SignedData, whatever it signs.

Each step has a name, which errors and findings cite; the first that fails ends
the procedure.  docs/verification.md lists the steps for people.

Structure and content are judged by who knows the content; see
`builder.formats.verify` and `builder.formats.authenticode`.

Source: RFC 5652, 5.4 and 5.6; RFC 5280, 6.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from builder.errors import CatalogError, SignatureError, SignatureFault, refusing
from builder.formats import oids
from builder.formats.certificate import Certificate, extended_key_usages
from builder.formats.chain import require_usages, verify_chain
from builder.formats.cms import SignedData, SignerInfo
from builder.formats.distinguished_name import common_names, printable_name
from builder.formats.microsoft_roots import FINGERPRINTS, microsoft_roots
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
)
from builder.formats.timestamp import verify_timestamp
from builder.model.evidence import VerifiedSignature, VerifiedTimestamp
from builder.model.trust import POLICIES, Anchorage, TrustPolicy

_COMPONENT_SIGNER = "microsoft windows"


def verify_signed_data(
    signed: SignedData, terms: Terms, *, what: str, content: bytes | None = None
) -> VerifiedSignature:
    """Take every step from "unsigned" to "revoked".

    Args:
        signed: Its structure is known to be sound.
        terms: What to judge by.
        what: The name of what is signed, for errors.
        content: What is signed where the signature is detached.

    Raises:
        SignatureError: A step failed; `fault` says which.
    """
    if signed.version != 1:
        raise SignatureError(
            SignatureFault.STRUCTURE,
            "signed data is not of version 1",
            offset=signed.offset,
        )
    certificates = parse_certificates(signed)
    signer = one_signer(signed, what)
    leaf = signer_certificate(signer, certificates)
    digest = digest_name(signer, terms.policy, listed=signed.digest_algorithms)
    octets = signed.content if content is None else content
    require_attributes(signer, signed.content_type, octets, digest)
    require_signature(signer, leaf, digest, terms.policy)
    others = tuple(c for c in certificates if c != leaf)
    return _judged(signer, leaf, others, digest=digest, terms=terms)


def _judged(
    signer: SignerInfo,
    leaf: Certificate,
    others: Sequence[Certificate],
    *,
    digest: str,
    terms: Terms,
) -> VerifiedSignature:
    """Take the steps that need to know the time."""
    policy = terms.policy
    stamp = verify_timestamp(signer, (leaf, *others), terms)
    legacy = stamp is not None and stamp.time < policy.legacy_until
    require_digest(digest, policy, "the signature", legacy=legacy)
    at = _time_of_judgement(leaf, stamp, terms)
    chain = _chain(leaf, others, terms, at=at, legacy=legacy)
    met = tuple(p.name for p in POLICIES if _lacks(chain, p) is None)
    lack = _lacks(chain, policy)
    if lack is not None:
        also = f"; it would meet {', '.join(met)}" if met else ""
        raise SignatureError(lack.fault, f"{policy.name}: {lack.reason}{also}")
    checked = check_revocation(chain, terms.lists, at=at, policy=policy)
    gap = revocation_gap(chain, terms.lists, at=at, policy=policy)
    return VerifiedSignature(
        chain=chain_evidence(chain, policy),
        judged_at=at,
        timestamp=stamp,
        digest_algorithm=digest,
        revocation_checked=checked,
        revocation_gap=gap if stamp is None else gap or stamp.revocation_gap,
        policy=policy.name,
        met=met,
    )


def _time_of_judgement(
    leaf: Certificate, stamp: VerifiedTimestamp | None, terms: Terms
) -> datetime:
    """Return the stamped time, unless the signer's certificate forbids it.

    With the usage "lifetime signing" a signature ends with its certificate,
    stamped or not.
    """
    if stamp is None:
        return terms.at
    with refusing(SignatureFault.CHAIN):
        usages = extended_key_usages(leaf) or ()
    return terms.at if oids.LIFETIME_SIGNING in usages else stamp.time


def _chain(
    leaf: Certificate,
    others: Sequence[Certificate],
    terms: Terms,
    *,
    at: datetime,
    legacy: bool,
) -> tuple[Certificate, ...]:
    """Build the chain; name an impostor where there is one."""
    usages = (oids.CODE_SIGNING,)
    demands = terms.chain_terms(at=at, usages=usages, legacy=legacy)
    try:
        return verify_chain(leaf, others, demands)
    except SignatureError as error:
        if error.fault is not SignatureFault.ANCHOR or not _claims_windows(leaf):
            raise
        demands = replace(demands, anchors=microsoft_roots())
        try:
            verify_chain(leaf, others, demands)
        except SignatureError as doubt:
            if doubt.fault not in {SignatureFault.ANCHOR, SignatureFault.CHAIN}:
                raise error from doubt
            name = printable_name(leaf.subject)
            raise SignatureError(
                SignatureFault.IMPOSTOR,
                f"{name} does not chain to a Microsoft root: {error.reason}",
            ) from error
        raise


def _claims_windows(leaf: Certificate) -> bool:
    try:
        names = common_names(leaf.subject)
    except CatalogError:
        return False
    return any(" ".join(n.split()).casefold() == _COMPONENT_SIGNER for n in names)


def _lacks(chain: Sequence[Certificate], policy: TrustPolicy) -> SignatureError | None:
    """Return what a verified chain lacks for a policy."""
    anchor = chain[-1]
    is_microsoft = anchor.sha256 in FINGERPRINTS
    wanted = policy.anchorage
    name = printable_name(anchor.subject)
    if wanted is Anchorage.MICROSOFT and not is_microsoft:
        reason = f"{name} is not a Microsoft root"
        return SignatureError(SignatureFault.ANCHOR, reason)
    if wanted is Anchorage.OTHER and is_microsoft:
        return SignatureError(SignatureFault.ANCHOR, f"{name} is a Microsoft root")
    try:
        require_usages(chain, policy.usages)
    except SignatureError as error:
        return error
    return None
