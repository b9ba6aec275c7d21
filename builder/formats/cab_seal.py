"""The signature that is appended to a cabinet, and what it covers.

Covered is the cabinet up to its announced end, but for the fields that a set
or a signer may still change: reserved1 (bytes 4 to 7), the number in the set
and the sizes of the reserved areas (34 to 39), and what the reserved header
says about the place of the signature (40 to 55).

Source: "Microsoft Cabinet Format", CFHEADER; what is covered was found by
trying every choice of fields on the signatures of genuine packages.
"""

import hashlib
from struct import Struct

from builder.errors import SignatureError, SignatureFault
from builder.formats import der
from builder.formats.buffer import Buffer
from builder.formats.cab import announced_signature
from builder.formats.spc import wanted_digests
from builder.model.cabinet import Cabinet
from builder.model.seal import CABINET, Seal

_FIRST = ((0, 4), (8, 34), (56, 60))  # bytes of the header that are covered
_BODY = 60
_HEADER_RESERVE = Struct("<HBB")
_CHUNK = 1 << 20


def cabinet_seal(data: Buffer, cabinet: Cabinet) -> Seal | None:
    """Take the signature of a cabinet with the digests that it speaks of.

    Args:
        data: The whole file.
        cabinet: What `parse_cab` says of it.

    Returns:
        None where there is no signature.

    Raises:
        SignatureError: STRUCTURE: what the signature leaves uncovered is not
            what signed cabinets have there.  UNSIGNED: the header announces a
            signature, and the file ends before it.
    """
    place = cabinet.signature
    if place is None:
        _require_unannounced(cabinet)
        return None
    with memoryview(data) as view:
        _require_plain(view, cabinet)
        signature = bytes(view[place.offset : place.offset + place.size])
        _, _, end = der.header(signature, 0, len(signature))
        signature = signature[:end]
        digests = {
            name: (cabinet_digest(view, cabinet.size, name),)
            for name in wanted_digests(signature)
        }
    return Seal(kind=CABINET, signature=signature, digests=digests)


def _require_unannounced(cabinet: Cabinet) -> None:
    """Refuse a cabinet that was signed and is cut off where the signature was."""
    announced = announced_signature(cabinet.header_reserve)
    if announced is None or cabinet.trailing:
        return
    offset, length, *_ = announced
    if offset == cabinet.size and length:
        reason = f"the header announces a signature of {length:,} bytes; it is absent"
        raise SignatureError(SignatureFault.UNSIGNED, reason, offset=cabinet.size)


def _require_plain(view: memoryview, cabinet: Cabinet) -> None:
    """Refuse what could differ under one signature."""
    sizes = _HEADER_RESERVE.unpack_from(view, 36)
    plain = (
        not any(view[4:8])
        and cabinet.index == 0
        and sizes == (20, 0, 0)
        and not any(view[52:60])
    )
    if not plain:
        raise SignatureError(
            SignatureFault.STRUCTURE,
            "header fields that the signature does not cover are not as usual",
            offset=4,
        )


def cabinet_digest(view: memoryview, size: int, name: str) -> bytes:
    """Return the digest of what a signature covers of a cabinet.

    Args:
        view: The whole file.
        size: Of the cabinet in it, in bytes.
        name: Of the algorithm.
    """
    digest = hashlib.new(name, usedforsecurity=False)
    for start, end in _FIRST:
        digest.update(view[start:end])
    for at in range(_BODY, size, _CHUNK):
        digest.update(view[at : min(at + _CHUNK, size)])
    return digest.digest()
