"""The path from a signer's certificate to an anchor, as OpenSSL finds it.

It looks with an explicit time and without any trust of the system, and is shown
only links whose signatures hold.

Source: RFC 5280, 6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from OpenSSL.crypto import (
    FILETYPE_ASN1,
    X509,
    Error,
    X509Store,
    X509StoreContext,
    X509StoreContextError,
    X509StoreFlags,
    dump_certificate,
    load_certificate,
)

from builder.errors import ChainPlace, SignatureError, SignatureFault, refusing
from builder.formats.certificate import (
    Certificate,
    basic_constraints,
    parse_certificate,
)
from builder.formats.distinguished_name import printable_name
from builder.formats.microsoft_roots import FINGERPRINTS
from builder.formats.public_key import (
    public_key,
    require_digest,
    signature_digest,
    verify_signature,
)
from builder.model.trust import TrustPolicy

_OUTSIDE_VALIDITY = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, _HAS_EXPIRED
_UNRESOLVED = {2, 7, 18, 19, 20, 21, 27}  # no issuer, wrong signature, untrusted
_ATTEMPTS = 256  # signatures verified while links are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTerms:
    """What a chain is judged by.

    Attributes:
        anchors: Certificates that are trusted as they are, octet for octet.
        at: The time of validity, in UTC.
        usages: Extended key usages that the whole chain must allow.
        legacy: The policy's legacy digests count.
    """

    anchors: tuple[Certificate, ...]
    at: datetime
    usages: tuple[str, ...]
    policy: TrustPolicy
    legacy: bool = False


def _reachable(
    leaf: Certificate, others: Sequence[Certificate]
) -> tuple[Certificate, ...]:
    """Keep what signed the leaf, what signed that, and so on.

    OpenSSL takes the first issuer of the right name and does not look back; of
    two certificates of one name it must see only the one that signed.
    """
    kept: list[Certificate] = []
    waiting = [leaf]
    attempts = 0
    while waiting:
        current = waiting.pop()
        for other in others:
            if other.subject != current.issuer or other in kept or other == current:
                continue
            attempts += 1
            if attempts > _ATTEMPTS:
                name = printable_name(current.issuer)
                raise SignatureError(
                    SignatureFault.CHAIN, f"too many certificates of {name}"
                )
            if signs(other, current):
                kept.append(other)
                waiting.append(other)
    return tuple(kept)


def find_path(
    leaf: Certificate, others: Sequence[Certificate], terms: ChainTerms
) -> tuple[Certificate, ...]:
    """Find the certificates that lead from a leaf to an anchor.

    Nothing that is found is judged here.

    Returns:
        The path: leaf first; the last may be no anchor.

    Raises:
        SignatureError: CHAIN, ANCHOR or VALIDITY: there is no path.
    """
    links = _reachable(leaf, others)
    with refusing(SignatureFault.ANCHOR, "an anchor cannot be read"):
        bare = tuple(filter(_is_bare, terms.anchors))
    below = dict(_signed_by((leaf, *links), bare))
    store = X509Store()
    store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
    store.set_time(terms.at.astimezone(UTC))
    shown = [link for link in links if link not in bare]
    ends = [anchor for anchor in terms.anchors if anchor not in bare]
    ends += [link for link in (leaf, *links) if link.raw in below]
    for end in ends:
        store.add_cert(_openssl(end))
    context = X509StoreContext(
        store, _openssl(leaf), chain=[_openssl(link) for link in shown]
    )
    try:
        found = context.get_verified_chain()
    except X509StoreContextError as error:
        raise _failure(error, leaf, others, terms) from error
    known = {c.raw: c for c in (leaf, *others, *terms.anchors)}
    path = tuple(known[dump_certificate(FILETYPE_ASN1, c)] for c in found)
    beyond = below.get(path[-1].raw)
    return path if beyond is None else (*path, beyond)


def _is_bare(anchor: Certificate) -> bool:
    """Tell whether an anchor is a pinned root without basic constraints.

    OpenSSL lets no certificate of version 3 issue others without them, and a
    root of 1997 has none.  It is shown what that root signed instead.
    """
    return anchor.sha256 in FINGERPRINTS and basic_constraints(anchor) is None


def _signed_by(
    links: Sequence[Certificate], anchors: Sequence[Certificate]
) -> Iterator[tuple[bytes, Certificate]]:
    """Yield what an anchor signed, but for anchors, and that anchor."""
    for anchor in anchors:
        for link in links:
            is_named = link.issuer == anchor.subject and link not in anchors
            if is_named and signs(anchor, link):
                yield link.raw, anchor


def _openssl(certificate: Certificate) -> X509:
    try:
        return load_certificate(FILETYPE_ASN1, certificate.raw)
    except (Error, ValueError) as error:
        name = printable_name(certificate.subject)
        raise SignatureError(
            SignatureFault.CHAIN, f"the certificate of {name} cannot be used"
        ) from error


def _failure(
    error: X509StoreContextError,
    leaf: Certificate,
    others: Sequence[Certificate],
    terms: ChainTerms,
) -> SignatureError:
    code, _, message = error.errors
    if code in _OUTSIDE_VALIDITY:
        raw = dump_certificate(FILETYPE_ASN1, error.certificate)
        failure = invalid(parse_certificate(raw), terms.at)
    elif code in _UNRESOLVED:
        return _dead_end(leaf, others, terms, message)
    else:
        raw = dump_certificate(FILETYPE_ASN1, error.certificate)
        failure = SignatureError(SignatureFault.CHAIN, f"no chain: {message}")
    failure.place = ChainPlace.INTERMEDIATE
    if raw == leaf.raw:
        failure.place = ChainPlace.SIGNER
    elif raw in {anchor.raw for anchor in terms.anchors}:
        failure.place = ChainPlace.ROOT
    return failure


def _dead_end(
    leaf: Certificate,
    others: Sequence[Certificate],
    terms: ChainTerms,
    message: str,
) -> SignatureError:
    """Follow the issuers as far as signatures hold, and say where that ends."""
    current = leaf
    for _ in range(terms.policy.chain_length):
        if current.is_self_issued and signs(current, current):
            return SignatureError(SignatureFault.ANCHOR, ends_in(current))
        same = [o for o in others if o.subject == current.issuer and o != current]
        issuer = next((o for o in same if signs(o, current)), None)
        if issuer is None:
            break
        current = issuer
    else:
        return SignatureError(SignatureFault.CHAIN, "the chain has no end")
    name, issuer_name = map(printable_name, (current.subject, current.issuer))
    if same:
        error = SignatureError(
            SignatureFault.CHAIN,
            f"the certificate of {name} is not signed by the certificate of "
            f"{issuer_name} that the signature carries",
        )
        is_leaf = current == leaf
        error.place = ChainPlace.SIGNER if is_leaf else ChainPlace.INTERMEDIATE
        return error
    reason = f"{name} was issued by {issuer_name}, which is not an accepted anchor"
    namesakes = [a for a in terms.anchors if a.subject == current.issuer]
    if any(signs(anchor, current) for anchor in namesakes):
        return SignatureError(SignatureFault.CHAIN, f"no chain: {message}")
    if namesakes:
        reason = f"{name} was not issued by the accepted anchor {issuer_name}, "
        reason += "but by another certificate of that name"
    return SignatureError(SignatureFault.ANCHOR, reason)


def signs(issuer: Certificate, subject: Certificate) -> bool:
    """Tell whether the signature of `subject` is one of `issuer`, strong or weak."""
    lenient = TrustPolicy(rsa_bits=0, rsa_exponent=0, curve_bits=0)
    try:
        verify_link(issuer, subject, lenient, legacy=True)
    except SignatureError:
        return False
    return True


def verify_link(
    issuer: Certificate, subject: Certificate, policy: TrustPolicy, *, legacy: bool
) -> None:
    name = printable_name(subject.subject)
    whose = f"the certificate of {name}"
    algorithm = subject.signature_algorithm
    digest = signature_digest(algorithm, None, whose)
    require_digest(digest, policy, whose, legacy=legacy)
    key = public_key(issuer.public_key, policy, printable_name(issuer.subject))
    verify_signature(
        key,
        subject.signature,
        subject.signed,
        algorithm=algorithm,
        digest=digest,
        whose=whose,
    )


def ends_in(certificate: Certificate) -> str:
    name = printable_name(certificate.subject)
    return f"the chain ends in {name}, which is not an accepted anchor"


def invalid(certificate: Certificate, at: datetime) -> SignatureError:
    return SignatureError(
        SignatureFault.VALIDITY,
        f"the certificate of {printable_name(certificate.subject)} is valid from "
        f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}, "
        f"not on {at:%Y-%m-%d}",
    )
