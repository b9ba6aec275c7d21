"""The signature that is embedded in a program file, and what it covers.

Source: "PE Format", the attribute certificate table (WIN_CERTIFICATE);
"Windows Authenticode Portable Executable Signature Format".
"""

import hashlib
from collections.abc import Mapping
from struct import Struct

from builder.errors import CatalogError, PeError, SignatureError, SignatureFault
from builder.formats import der
from builder.formats.buffer import Buffer
from builder.formats.page_hash import page_hashes
from builder.formats.pe import (
    HEADERS_LIMIT,
    TABLE_LIMIT,
    PeHeaders,
    Span,
    parse_headers,
)
from builder.formats.spc import wanted_digests, wanted_pages
from builder.model.inventory import PeFacts
from builder.model.seal import IMAGE, Seal

# length with these 8 bytes, revision, type.
_CERTIFICATE = Struct("<I2H")
_REVISION, _SIGNED_DATA = 0x200, 2
_CHUNK = 1 << 20
_PADDING = 8


def image_seal(data: Buffer) -> Seal | None:
    """Take the signature of a program file with what it speaks of.

    Returns:
        None where there is no signature.

    Raises:
        PeError: The file is no program file, or damaged.
        SignatureError: STRUCTURE: the certificate table is not as it should be.
    """
    with memoryview(data) as view:
        headers = parse_headers(bytes(view[:HEADERS_LIMIT]))
        table = headers.certificates
        if table is None:
            return None
        if table.end > len(view):
            raise PeError(f"certificate table ends at byte {table.end:#x}")
        if table.end - table.start > TABLE_LIMIT:
            raise _bad(f"a certificate table of {table.end - table.start} bytes")
        signature, padding = table_signature(bytes(view[table.start : table.end]))
        digests = {
            name: _digests(view, headers, name) for name in wanted_digests(signature)
        }
        pages = {
            name: page_hashes(view, name, most)
            for name, most in wanted_pages(signature).items()
        }
    return Seal(
        kind=IMAGE, signature=signature, digests=digests, pages=pages, padding=padding
    )


def observed_seal(facts: PeFacts, pages: Mapping[str, bytes]) -> Seal:
    """Take the signature of a program file that was observed in one pass.

    Args:
        facts: Of a file that is signed.
        pages: Its tables of page hashes by algorithm, those that
            `wanted_pages` names.

    Raises:
        SignatureError: STRUCTURE: the certificate table is not as it should be.
    """
    if not facts.certificates:
        raise _bad(f"a certificate table of more than {TABLE_LIMIT} bytes, or none")
    signature, padding = table_signature(facts.certificates)
    digests = {
        name: (image.unpadded, image.padded)
        for name, image in (("sha1", facts.sha1), ("sha256", facts.sha256))
    }
    return Seal(
        kind=IMAGE, signature=signature, digests=digests, pages=pages, padding=padding
    )


def _digests(view: memoryview, headers: PeHeaders, name: str) -> tuple[bytes, ...]:
    """Return the image hash as it is, and padded as Windows pads it."""
    digest = hashlib.new(name, usedforsecurity=False)
    gaps = (headers.checksum, headers.security, headers.certificates)
    start = 0
    for gap in (
        *(gap for gap in gaps if gap is not None),
        Span(start=len(view), end=len(view)),
    ):
        for at in range(start, gap.start, _CHUNK):
            digest.update(view[at : min(at + _CHUNK, gap.start)])
        start = gap.end
    padded = digest.copy()
    table = headers.certificates
    size = len(view) - (0 if table is None else table.end - table.start)
    padded.update(bytes(-size % _PADDING))
    return digest.digest(), padded.digest()


def table_signature(table: bytes) -> tuple[bytes, int]:
    """Return the signature in a certificate table, and how much follows it.

    Returns:
        The signature, and the number of octets behind it beyond the zeros that
        fill up to a multiple of 8.

    Raises:
        SignatureError: STRUCTURE: the table is not as it should be.
    """
    if len(table) < _CERTIFICATE.size:
        raise _bad("a certificate table without an entry")
    length, revision, kind = _CERTIFICATE.unpack_from(table)
    if (revision, kind) != (_REVISION, _SIGNED_DATA):
        raise _bad(f"an entry of revision {revision:#x} and type {kind}")
    if not _CERTIFICATE.size < length <= len(table):
        raise _bad(f"an entry of {length} bytes")
    if len(table) - length >= 8 or any(table[length:]):
        raise _bad("more than one entry in the certificate table")
    octets = table[_CERTIFICATE.size : length]
    try:
        _, _, stop = der.header(octets, 0, len(octets))
    except CatalogError as error:
        raise _bad(error.reason) from error
    rest = octets[stop:]
    is_usual = len(rest) < 8 and not any(rest)
    return octets[:stop], 0 if is_usual else len(rest)


def _bad(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.STRUCTURE, reason)
