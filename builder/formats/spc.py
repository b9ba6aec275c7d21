"""What an Authenticode signature says of its file: SpcIndirectDataContent.

Source: "Windows Authenticode Portable Executable Signature Format";
wintrust.h; the subject of cabinets observed in genuine packages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.cms import SignedData, parse_algorithm, parse_signed_data
from builder.formats.ctl_subject import parse_page_hashes
from builder.model.seal import CABINET, IMAGE

_SUBJECTS = {
    oids.PE_IMAGE: IMAGE,
    oids.FLAT_FILE: CABINET,  # the same number means "cabinet" here
    oids.CABINET_LINK: CABINET,
}
_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndirectData:
    """A digest with the kind of file that it is of.

    Attributes:
        kind: As in `builder.model.seal`.
        algorithm: Of `digest`.
        pages: Name and table of the page hashes, or None.
    """

    kind: str
    algorithm: str
    digest: bytes
    pages: tuple[str, bytes] | None


def parse_indirect_data(raw: bytes) -> IndirectData:
    """Read an SpcIndirectDataContent that fills the buffer exactly.

    Raises:
        CatalogError: It is not one, or not DER, or of an unknown kind.
    """
    der.check(raw)
    outer = der.Cursor(raw)
    body = outer.enter(der.SEQUENCE, "indirect data")
    outer.finish("indirect data")
    subject = body.raw("subject", der.SEQUENCE)
    info = body.enter(der.SEQUENCE, "digest info")
    body.finish("indirect data")
    algorithm = parse_algorithm(info, "digest algorithm")
    digest = info.content(der.OCTET_STRING, "digest")
    info.finish("digest info")
    oid = der.Cursor(subject).enter(der.SEQUENCE, "subject").oid("subject type")
    name = oids.DIGESTS.get(algorithm.oid)
    if oid not in _SUBJECTS:
        raise CatalogError(f"a signature over a subject of type {oid}")
    if name not in _SIZES or not algorithm.is_plain:
        raise CatalogError(f"digest algorithm {algorithm.oid} is refused")
    if len(digest) != _SIZES[name]:
        raise CatalogError(f"a {name} digest of {len(digest)} octets")
    pages = parse_page_hashes(subject)
    return IndirectData(kind=_SUBJECTS[oid], algorithm=name, digest=digest, pages=pages)


def indirect_data(signed: SignedData) -> IndirectData:
    """Read what a signature covers.

    Raises:
        CatalogError: It covers no file.
    """
    if signed.content_type != oids.INDIRECT_DATA or not signed.has_content:
        raise CatalogError(f"content of type {signed.content_type} is of no file")
    return parse_indirect_data(signed.content_raw)


def statements(signature: bytes) -> Iterator[IndirectData]:
    """Yield what a signature says, and those nested in it; none is verified.

    What cannot be read says nothing; whoever judges it will say why.
    """
    try:
        signed = parse_signed_data(signature, inner=True)
        yield indirect_data(signed)
    except (CatalogError, LimitError):
        return
    for signer in signed.signers:
        for attribute in signer.unsigned_attributes:
            if attribute.oid == oids.NESTED_SIGNATURE:
                yield from map(_inner, filter(_is_readable, attribute.values))


def _inner(raw: bytes) -> IndirectData:
    return indirect_data(parse_signed_data(raw, inner=True))


def _is_readable(raw: bytes) -> bool:
    try:
        _inner(raw)
    except (CatalogError, LimitError):
        return False
    return True


def wanted_digests(signature: bytes) -> tuple[str, ...]:
    """Return the algorithms by which a signature speaks of its file, sorted."""
    return tuple(sorted({s.algorithm for s in statements(signature)}))


def wanted_pages(signature: bytes) -> dict[str, int]:
    """Return the algorithms of the page hashes in a signature, sorted.

    Each with the length of the longest of its tables in bytes.
    """
    tables = sorted(s.pages for s in statements(signature) if s.pages)
    return {
        name: max(len(table) for other, table in tables if other == name)
        for name, _ in tables
    }
