"""Certificates and revocation lists in PEM files."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from builder.errors import (
    CatalogError,
    LimitError,
    SignatureError,
    SignatureFault,
    reading,
    refusing,
)
from builder.files import naming, open_regular
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.pem import CERTIFICATE, REVOCATION_LIST, parse_pem
from builder.formats.revocation import parse_revocation_list

T = TypeVar("T")

_LARGEST = 32 << 20  # bytes of one file; a PEM list of 16 MiB has 22


def read_anchors(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read trusted certificates from PEM files, each with one or more; as DER.

    Raises:
        SignatureError: ANCHOR: a file holds something else.
        StoreError: A file cannot be read.
    """
    anchors: list[bytes] = []
    for path in paths:
        with reading(str(path)):
            found = pem_certificates(path, SignatureFault.ANCHOR)
            anchors.extend(c.raw for c in found)
    return tuple(anchors)


def read_crls(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """Read revocation lists from PEM files, each with one or more; as DER.

    Raises:
        SignatureError: REVOKED: a file holds something else.
        StoreError: A file cannot be read.
    """
    lists: list[bytes] = []
    for path in paths:
        with reading(str(path)):
            blocks = _blocks(read_text(path), REVOCATION_LIST, SignatureFault.REVOKED)
            parse_blocks(parse_revocation_list, blocks, SignatureFault.REVOKED)
            lists.extend(blocks)
    return tuple(lists)


def read_text(path: Path) -> bytes:
    """Read a file of 32 MiB at most.

    Raises:
        LimitError: It is longer.
        StoreError: The file cannot be read.
    """
    with open_regular(path) as file, naming(path):
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise LimitError(f"more than {_LARGEST} bytes")
    return text


def pem_certificates(path: Path, fault: SignatureFault) -> tuple[Certificate, ...]:
    """Read the certificates in a PEM file.

    Raises:
        SignatureError: `fault`: the file holds something else.
        StoreError: The file cannot be read.
    """
    text = read_text(path)
    blocks = _blocks(text, CERTIFICATE, fault)
    return parse_blocks(parse_certificate, blocks, fault)


def _blocks(text: bytes, label: str, fault: SignatureFault) -> tuple[bytes, ...]:
    try:
        blocks = parse_pem(text, label)
    except CatalogError as error:
        place = f"{error.reason} (line {error.line})"
        raise SignatureError(fault, place) from error
    if not blocks:
        reason = f"no {label} in this file"
        if b"-----BEGIN " not in text:
            reason = f"not a PEM file with a {label}"
        raise SignatureError(fault, reason)
    return blocks


def parse_blocks(
    parse: Callable[[bytes], T], blocks: Iterable[bytes], fault: SignatureFault
) -> tuple[T, ...]:
    """Parse what PEM blocks held.

    Raises:
        SignatureError: `fault`: one cannot be parsed.
    """
    with refusing(fault, "what a PEM block holds cannot be read"):
        return tuple(map(parse, blocks))
