"""Say what signatures rest on: policies, time stamps, anchors, what is weak."""

from collections import Counter
from collections.abc import Iterator

from builder.model.evidence import VerifiedSignature
from builder.model.subject import JudgedCatalog, JudgedSeal


def common_part(name: str) -> str:
    """Return the common name of an RFC 4514 text, or all of it."""
    parts = [part[3:] for part in name.split(",") if part.startswith("CN=")]
    return parts[0] if parts else name


def policy_sentence(signature: VerifiedSignature) -> str:
    """Return which policy was applied and which are met."""
    met = ", ".join(signature.met)
    return f"policy {signature.policy} applied; met: {met}"


def stamp_sentence(signature: VerifiedSignature) -> str:
    """Return when validity was judged, and on whose word."""
    stamp = signature.timestamp
    if stamp is None:
        return f"no time stamp, judged at {signature.judged_at:%Y-%m-%d %H:%M} UTC"
    authority = common_part(stamp.chain[0].subject)
    return f"stamped {stamp.time:%Y-%m-%d %H:%M} UTC by {authority} ({stamp.kind})"


def catalog_sentences(catalogs: tuple[JudgedCatalog, ...]) -> Iterator[str]:
    """Yield what the verified catalogs have in common, with their number."""
    sentences: Counter[str] = Counter()
    for judged in catalogs:
        if judged.verified is None:
            continue
        signature = judged.verified.signature
        sentences[policy_sentence(signature)] += 1
        if signature.timestamp is not None:
            day = f"{signature.timestamp.time:%Y-%m-%d}"
            sentences[f"stamped on {day} ({signature.timestamp.kind})"] += 1
        for sentence in nested_sentences(signature):
            sentences[sentence] += 1
    for sentence, count in sentences.items():
        noun = "catalog" if count == 1 else "catalogs"
        yield f"{count:,} {noun}: {sentence}"


def seal_sentences(seals: tuple[JudgedSeal, ...]) -> Iterator[str]:
    """Yield a sentence about each verified signature on a file."""
    for judged in seals:
        if judged.verified is None:
            continue
        signature = judged.verified.signature
        place = "!".join(judged.container.where)
        signer, anchor = (common_part(signature.chain[n].subject) for n in (0, -1))
        parts = [
            f"signature of {place} by {signer} under {anchor}",
            f"digest by {judged.verified.algorithm}",
            stamp_sentence(signature),
            policy_sentence(signature),
            *nested_sentences(signature),
        ]
        yield "; ".join(parts)


def nested_sentences(signature: VerifiedSignature) -> Iterator[str]:
    """Yield a sentence about each nested signature."""
    for nested in signature.nested:
        if nested.verified is None:
            reason = "" if nested.fault is None else nested.fault.reason
            yield f"a nested signature over {nested.covers} does not hold: {reason}"
            continue
        inner = nested.verified
        signer = common_part(inner.chain[0].subject)
        yield (
            f"a nested signature over {nested.covers} by {signer} "
            f"({inner.digest_algorithm}) holds"
        )
