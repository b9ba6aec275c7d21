"""Whether a payload file is the one that its manifest describes."""

from builder.model.inventory import Facts
from builder.model.subject import PromisedFile


def digest_like(facts: Facts, digest: bytes) -> bytes | None:
    """Return the observed digest of the length that was promised."""
    return {20: facts.sha1, 32: facts.sha256}.get(len(digest))


def is_another(promise: PromisedFile) -> bool:
    """Tell whether a file is there and has another digest than promised."""
    member, digest = promise.member, promise.file.digest
    if member is None or member.facts is None or digest is None:
        return False
    return digest_like(member.facts, digest) not in (None, digest)
