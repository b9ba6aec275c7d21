"""Say what signatures rest on: policies, time stamps, anchors, what is weak."""

from collections import Counter
from collections.abc import Iterator

from builder.model.evidence import VerifiedSignature
from builder.model.subject import JudgedCatalog, JudgedSeal
from builder.steps.links import nested_sentences, policy_sentence


def stamp_sentence(signature: VerifiedSignature) -> str:
    """Return when validity was judged, and on whose word."""
    stamp = signature.timestamp
    if stamp is None:
        return f"no time stamp, judged at {signature.judged_at:%Y-%m-%d %H:%M} UTC"
    authority = stamp.chain[0].common_name
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
        signer, anchor = (signature.chain[n].common_name for n in (0, -1))
        parts = [
            f"signature of {place} by {signer} under {anchor}",
            f"digest by {judged.verified.algorithm}",
            stamp_sentence(signature),
            policy_sentence(signature),
            *nested_sentences(signature),
        ]
        yield "; ".join(parts)
