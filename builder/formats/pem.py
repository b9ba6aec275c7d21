"""PEM: DER between two lines of dashes.

Source: RFC 7468, 2 and 3.
"""

from base64 import b64encode
from binascii import Error, a2b_base64

from builder.errors import CatalogError

CERTIFICATE = "CERTIFICATE"
REVOCATION_LIST = "X509 CRL"


def parse_pem(text: bytes, label: str) -> tuple[bytes, ...]:
    """Return the contents of all blocks with a label; other text is passed over.

    Raises:
        CatalogError: A block has no end or is not base64; the line is the one
            where the block begins.
    """
    begin, end = (f"-----{word} {label}-----".encode() for word in ("BEGIN", "END"))
    blocks: list[bytes] = []
    inside: list[bytes] | None = None
    begun = 0
    for number, line in enumerate(map(bytes.strip, text.splitlines()), 1):
        if line == begin:
            if inside is not None:
                raise CatalogError("a PEM block has no end", line=begun)
            inside, begun = [], number
        elif line == end and inside is not None:
            try:
                blocks.append(a2b_base64(b"".join(inside), strict_mode=True))
            except Error as error:
                raise CatalogError("a PEM block is not base64", line=begun) from error
            inside = None
        elif inside is not None:
            inside.append(line)
    if inside is not None:
        raise CatalogError("a PEM block has no end", line=begun)
    return tuple(blocks)


def serialize_pem(der: bytes, label: str) -> bytes:
    """Write one block, 64 characters to the line."""
    text = b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(
        (f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")
    ).encode()
