"""The links of a chain of custody that a signature makes, or breaks."""

from collections.abc import Iterable, Iterator

from builder.errors import ChainPlace, SignatureError, SignatureFault
from builder.model.custody import Link, LinkKind, LinkState
from builder.model.evidence import SignerCertificate, VerifiedSignature

_HOLDS, _BROKEN = LinkState.HOLDS, LinkState.BROKEN
_KINDS = {
    ChainPlace.SIGNER: LinkKind.SIGNER,
    ChainPlace.INTERMEDIATE: LinkKind.INTERMEDIATE,
    ChainPlace.ROOT: LinkKind.ROOT,
}
_AT_ROOT = (SignatureFault.ANCHOR, SignatureFault.IMPOSTOR)


def signature_links(signature: VerifiedSignature) -> Iterator[Link]:
    """Yield the links from a verified signature to its root."""
    leaf, anchor = signature.chain[0], signature.chain[-1]
    yield Link(
        kind=LinkKind.SIGNER,
        state=_HOLDS,
        says=f"{leaf.subject}, {signature.digest_algorithm}",
        details=(
            policy_sentence(signature),
            *signature.weak,
            _revocation(checked=signature.revocation_checked),
            *nested_sentences(signature),
        ),
    )
    stamp = signature.timestamp
    if stamp is None:
        yield Link(
            kind=LinkKind.TIMESTAMP,
            state=LinkState.ABSENT,
            says=f"none; judged at {signature.judged_at:%Y-%m-%d %H:%M:%S} UTC",
        )
    else:
        yield Link(
            kind=LinkKind.TIMESTAMP,
            state=_HOLDS,
            says=f"{stamp.time:%Y-%m-%d %H:%M:%S} UTC, {stamp.kind}",
            details=(
                *_issuers(stamp.chain),
                _revocation(checked=stamp.revocation_checked),
            ),
        )
    yield Link(
        kind=LinkKind.ROOT,
        state=_HOLDS,
        says=f"{anchor.subject}, sha256 {anchor.sha256}",
        details=tuple(_issuers(signature.chain)),
    )


def _issuers(chain: Iterable[SignerCertificate]) -> Iterator[str]:
    for certificate in chain:
        start, end = certificate.not_before, certificate.not_after
        yield f"{certificate.subject}: {start:%Y-%m-%d} to {end:%Y-%m-%d}"


def _revocation(*, checked: bool) -> str:
    return f"revocation: {'looked up, not revoked' if checked else 'not checked'}"


def fault_links(fault: SignatureError) -> Iterator[Link]:
    """Yield the links up to the one that a failed step breaks."""
    kind = _broken_kind(fault)
    if fault.fault is SignatureFault.TIMESTAMP:
        says = "the signature holds; its chain was not judged"
        yield Link(kind=LinkKind.SIGNER, state=LinkState.UNCHECKED, says=says)
    elif kind is not LinkKind.SIGNER:
        says = "the signature holds"
        yield Link(kind=LinkKind.SIGNER, state=_HOLDS, says=says)
    yield Link(kind=kind, state=_BROKEN, says=f"{fault.fault}: {fault.reason}")


def _broken_kind(fault: SignatureError) -> LinkKind:
    if fault.fault is SignatureFault.TIMESTAMP:
        return LinkKind.TIMESTAMP
    if fault.fault in _AT_ROOT:
        return LinkKind.ROOT
    return LinkKind.SIGNER if fault.place is None else _KINDS[fault.place]


def policy_sentence(signature: VerifiedSignature) -> str:
    """Return which policy was applied and which are met."""
    met = ", ".join(signature.met)
    return f"policy {signature.policy} applied; met: {met}"


def nested_sentences(signature: VerifiedSignature) -> Iterator[str]:
    """Yield a sentence about each nested signature."""
    for nested in signature.nested:
        if nested.verified is None:
            reason = "" if nested.fault is None else nested.fault.reason
            yield f"a nested signature over {nested.covers} does not hold: {reason}"
            continue
        inner = nested.verified
        signer = inner.chain[0].common_name
        yield (
            f"a nested signature over {nested.covers} by {signer} "
            f"({inner.digest_algorithm}) holds"
        )
