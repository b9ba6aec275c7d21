"""Security catalogs: lists of file digests, and the evidence that one is signed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from builder.model.evidence import SignerCertificate, VerifiedSignature


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
class SubjectInfo:
    """The MEMBERINFO attribute of a version 1 member.

    Attributes:
        guid: The subject interface package, braced, in upper case.
        version: 0x200 in genuine catalogs.
    """

    guid: str
    version: int


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
        info: In version 1; None where there is none.
        kind: In version 2: 0 PE image, 2 flat file, others exist.
        link: The text of the SpcLink beside `digest`: "<<<Obsolete>>>" in
            older catalogs, empty in newer; None where there is no link.
        subject: What stands in place of such a link (page hashes among it),
            as DER; None where `link` and `form` say all.
        unknown: Attributes that have no field here, each as DER.
    """

    tag: bytes
    digest: bytes | None
    algorithm: str | None
    form: MemberForm
    attributes: tuple[MemberName, ...] = ()
    has_page_hashes: bool = False
    info: SubjectInfo | None = None
    kind: int | None = None
    link: str | None = None
    subject: bytes | None = None
    unknown: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """A certificate trust list used as a security catalog.

    Attributes:
        version: 1 or 2, from the list-member object identifier.
        list_id: 16 bytes in genuine catalogs.
        issued: In UTC.
        attributes: Catalog-wide name-value pairs, such as OSAttr.
        unknown: Catalog-wide extensions that have no field here, each as DER.
    """

    version: int
    list_id: bytes
    issued: datetime
    members: tuple[CatalogMember, ...]
    attributes: tuple[MemberName, ...] = ()
    unknown: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCatalog:
    """A catalog whose signature was verified; only the procedure makes one."""

    catalog: Catalog
    signature: VerifiedSignature

    @property
    def chain(self) -> tuple[SignerCertificate, ...]:
        """Leaf first, anchor last."""
        return self.signature.chain

    @property
    def judged_at(self) -> datetime:
        """The time at which validity was judged, in UTC."""
        return self.signature.judged_at

    @property
    def timestamped(self) -> bool:
        """Whether `judged_at` comes from a verified countersignature."""
        return self.signature.timestamped

    @property
    def digest_algorithm(self) -> str:
        """Of the signature, "sha1" or "sha256" and so on."""
        return self.signature.digest_algorithm

    @property
    def revocation_checked(self) -> bool:
        """Every certificate but the anchor was found in no given list."""
        return self.signature.revocation_checked

    @property
    def policy(self) -> str:
        """Name of the policy that was applied."""
        return self.signature.policy


class MemberIndex(Protocol):
    """Finds members by the digest they stand for."""

    def get(self, digest: bytes, /) -> CatalogMember | None:
        """Return the member, or None; of several one with page hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedMembers:
    """A verified catalog in which files can be looked up; see `VerifiedCatalog`.

    Only the procedure makes one.

    Attributes:
        version: Of the list, 1 or 2.
        count: Members of the list.
        index: Its members.
    """

    signature: VerifiedSignature
    version: int
    count: int
    index: MemberIndex
