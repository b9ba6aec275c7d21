"""The verification procedure for signatures on files: cabinets and programs.

The steps are those of catalogs; "structure" and "digest" differ: the signature
is over a digest of the file, computed as its format defines, and over page
hashes where a program file has them.

Source: "Windows Authenticode Portable Executable Signature Format".
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from builder.errors import SignatureError, SignatureFault, refusing
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.nested import verify_nested
from builder.formats.public_key import require_digest
from builder.formats.signature import verify_signed_data
from builder.formats.signer_info import parse_terms
from builder.formats.spc import IndirectData, indirect_data
from builder.model.evidence import VerifiedFile, VerifiedSignature
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.seal import Seal
from builder.model.trust import DEFAULT_POLICY, TrustPolicy


def verify_seal(
    seal: Seal,
    *,
    anchors: Sequence[bytes],
    at: datetime,
    crls: Sequence[bytes] = (),
    policy: TrustPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedFile:
    """Verify the signature that was found on a file.

    Args:
        seal: The signature, and the digests of the file.
        anchors: Certificates that are trusted as they are, as DER.
        at: The time of judgement.
        crls: Revocation lists, as DER.
        policy: What is demanded.
        limits: What is read at most.

    Raises:
        SignatureError: A step failed; `fault` says which.
        LimitError: The signature asks for more than `limits` allow.
        ValueError: `at` has no time zone.
    """
    terms = parse_terms(anchors, crls, at=at, policy=policy)
    with refusing(SignatureFault.STRUCTURE):
        signed = parse_signed_data(seal.signature, limits=limits)
        said = indirect_data(signed)
    signature = verify_signed_data(signed, terms, what="the file")
    _require_file(seal, said)
    _require_strong(said, signature, policy)

    def cover(inner: SignedData) -> tuple[str, None]:
        stated = indirect_data(inner)
        _require_file(seal, stated)
        require_digest(stated.algorithm, policy, "the digest of the file", legacy=False)
        return f"the same file, by {stated.algorithm}", None

    nested = verify_nested(signed.signers[0], terms, cover=cover)
    return VerifiedFile(
        signature=replace(signature, nested=nested),
        digest=said.digest,
        algorithm=said.algorithm,
        padding=seal.padding,
        pages=_count(said),
    )


def _require_file(seal: Seal, said: IndirectData) -> None:
    """Require that a statement is one about this file."""
    if said.kind != seal.kind:
        raise SignatureError(
            SignatureFault.DIGEST, f"signed was a {said.kind}, this is a {seal.kind}"
        )
    if said.digest not in seal.digests.get(said.algorithm, ()):
        raise SignatureError(
            SignatureFault.DIGEST,
            f"the file has another {said.algorithm} digest than the one signed",
        )
    if said.pages is None:
        return
    name, table = said.pages
    if seal.pages.get(name) != table:
        raise SignatureError(
            SignatureFault.DIGEST, "a page has another hash than the one signed"
        )


def _require_strong(
    said: IndirectData, signature: VerifiedSignature, policy: TrustPolicy
) -> None:
    stamp = signature.timestamp
    legacy = stamp is not None and stamp.time < policy.legacy_until
    require_digest(said.algorithm, policy, "the digest of the file", legacy=legacy)


def _count(said: IndirectData) -> int:
    if said.pages is None:
        return 0
    name, table = said.pages
    return len(table) // (4 + {"sha1": 20, "sha256": 32}[name]) - 1
