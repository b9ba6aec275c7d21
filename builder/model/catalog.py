"""Security catalogs: lists of file digests, and the evidence that one is signed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MemberForm(StrEnum):
    """What a member's digest was computed over."""

    PE_IMAGE = "pe-image"
    FLAT = "flat"
    CABINET = "cabinet"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberName:
    """A name-value attribute of a member or of the catalog itself.

    Attributes:
        flags: As written, such as 0x10001.
    """

    name: str
    value: str
    flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogMember:
    """One entry of a catalog.

    Attributes:
        tag: The subject identifier, raw: 82 bytes of UTF-16LE text in
            version 1, 20 or 32 bytes of digest in version 2.
        digest: From SpcIndirectData; None where a v2 SHA-1 twin has none.
        algorithm: "sha1" or "sha256", of `digest`; None without one.
        form: What `digest` was computed over.
        attributes: Name-value pairs, such as File and OSAttr.
        has_page_hashes: The entry carries page hashes.
    """

    tag: bytes
    digest: bytes | None
    algorithm: str | None
    form: MemberForm
    attributes: tuple[MemberName, ...] = ()
    has_page_hashes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """A certificate trust list used as a security catalog.

    Attributes:
        version: 1 or 2, from the list-member object identifier.
        list_id: 16 bytes in genuine catalogs.
        issued: In UTC.
        attributes: Catalog-wide name-value pairs, such as OSAttr.
    """

    version: int
    list_id: bytes
    issued: datetime
    members: tuple[CatalogMember, ...]
    attributes: tuple[MemberName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerCertificate:
    """A certificate of a verified chain, as people name it.

    Attributes:
        subject: RFC 4514 text.
        sha256: Fingerprint of its DER, 64 hexadecimal digits.
    """

    subject: str
    sha256: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCatalog:
    """A catalog whose signature was verified; only the procedure makes one.

    Attributes:
        chain: Leaf first, anchor last.
        judged_at: The time at which validity was judged, in UTC.
        timestamped: `judged_at` comes from a verified countersignature.
        digest_algorithm: Of the signature, "sha1" or "sha256" and so on.
        revocation_checked: Every certificate of the chain but the anchor was
            looked up in a given revocation list.
    """

    catalog: Catalog
    chain: tuple[SignerCertificate, ...]
    judged_at: datetime
    timestamped: bool
    digest_algorithm: str
    revocation_checked: bool
