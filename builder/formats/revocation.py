"""Certificate revocation lists that somebody handed us.

Source: RFC 5280, 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from builder.errors import (
    CatalogError,
    ChainPlace,
    LimitError,
    SignatureError,
    SignatureFault,
)
from builder.formats import der, oids
from builder.formats.certificate import LIST_SIGNING, Certificate, key_usage
from builder.formats.cms import Algorithm, parse_algorithm
from builder.formats.distinguished_name import printable_name
from builder.formats.public_key import (
    public_key,
    require_digest,
    signature_digest,
    verify_signature,
)
from builder.model.trust import TrustPolicy

_EXTENSIONS = der.context(0)
_LARGEST = 16 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """A complete list of one issuer.

    Attributes:
        signed: The part that the issuer signed, as DER.
        issuer: Name as DER.
        this_update: In UTC.
        next_update: In UTC; None where the list does not say.
        revoked: When, in UTC, by the content octets of the serial number.
    """

    signed: bytes
    issuer: bytes
    this_update: datetime
    next_update: datetime | None
    revoked: Mapping[bytes, datetime]
    signature_algorithm: Algorithm
    signature: bytes


def parse_revocation_list(raw: bytes) -> RevocationList:
    """Read a CertificateList that fills the buffer exactly.

    Raises:
        CatalogError: It is not one, is not DER, or has a critical extension,
            as delta lists and lists for several issuers have.
        LimitError: It has more than 16 MiB.
    """
    whole = _whole(raw)
    start = whole.at
    body = whole.enter(der.SEQUENCE, "revocation list body")
    signed = raw[start : whole.at]
    algorithm = parse_algorithm(whole, "revocation list signature algorithm")
    signature = whole.content(der.BIT_STRING, "revocation list signature")
    whole.finish("revocation list")
    if body.next_is(der.INTEGER) and body.integer("revocation list version") != 1:
        raise CatalogError("revocation list version is not 2", offset=start)
    if parse_algorithm(body, "revocation list signature algorithm") != algorithm:
        raise CatalogError("two signature algorithms differ", offset=start)
    issuer = body.raw("revocation list issuer", der.SEQUENCE)
    this_update = body.time("this update")
    next_update = None
    if body.next_is(der.UTC_TIME) or body.next_is(der.GENERALIZED_TIME):
        next_update = body.time("next update")
    revoked = _entries(body)
    if body.next_is(_EXTENSIONS):
        wrapper = body.enter(_EXTENSIONS, "revocation list extensions")
        _refuse_critical(wrapper)
    body.finish("revocation list body")
    if signature[:1] != b"\0":
        raise CatalogError("revocation list signature: not whole octets")
    return RevocationList(
        signed=signed,
        issuer=issuer,
        this_update=this_update,
        next_update=next_update,
        revoked=revoked,
        signature_algorithm=algorithm,
        signature=signature[1:],
    )


def _whole(raw: bytes) -> der.Cursor:
    if len(raw) > _LARGEST:
        raise LimitError(f"a revocation list of {len(raw)} bytes")
    der.check(raw)
    outer = der.Cursor(raw)
    whole = outer.enter(der.SEQUENCE, "revocation list")
    outer.finish("revocation list")
    return whole


def _entries(body: der.Cursor) -> Mapping[bytes, datetime]:
    revoked: dict[bytes, datetime] = {}
    if body.next_is(der.SEQUENCE):
        entries = body.enter(der.SEQUENCE, "revoked certificates")
        while entries:
            entry = entries.enter(der.SEQUENCE, "revoked certificate")
            serial = entry.content(der.INTEGER, "revoked serial number")
            when = entry.time("revocation date")
            revoked[serial] = min(when, revoked.get(serial, when))
            if entry:
                _refuse_critical(entry)
            entry.finish("revoked certificate")
    return revoked


def _refuse_critical(cursor: der.Cursor) -> None:
    extensions = cursor.enter(der.SEQUENCE, "revocation list extensions")
    cursor.finish("revocation list extensions")
    while extensions:
        at = extensions.at
        extension = extensions.enter(der.SEQUENCE, "revocation list extension")
        oid = extension.oid("revocation list extension")
        if extension.next_is(der.BOOLEAN) and extension.boolean("criticality"):
            raise CatalogError(
                f"revocation list: critical extension {oid} is refused", offset=at
            )


def check_revocation(
    chain: Sequence[Certificate],
    lists: Sequence[RevocationList],
    *,
    at: datetime,
    policy: TrustPolicy,
) -> bool:
    """Look every certificate of a chain but the anchor up in the given lists.

    A list counts when the certificate's issuer in the chain signed it; its
    entries count from their date on; its silence counts until its next update.

    Returns:
        Whether every certificate was found good; False where one was not
        checked because no list that counts speaks of that time.

    Raises:
        SignatureError: REVOKED: a certificate had been revoked at `at`.
    """
    every = True
    for number, (certificate, issuer) in enumerate(pairwise(chain)):
        checked = False
        for revocation_list in lists:
            if not _counts(revocation_list, issuer, policy):
                continue
            when = revocation_list.revoked.get(certificate.serial)
            if when is not None and when <= at:
                error = SignatureError(
                    SignatureFault.REVOKED,
                    f"{printable_name(certificate.subject)} was revoked on "
                    f"{when:%Y-%m-%d %H:%M:%S} UTC",
                )
                error.place = ChainPlace.INTERMEDIATE if number else ChainPlace.SIGNER
                raise error
            until = revocation_list.next_update
            checked |= until is not None and at <= until
        every = every and checked
    return every and len(chain) > 1


def revocation_gap(
    chain: Sequence[Certificate],
    lists: Sequence[RevocationList],
    *,
    at: datetime,
    policy: TrustPolicy,
) -> str | None:
    """Say which certificate `check_revocation` did not look up, and why.

    Returns:
        None where no list was given, or none is missing.
    """
    if not lists:
        return None
    for certificate, issuer in pairwise(chain):
        named = [known for known in lists if known.issuer == issuer.subject]
        signed = [known for known in named if _counts(known, issuer, policy)]
        ends = [known.next_update for known in signed if known.next_update]
        if any(at <= end for end in ends):
            continue
        whose = printable_name(certificate.subject)
        by = printable_name(issuer.subject)
        if not named:
            return f"{whose}: no list of {by} was given"
        if not signed:
            return f"{whose}: the list of {by} is not signed by it"
        if not ends:
            return f"{whose}: the list of {by} does not say until when it counts"
        return (
            f"{whose}: the list of {by} counts until {max(ends):%Y-%m-%d %H:%M} UTC, "
            f"judged at {at:%Y-%m-%d %H:%M} UTC"
        )
    return None


def _counts(
    revocation_list: RevocationList, issuer: Certificate, policy: TrustPolicy
) -> bool:
    if revocation_list.issuer != issuer.subject:
        return False
    whose = f"the revocation list of {printable_name(issuer.subject)}"
    try:
        usage = key_usage(issuer)
        if usage is not None and LIST_SIGNING not in usage:
            return False
        key = public_key(issuer.public_key, policy, whose)
        algorithm = revocation_list.signature_algorithm
        if algorithm.oid in {oids.RSA, oids.EC}:
            return False
        digest = signature_digest(algorithm, None, whose)
        require_digest(digest, policy, whose, legacy=True)
        verify_signature(
            key,
            revocation_list.signature,
            revocation_list.signed,
            algorithm=algorithm,
            digest=digest,
            whose=whose,
        )
    except (SignatureError, CatalogError):
        return False
    return True
