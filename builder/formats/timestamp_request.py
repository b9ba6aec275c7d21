"""Requests to a time-stamp authority, and its answers.

Source: RFC 3161, 2.4.1 and 2.4.2.
"""

from builder.errors import CatalogError, SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.cms import parse_signed_data
from builder.formats.tst_info import parse_timestamp_info

_GRANTED = (0, 1)  # granted, granted with modifications
_TRUE = b"\x01\x01\xff"
_SHA256 = der.encode(
    der.SEQUENCE, der.encode_oid(oids.DIGEST_OIDS["sha256"]), der.encode(der.NULL)
)


def serialize_request(digest: bytes) -> bytes:
    """Return the request for a stamp with certificates, over a SHA-256 digest.

    It carries no number used once, so that equal requests are equal bytes; an
    old answer would be an earlier, true statement about the same digest.
    """
    imprint = der.encode(der.SEQUENCE, _SHA256, der.encode(der.OCTET_STRING, digest))
    return der.encode(der.SEQUENCE, der.encode_integer(1), imprint, _TRUE)


def parse_response(data: Buffer, digest: bytes) -> bytes:
    """Return the token of an answer, which has to be about `digest`.

    Its signature is judged where the signed file is.

    Raises:
        SignatureError: TIMESTAMP: the authority refuses, or answers another
            question, or what came back is no answer.
    """
    try:
        return _token(bytes(data), digest)
    except CatalogError as error:
        raise _fault(f"no time-stamp answer: {error.reason}") from error


def _token(data: bytes, digest: bytes) -> bytes:
    der.check(data)
    outer = der.Cursor(data)
    body = outer.enter(der.SEQUENCE, "answer")
    outer.finish("answer")
    status = body.enter(der.SEQUENCE, "status").integer("status")
    if status not in _GRANTED:
        raise _fault(f"the time-stamp authority refuses (status {status})")
    token = body.raw("token", der.SEQUENCE)
    body.finish("answer")
    info = parse_timestamp_info(parse_signed_data(token, inner=True).content.tobytes())
    if oids.DIGESTS.get(info.algorithm.oid) != "sha256" or info.imprint != digest:
        raise _fault("the time-stamp authority stamped something else")
    return token


def _fault(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.TIMESTAMP, reason)
