"""From a signer's certificate to an accepted anchor.

OpenSSL finds the path, with an explicit time and without any trust of the
system; then every link, time, constraint and usage is judged again here, over
the octets that the rest of the procedure has read.

Source: RFC 5280, 6.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1
from itertools import pairwise
from typing import Final

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
from builder.formats.chain_path import ChainTerms as ChainTerms  # noqa: PLC0414 - exported
from builder.formats.chain_path import ends_in, find_path, invalid, verify_link
from builder.formats.distinguished_name import printable_name
from builder.formats.microsoft_roots import DISTRUSTED
from builder.formats.public_key import public_key

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

REMEMBERED: Final = 32
"""The most chains that are remembered; the catalogs of a package share a few."""

_ANY_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
_held: dict[tuple[object, ...], tuple[Certificate, ...]] = {}


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

    The thousands of catalogs of one package have a few chains between them: those
    that held of late are remembered, by all arguments in full.  Of the time it
    counts only how it stands to the bounds of every certificate's validity.

    Args:
        leaf: The signer's certificate.
        others: Certificates to build with, trusted in nothing.
        terms: What the chain is judged by.

    Returns:
        The chain: leaf first, anchor last.

    Raises:
        SignatureError: CHAIN: no path, or a link that does not hold; ANCHOR: the
            path holds but ends elsewhere; VALIDITY: a certificate outside its
            time; ALGORITHM: one too weak; USAGE: one made for something else;
            REVOKED: one that everybody distrusts.
    """
    others = tuple(others)
    standing = _standing((leaf, *others, *terms.anchors), terms.at)
    key = (leaf, others, replace(terms, at=_ANY_TIME), standing)
    chain = _held.get(key)
    if chain is None:
        chain = _verified(leaf, others, terms)
        if len(_held) >= REMEMBERED:
            _held.clear()
        _held[key] = chain
    return chain


def forget_chains() -> None:
    """Let go of all chains that held."""
    _held.clear()


def _standing(certificates: Sequence[Certificate], at: datetime) -> tuple[int, ...]:
    """Tell between or at which of all bounds of validity a time lies.

    OpenSSL looks at the whole second, the rest of the procedure at the time itself.
    """
    bounds = sorted(t for c in certificates for t in (c.not_before, c.not_after))
    moments = (at, at.replace(microsecond=0))
    return tuple(
        find(bounds, moment)
        for moment in moments
        for find in (bisect_left, bisect_right)
    )


def _verified(
    leaf: Certificate, others: Sequence[Certificate], terms: ChainTerms
) -> tuple[Certificate, ...]:
    chain = find_path(leaf, others, terms)
    if chain[-1].raw not in {anchor.raw for anchor in terms.anchors}:
        raise SignatureError(SignatureFault.ANCHOR, ends_in(chain[-1]))
    if len(chain) > terms.policy.chain_length:
        raise SignatureError(SignatureFault.CHAIN, f"{len(chain)} certificates")
    _require_trusted(chain)
    with refusing(SignatureFault.CHAIN):
        _judge_links(chain, terms)
        _judge_times(chain, terms.at)
        _judge_constraints(chain)
        require_usages(chain, terms.usages)
    return chain


def _require_trusted(chain: Sequence[Certificate]) -> None:
    for number, certificate in enumerate(chain):
        fingerprint = sha1(certificate.raw, usedforsecurity=False).hexdigest()
        if fingerprint in DISTRUSTED:
            name = printable_name(certificate.subject)
            with _naming_place(number, chain):
                raise SignatureError(
                    SignatureFault.REVOKED, f"{name} is distrusted by its own publisher"
                )


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
            verify_link(issuer, subject, policy, legacy=terms.legacy)


def _judge_times(chain: Sequence[Certificate], at: datetime) -> None:
    for number, certificate in enumerate(chain):
        if not certificate.not_before <= at <= certificate.not_after:
            with _naming_place(number, chain):
                raise invalid(certificate, at)


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
