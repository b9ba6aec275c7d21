"""The verification procedure for signed catalogs.

Each step has a name, which errors and findings cite; the first that fails ends
the procedure.  docs/verification.md describes them for people.

1.  structure: the file is one SignedData in DER, nothing after it, around one
    certificate trust list whose tags are its digests.
2.  unsigned: there is a signature.
3.  signer: there is exactly one, and exactly one certificate has its issuer
    and serial number.
4.  algorithm: digest and signature are of kinds that the policy accepts.
5.  attributes: contentType and messageDigest are signed, each once with one
    value, and contentType is the type of the content.
6.  digest: messageDigest is the digest of the content octets.
7.  signature: the signature is one of the signer's key over the signed
    attributes, octet for octet as they stand in the file.
8.  timestamp: a countersignature, where there is one, holds in full; its time
    is the time of judgement, and excuses SHA-1 up to the policy's date.
9.  chain, anchor, impostor, validity, usage: see `builder.formats.chain` and
    `builder.formats.signature`.
10. revoked: no certificate had been revoked, as far as the given lists go;
    whether they went all the way is part of the evidence.

Nested signatures are judged by the same steps and reported; nothing rests on
them.

Source: RFC 5652, 5.4 and 5.6; RFC 5280, 6.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from builder.errors import CatalogError, SignatureError, SignatureFault, refusing
from builder.formats import oids
from builder.formats.buffer import Buffer
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.ctl import parse_ctl
from builder.formats.ctl_entry import require_tag
from builder.formats.ctl_search import ListedMembers, list_members
from builder.formats.nested import Cover, verify_nested
from builder.formats.signature import verify_signed_data
from builder.formats.signer_info import Terms, parse_terms
from builder.model.catalog import Catalog, VerifiedCatalog, VerifiedMembers
from builder.model.evidence import VerifiedSignature
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.trust import DEFAULT_POLICY, TrustPolicy

Tags = Callable[[], Iterator[bytes]]
"""Yields the tags of a list, one member after the other."""


def parse_catalog(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Catalog:
    """Read the list in a .cat file, signed or not; nothing is verified.

    Raises:
        CatalogError: It is no catalog, or not DER.
        LimitError: It is larger than `limits` allow.
    """
    return parse_signed_catalog(data, limits=limits)[1]


def parse_signed_catalog(
    data: Buffer, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[SignedData, Catalog]:
    """Read a .cat file and the list in it; see `parse_catalog`."""
    signed = parse_signed_data(data, limits=limits)
    return signed, _catalog(signed, limits)


def verify_catalog(
    data: Buffer,
    *,
    anchors: Sequence[bytes],
    at: datetime,
    crls: Sequence[bytes] = (),
    policy: TrustPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedCatalog:
    """Verify a .cat file; see the steps above.

    Args:
        data: The file.
        anchors: Certificates that are trusted as they are, as DER.
        at: The time of judgement.  Validity is judged at it where no
            countersignature says another time.
        crls: Revocation lists, as DER.
        policy: What is demanded.
        limits: What is read at most.

    Raises:
        SignatureError: A step failed; `fault` says which.
        LimitError: The file asks for more than `limits` allow.
        ValueError: `at` has no time zone.
    """
    terms = parse_terms(anchors, crls, at=at, policy=policy)
    with refusing(SignatureFault.STRUCTURE):
        signed, catalog = parse_signed_catalog(data, limits=limits)
    return verify_signed_catalog(signed, catalog, terms, limits=limits)


def verify_signed_catalog(
    signed: SignedData, catalog: Catalog, terms: Terms, *, limits: Limits
) -> VerifiedCatalog:
    """Verify a .cat file that was read; see `verify_catalog`."""
    with refusing(SignatureFault.STRUCTURE):
        for member in catalog.members:
            require_tag(member, catalog.version)

    def tags() -> Iterator[bytes]:
        return (member.tag for member in catalog.members)

    signature = _signature(signed, terms, tags, limits)
    return VerifiedCatalog(catalog=catalog, signature=signature)


def verify_members(
    data: Buffer,
    *,
    anchors: Sequence[bytes],
    at: datetime,
    crls: Sequence[bytes] = (),
    policy: TrustPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedMembers:
    """Verify a .cat file whose members are made into values when asked for.

    The steps and verdicts are those of `verify_catalog`, and so are arguments
    and errors.  For a few files and a list of many members.
    """
    terms = parse_terms(anchors, crls, at=at, policy=policy)
    with refusing(SignatureFault.STRUCTURE):
        signed = parse_signed_data(data, limits=limits)
        members = _members(signed, limits)
    signature = _signature(signed, terms, members.tags, limits)
    return VerifiedMembers(
        signature=signature, version=members.version, count=len(members), index=members
    )


def _signature(
    signed: SignedData, terms: Terms, tags: Tags, limits: Limits
) -> VerifiedSignature:
    signature = verify_signed_data(signed, terms, what="the catalog")
    _require_order(signed, signature, terms)
    cover = _cover(signed, tags, limits)
    nested = verify_nested(signed.signers[0], terms, cover=cover)
    return replace(signature, nested=nested)


def _require_order(
    signed: SignedData, signature: VerifiedSignature, terms: Terms
) -> None:
    """Require certificates in DER order, as Windows does since October 2020.

    Catalogs that were stamped before may come from a time when nobody sorted.
    """
    stamp = signature.timestamp
    is_early = stamp is not None and stamp.time < terms.policy.legacy_until
    if not signed.is_sorted and not is_early:
        raise SignatureError(
            SignatureFault.STRUCTURE, "certificates are not in DER order"
        )


def _catalog(signed: SignedData, limits: Limits) -> Catalog:
    _require_list(signed)
    start, stop = signed.content_start, signed.content_stop
    return parse_ctl(signed.data, start=start, stop=stop, limits=limits)


def _members(signed: SignedData, limits: Limits) -> ListedMembers:
    _require_list(signed)
    start, stop = signed.content_start, signed.content_stop
    return list_members(signed.data, start=start, stop=stop, limits=limits)


def _require_list(signed: SignedData) -> None:
    if signed.content_type != oids.TRUST_LIST:
        raise CatalogError(
            f"content of type {signed.content_type} is no catalog",
            offset=signed.content_start,
        )


def _cover(outer: SignedData, members: Tags, limits: Limits) -> Cover:
    """Tell what a signature nested in a catalog covers.

    Two forms are genuine: "data" without content, which signs the list with its
    tag and length, and a catalog of its own, whose list may be another.
    """

    def cover(nested: SignedData) -> tuple[str, bytes | None]:
        if not nested.has_content:
            if nested.content_type != oids.DATA:
                raise CatalogError(f"nothing of type {nested.content_type}")
            return "the same list", outer.content_raw
        if nested.content_type == outer.content_type:
            if nested.content == outer.content:
                return "the same list", None
            return _other(_members(nested, limits), members), None
        raise CatalogError(f"content of type {nested.content_type} is no catalog")

    return cover


def _other(inner: ListedMembers, outer: Tags) -> str:
    tags = set(inner.tags())
    listed = [tag in tags for tag in outer()]
    return f"another list, with {sum(listed):,} of these {len(listed):,} members"
