"""The signature that is embedded in a program file, and what it covers.

Source: "PE Format", the attribute certificate table (WIN_CERTIFICATE);
"Windows Authenticode Portable Executable Signature Format".
"""

import hashlib
from struct import Struct

from builder.errors import CatalogError, PeError, SignatureError, SignatureFault
from builder.formats import der
from builder.formats.buffer import Buffer
from builder.formats.page_hash import page_hashes
from builder.formats.pe import HEADERS_LIMIT, PeHeaders, Span, parse_headers
from builder.formats.spc import wanted_digests, wanted_pages
from builder.model.seal import IMAGE, Seal

# length with these 8 bytes, revision, type.
_CERTIFICATE = Struct("<I2H")
_REVISION, _SIGNED_DATA = 0x200, 2
_CHUNK = 1 << 20
_PADDING = 8
_LARGEST = 8 << 20  # bytes; genuine signatures have 40 kB


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
        signature, padding = _signature(view, table)
        digests = {
            name: _digests(view, headers, name) for name in wanted_digests(signature)
        }
        pages = {name: page_hashes(view, name) for name in wanted_pages(signature)}
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


def _signature(view: memoryview, table: Span) -> tuple[bytes, int]:
    """Return the signature, and how many octets too many follow it."""
    if table.end > len(view):
        raise PeError(f"certificate table ends at byte {table.end:#x}")
    if table.end - table.start > _LARGEST:
        raise _bad(f"a certificate table of {table.end - table.start} bytes", table)
    if table.end - table.start < _CERTIFICATE.size:
        raise _bad("a certificate table without an entry", table)
    length, revision, kind = _CERTIFICATE.unpack_from(view, table.start)
    if (revision, kind) != (_REVISION, _SIGNED_DATA):
        raise _bad(f"an entry of revision {revision:#x} and type {kind}", table)
    end = table.start + length
    if not _CERTIFICATE.size < length <= table.end - table.start:
        raise _bad(f"an entry of {length} bytes", table)
    if table.end - end >= 8 or any(view[end : table.end]):
        raise _bad("more than one entry in the certificate table", table)
    octets = bytes(view[table.start + _CERTIFICATE.size : end])
    try:
        _, _, stop = der.header(octets, 0, len(octets))
    except CatalogError as error:
        raise _bad(error.reason, table) from error
    rest = octets[stop:]
    is_usual = len(rest) < 8 and not any(rest)
    return octets[:stop], 0 if is_usual else len(rest)


def _bad(reason: str, table: Span) -> SignatureError:
    return SignatureError(SignatureFault.STRUCTURE, reason, offset=table.start)
