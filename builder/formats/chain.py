"""From a signer's certificate to an accepted anchor.

OpenSSL finds the path, with an explicit time and without any trust of the
system; then every link, time, constraint and usage is judged again here, over
the octets that the rest of the procedure has read.

Source: RFC 5280, 6.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

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

from builder.errors import (
    CatalogError,
    ChainPlace,
    SignatureError,
    SignatureFault,
    refusing,
)
from builder.formats import oids
from builder.formats.certificate import (
    CERTIFICATE_SIGNING,
    DIGITAL_SIGNATURE,
    Certificate,
    basic_constraints,
    extended_key_usages,
    key_usage,
    parse_certificate,
)
from builder.formats.distinguished_name import printable_name
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
_UNDERSTOOD = {
    oids.KEY_IDENTIFIER,
    oids.KEY_USAGE,
    oids.ALTERNATIVE_NAME,
    oids.BASIC_CONSTRAINTS,
    oids.NAME_CONSTRAINTS,  # judged by OpenSSL
    oids.REVOCATION_POINTS,
    oids.POLICIES,
    oids.ISSUER_KEY_IDENTIFIER,
    oids.EXTENDED_KEY_USAGE,
}


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


def parse_anchors(anchors: Sequence[bytes]) -> tuple[Certificate, ...]:
    """Read the certificates that are trusted.

    Raises:
        SignatureError: ANCHOR: one of them cannot be read.
    """
    with refusing(SignatureFault.ANCHOR, "an anchor cannot be read"):
        return tuple(map(parse_certificate, anchors))


def verify_chain(
    leaf: Certificate, others: Sequence[Certificate], terms: ChainTerms
) -> tuple[Certificate, ...]:
    """Build and judge the chain of `leaf`.

    Args:
        leaf: The signer's certificate.
        others: Certificates to build with, trusted in nothing.
        terms: What the chain is judged by.

    Returns:
        The chain: leaf first, anchor last.

    Raises:
        SignatureError: CHAIN: no path, or a link that does not hold; ANCHOR: the
            path holds but ends elsewhere; VALIDITY: a certificate outside its
            time; ALGORITHM: one too weak; USAGE: one made for something else.
    """
    chain = _find(leaf, others, terms)
    if chain[-1].raw not in {anchor.raw for anchor in terms.anchors}:
        raise SignatureError(SignatureFault.ANCHOR, _ends_in(chain[-1]))
    if len(chain) > terms.policy.chain_length:
        raise SignatureError(SignatureFault.CHAIN, f"{len(chain)} certificates")
    with refusing(SignatureFault.CHAIN):
        _judge_links(chain, terms)
        _judge_times(chain, terms.at)
        _judge_constraints(chain)
        require_usages(chain, terms.usages)
    return chain


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
            if _signs(other, current):
                kept.append(other)
                waiting.append(other)
    return tuple(kept)


def _find(
    leaf: Certificate, others: Sequence[Certificate], terms: ChainTerms
) -> tuple[Certificate, ...]:
    store = X509Store()
    store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
    store.set_time(terms.at.astimezone(UTC))
    for anchor in terms.anchors:
        store.add_cert(_openssl(anchor))
    context = X509StoreContext(
        store,
        _openssl(leaf),
        chain=[_openssl(other) for other in _reachable(leaf, others)],
    )
    try:
        found = context.get_verified_chain()
    except X509StoreContextError as error:
        raise _failure(error, leaf, others, terms) from error
    known = {c.raw: c for c in (leaf, *others, *terms.anchors)}
    return tuple(known[dump_certificate(FILETYPE_ASN1, c)] for c in found)


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
        failure = _invalid(parse_certificate(raw), terms.at)
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
        if current.is_self_issued and _signs(current, current):
            return SignatureError(SignatureFault.ANCHOR, _ends_in(current))
        same = [o for o in others if o.subject == current.issuer and o != current]
        issuer = next((o for o in same if _signs(o, current)), None)
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
    if any(_signs(anchor, current) for anchor in namesakes):
        return SignatureError(SignatureFault.CHAIN, f"no chain: {message}")
    if namesakes:
        reason = f"{name} was not issued by the accepted anchor {issuer_name}, "
        reason += "but by another certificate of that name"
    return SignatureError(SignatureFault.ANCHOR, reason)


def _signs(issuer: Certificate, subject: Certificate) -> bool:
    """Whether the signature of `subject` is one of `issuer`, strong or weak."""
    lenient = TrustPolicy(rsa_bits=0, rsa_exponent=0, curve_bits=0)
    try:
        _verify_link(issuer, subject, lenient, legacy=True)
    except SignatureError:
        return False
    return True


def _verify_link(
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


def _ends_in(certificate: Certificate) -> str:
    name = printable_name(certificate.subject)
    return f"the chain ends in {name}, which is not an accepted anchor"


def _judge_links(chain: Sequence[Certificate], terms: ChainTerms) -> None:
    policy = terms.policy
    for number, certificate in enumerate(chain):
        with _naming_place(number, chain):
            name = printable_name(certificate.subject)
            public_key(certificate.public_key, policy, name)
    for number, (subject, issuer) in enumerate(pairwise(chain)):
        with _naming_place(number, chain), refusing(SignatureFault.CHAIN):
            if subject.issuer != issuer.subject:
                raise CatalogError("two certificates of the chain differ in their name")
            _verify_link(issuer, subject, policy, legacy=terms.legacy)


def _judge_times(chain: Sequence[Certificate], at: datetime) -> None:
    for number, certificate in enumerate(chain):
        if not certificate.not_before <= at <= certificate.not_after:
            with _naming_place(number, chain):
                raise _invalid(certificate, at)


def _invalid(certificate: Certificate, at: datetime) -> SignatureError:
    return SignatureError(
        SignatureFault.VALIDITY,
        f"the certificate of {printable_name(certificate.subject)} is valid from "
        f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}, "
        f"not on {at:%Y-%m-%d}",
    )


def _judge_constraints(chain: Sequence[Certificate]) -> None:
    below = 0  # certificates that issue others and count for a path length
    for number, certificate in enumerate(chain):
        with _naming_place(number, chain), refusing(SignatureFault.CHAIN):
            is_anchor = number == len(chain) - 1
            for extension in certificate.extensions:
                if extension.critical and extension.oid not in _UNDERSTOOD:
                    name = printable_name(certificate.subject)
                    raise CatalogError(f"{name}: critical extension {extension.oid}")
            if number > 0:
                _judge_issuer(certificate, below, is_anchor=is_anchor)
                below += not certificate.is_self_issued


def _judge_issuer(certificate: Certificate, below: int, *, is_anchor: bool) -> None:
    name = printable_name(certificate.subject)
    limits = basic_constraints(certificate)
    if limits is None and not is_anchor:
        raise CatalogError(f"{name} may not issue certificates")
    if limits is not None:
        if not limits.is_ca:
            raise CatalogError(f"{name} may not issue certificates")
        if limits.path_length is not None and below > limits.path_length:
            raise CatalogError(f"{name} may not issue so long a chain")
    usage = key_usage(certificate)
    if usage is not None and CERTIFICATE_SIGNING not in usage:
        raise CatalogError(f"the key of {name} may not sign certificates")


@contextmanager
def _naming_place(number: int, chain: Sequence[Certificate]) -> Iterator[None]:
    """Say in errors where the certificate at fault stands in its chain."""
    try:
        yield
    except SignatureError as error:
        error.place = ChainPlace.INTERMEDIATE
        if number == 0:
            error.place = ChainPlace.SIGNER
        elif number == len(chain) - 1:
            error.place = ChainPlace.ROOT
        raise


def require_usages(chain: Sequence[Certificate], usages: tuple[str, ...]) -> None:
    """Require that a chain, leaf first, is made for extended key usages.

    The leaf has to name each; those above it may be silent or allow any.

    Raises:
        SignatureError: USAGE.
        CatalogError: A usage extension is malformed.
    """
    for place, certificate in enumerate(chain):
        with _naming_place(place, chain):
            allowed = extended_key_usages(certificate)
            if place == 0 or place < len(chain) - 1:
                _require_usages(certificate, allowed, usages, is_leaf=place == 0)


def _require_usages(
    certificate: Certificate,
    allowed: Sequence[str] | None,
    usages: tuple[str, ...],
    *,
    is_leaf: bool,
) -> None:
    usage = key_usage(certificate) if is_leaf else None
    if usage is not None and DIGITAL_SIGNATURE not in usage:
        raise _unfit(certificate, "digital signatures")
    if allowed is None and not is_leaf:
        return
    for wanted in usages:
        if wanted in (allowed or ()):
            continue
        if not is_leaf and oids.ANY_USAGE in (allowed or ()):
            continue
        raise _unfit(certificate, f"extended key usage {wanted}")


def _unfit(certificate: Certificate, purpose: str) -> SignatureError:
    name = printable_name(certificate.subject)
    return SignatureError(
        SignatureFault.USAGE, f"the certificate of {name} is not made for {purpose}"
    )
