"""Signatures inside signatures: each is judged by itself and reported.

The unsigned attribute 1.3.6.1.4.1.311.2.4.1 of a signer carries whole
SignedData values.  Nothing of the first signature rests on them.

Source: observed in genuine packages for Windows 6.0 to 8.1, where the first
signature uses SHA-1 and the nested one SHA-256.
"""

from collections.abc import Callable, Iterator

from builder.errors import (
    CatalogError,
    LimitError,
    LocatedError,
    SignatureError,
    SignatureFault,
)
from builder.formats import oids
from builder.formats.cms import SignedData, SignerInfo, parse_signed_data
from builder.formats.signature import verify_signed_data
from builder.formats.signer_info import Terms
from builder.model.evidence import NestedSignature, VerifiedSignature

_MOST = 16  # nested signatures that are judged; genuine ones are one or two

Cover = Callable[[SignedData], tuple[str, bytes | None]]
"""Says what a nested signature covers, and its content where it is detached.

Raises a SignatureError or CatalogError where it covers something else.
"""


def verify_nested(
    signer: SignerInfo, terms: Terms, *, cover: Cover
) -> tuple[NestedSignature, ...]:
    """Judge every signature that a signer's unsigned attributes carry.

    Of more than 16 the others are reported as one that is refused.
    """
    values = tuple(_values(signer))
    judged = [_judged(raw, terms, cover) for raw in values[:_MOST]]
    if len(values) > _MOST:
        reason = f"there are more than {_MOST}"
        fault = SignatureError(SignatureFault.STRUCTURE, reason)
        judged.append(NestedSignature(covers="what was not looked at", fault=fault))
    return tuple(judged)


def _values(signer: SignerInfo) -> Iterator[bytes]:
    for attribute in signer.unsigned_attributes:
        if attribute.oid == oids.NESTED_SIGNATURE:
            yield from attribute.values


def _judged(raw: bytes, terms: Terms, cover: Cover) -> NestedSignature:
    covers = "what cannot be read"
    try:
        signed = parse_signed_data(raw, inner=True)
        covers, content = cover(signed)
        verified = _verified(signed, terms, content)
    except (SignatureError, CatalogError, LimitError) as error:
        return NestedSignature(covers=covers, fault=_fault(error))
    return NestedSignature(covers=covers, verified=verified)


def _verified(
    signed: SignedData, terms: Terms, content: bytes | None
) -> VerifiedSignature:
    what = "the nested signature"
    verified = verify_signed_data(signed, terms, what=what, content=content)
    if any(_values(signed.signers[0])):
        raise SignatureError(SignatureFault.STRUCTURE, "it has nested ones itself")
    return verified


def _fault(error: LocatedError) -> SignatureError:
    if isinstance(error, SignatureError):
        return error
    return SignatureError(SignatureFault.STRUCTURE, error.reason, offset=error.offset)
