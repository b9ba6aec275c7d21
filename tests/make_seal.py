"""Program files that sign themselves, made by hand."""

import struct
from hashlib import new, sha256

from forge import TYPE_ATTRIBUTE, Forgery, algorithm, attribute, default_leaf, forge
from make_pe import Part, image_hash, make_pe

from builder.formats import der, oids
from builder.formats.ctl_subject import serialize_subject
from builder.model.catalog import MemberForm

_PAGE_CLASS = bytes.fromhex("a6b586d5b4a12466ae05a217da8e60d6")
_FLAGS = bytes.fromhex("030205a0")
_HEADERS = 1024


def page_subject(table: bytes, *, oid: str = oids.PAGE_HASHES_V2) -> bytes:
    """Return the subject of a program file with a table of page hashes."""
    octets = der.encode(
        der.SET,
        der.encode(
            der.SEQUENCE,
            der.encode_oid(oid),
            der.encode(der.SET, der.encode(der.OCTET_STRING, table)),
        ),
    )
    moniker = der.encode(
        der.context(1),
        der.encode(der.OCTET_STRING, _PAGE_CLASS),
        der.encode(der.OCTET_STRING, octets),
    )
    image = der.encode(der.SEQUENCE, _FLAGS, der.encode(der.context(0), moniker))
    return der.encode(der.SEQUENCE, der.encode_oid(oids.PE_IMAGE), image)


def plain_program(text: bytes = b"code", *, certificates: int = 0) -> bytes:
    """Return a program of three pages: its headers and two of code."""
    code = (text * 6_000)[:5_120]
    start = _HEADERS + len(code)
    data = bytearray(
        make_pe(
            Part(address=4_096, start=_HEADERS, data=code),
            certificates=(start, certificates) if certificates else (0, 0),
        )
    )
    struct.pack_into("<I", data, 64 + 24 + 60, _HEADERS)  # SizeOfHeaders
    assert len(data) == start
    return bytes(data)


def page_table(data: bytes, name: str = "sha256") -> bytes:
    """Compute the table of `plain_program` without the builder."""
    # CheckSum, and the entry of the certificate table, are left out.
    head = data[:152] + data[156:216] + data[224:_HEADERS]
    pages = [(0, head), (1_024, data[1_024:5_120]), (5_120, data[5_120:6_144])]
    table = b""
    for at, page in pages:
        size = 4_096 - (12 if at == 0 else 0)
        filled = page + bytes(size - len(page))
        table += struct.pack("<I", at) + new(name, filled).digest()
    return table + struct.pack("<I", 6_144) + bytes(new(name).digest_size)


def signed_program(
    text: bytes = b"code",
    *,
    pages: bytes | None = None,
    padding: bytes = b"",
    digest: bytes | None = None,
    name: str = "sha256",
) -> bytes:
    """Return a program with a signature of the test signer.

    Args:
        pages: A table of page hashes by SHA-256 that is signed with it.
        padding: Stands behind the signature, inside its entry.
        digest: What is signed instead of the image hash.
        name: The algorithm of that digest.
    """
    data = plain_program(text)
    subject = serialize_subject(MemberForm.PE_IMAGE, "<<<Obsolete>>>")
    if pages is not None:
        subject = page_subject(pages)
    content = der.encode(
        der.SEQUENCE,
        subject,
        der.encode(
            der.SEQUENCE,
            algorithm(oids.DIGEST_OIDS[name]),
            der.encode(der.OCTET_STRING, digest or image_hash(data, name)),
        ),
    )
    made = forge(
        Forgery(
            content=content,
            leaf=default_leaf(),
            content_type=oids.INDIRECT_DATA,
            attributes=(
                attribute(oids.CONTENT_TYPE, der.encode_oid(oids.INDIRECT_DATA)),
                _digest_of(content),
            ),
        )
    )
    assert TYPE_ATTRIBUTE not in made
    octets = made + padding
    octets += bytes(-len(octets) % 8)
    table = struct.pack("<I2H", 8 + len(octets), 0x200, 2) + octets
    return plain_program(text, certificates=len(table)) + table


def _digest_of(content: bytes) -> bytes:
    _, start, _ = der.header(content, 0, len(content))
    value = der.encode(der.OCTET_STRING, sha256(content[start:]).digest())
    return attribute(oids.MESSAGE_DIGEST, value)
