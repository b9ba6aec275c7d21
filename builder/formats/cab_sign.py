"""Signatures appended to cabinets: what `cab_seal` finds, written.

Source: "Windows Authenticode Portable Executable Signature Format"; the bytes
of signatures on genuine .msu and .cab files.
"""

import hashlib
from collections.abc import Iterator
from struct import Struct

from builder.errors import PlanError
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.cab_seal import cabinet_digest
from builder.formats.cms_build import sign_content
from builder.formats.ctl_subject import serialize_subject
from builder.model.catalog import MemberForm
from builder.model.signer import Signer, TimestampAuthority

_SIZE_AT = 8  # CFHEADER.cbCabinet
_PLACE_AT = 44
_PLACE = Struct("<II")  # where the signature starts, and its length
_RESERVED = bytes.fromhex("1400000000001000")
_LINK = "<<<Obsolete>>>"
_NULL = der.encode(der.NULL)
_PAD = 8
_CHUNK = 1 << 20


def sign_cabinet(
    data: Buffer, signer: Signer, *, authority: TimestampAuthority | None = None
) -> Iterator[bytes]:
    """Yield a cabinet with its signature behind it.

    Args:
        data: A cabinet packed with room for a signature.
        signer: Who signs.
        authority: Who states the time of the signature; None: nobody.

    Raises:
        PlanError: There is no room for a signature in the header.
        SignatureError: The signer or the authority cannot do its part.
    """
    with memoryview(data) as view:
        if view[36:44] != _RESERVED:
            raise PlanError("the cabinet has no room for a signature in its header")
        (size,) = Struct("<I").unpack_from(view, _SIZE_AT)
        digest = cabinet_digest(view, size, "sha256")
        signature = sign_content(
            oids.INDIRECT_DATA, _indirect_data(digest), signer, authority=authority
        )
        padded = signature + bytes(-len(signature) % _PAD)
        yield bytes(view[:_PLACE_AT])
        yield _PLACE.pack(size, len(padded))
        for start in range(_PLACE_AT + _PLACE.size, size, _CHUNK):
            yield bytes(view[start : min(start + _CHUNK, size)])
        yield padded


def _indirect_data(digest: bytes) -> bytes:
    """Return the SpcIndirectDataContent of a cabinet."""
    algorithm = der.encode(
        der.SEQUENCE, der.encode_oid(oids.DIGEST_OIDS[hashlib.sha256().name]), _NULL
    )
    info = der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTET_STRING, digest))
    # Cabinets and flat files share one number for their subject.
    return der.encode(der.SEQUENCE, serialize_subject(MemberForm.FLAT, _LINK), info)
