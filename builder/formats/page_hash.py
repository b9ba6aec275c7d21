"""Hashes of the pages of a program file, as loaders compare them.

The table has an entry of a 32-bit little-endian file offset and a digest for
the headers and for each page of each section, and one at the end with the
offset behind the last section and a digest of zeros.  What does not fill a
page is filled with zeros.

Source: the same parts of the file as in the image hash, cut into pages of the
section alignment; compared with tables that osslsigncode wrote and with those
of genuine catalogs.
"""

import hashlib
from struct import Struct

from builder.errors import PeError
from builder.formats.buffer import Buffer
from builder.formats.pe import CHECKSUM_AT, PeHeaders, parse_headers

_ENTRY = Struct("<I")
_SECTION_ALIGNMENT_AT, _HEADERS_SIZE_AT = 32, 60
_LARGEST_PAGE = 1 << 16


def page_hashes(data: Buffer, algorithm: str, most: int) -> bytes:
    """Compute the table of a program file.

    Args:
        data: The whole file.
        algorithm: "sha1" or "sha256".
        most: Length in bytes of the table that it will be compared with; a
            longer one, as small pages make it, is not finished.

    Raises:
        PeError: It is no program file, or one with pages of a size that no
            processor has.
    """
    with memoryview(data) as view:
        headers = parse_headers(bytes(view[: 1 << 20]))
        page, size = _sizes(view, headers)
        table = [_entry(0, _headers(view, headers, size, page, algorithm))]
        end = 0
        for section in headers.sections:
            start, stop = section.raw.start, section.raw.end
            if stop > len(view):
                raise PeError(f"a section ends at byte {stop:#x} of {len(view):#x}")
            for at in range(start, stop, page):
                part = view[at : min(at + page, stop)]
                table.append(_entry(at, _digest(algorithm, page, part)))
                if len(table) * len(table[0]) > most:
                    return b"".join(table)
            end = stop
        zeros = bytes(hashlib.new(algorithm, usedforsecurity=False).digest_size)
        table.append(_entry(end, zeros))
    return b"".join(table)


def _sizes(view: memoryview, headers: PeHeaders) -> tuple[int, int]:
    optional = headers.checksum.start - CHECKSUM_AT
    (page,) = _ENTRY.unpack_from(view, optional + _SECTION_ALIGNMENT_AT)
    (size,) = _ENTRY.unpack_from(view, optional + _HEADERS_SIZE_AT)
    if not 0 < page <= _LARGEST_PAGE or page & (page - 1):
        raise PeError(f"pages of {page} bytes", offset=optional)
    if size > min(page, len(view)) or size < headers.end:
        raise PeError(f"headers of {size} bytes", offset=optional)
    return page, size


def _headers(
    view: memoryview, headers: PeHeaders, size: int, page: int, algorithm: str
) -> bytes:
    gaps = [gap for gap in (headers.checksum, headers.security) if gap is not None]
    parts, start = [], 0
    for gap in gaps:
        parts.append(view[start : gap.start])
        start = gap.end
    parts.append(view[start:size])
    return _digest(algorithm, page - size + sum(map(len, parts)), *parts)


def _digest(algorithm: str, page: int, *parts: memoryview) -> bytes:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for part in parts:
        digest.update(part)
    digest.update(bytes(page - sum(map(len, parts))))
    return digest.digest()


def _entry(offset: int, digest: bytes) -> bytes:
    return _ENTRY.pack(offset) + digest
