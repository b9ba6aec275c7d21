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

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from builder.errors import CatalogError, SignatureError, SignatureFault
from builder.formats import oids
from builder.formats.buffer import Buffer
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.ctl import member_tag, parse_ctl
from builder.formats.ctl_search import find_members
from builder.formats.nested import Cover, verify_nested
from builder.formats.signature import verify_signed_data
from builder.formats.signer_info import parse_terms
from builder.model.catalog import (
    Catalog,
    CatalogMember,
    VerifiedCatalog,
    VerifiedMembers,
)
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.trust import DEFAULT_POLICY, TrustPolicy


def parse_catalog(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Catalog:
    """Read the list in a .cat file, signed or not; nothing is verified.

    Raises:
        CatalogError: It is no catalog, or not DER.
        LimitError: It is larger than `limits` allow.
    """
    return _catalog(data, parse_signed_data(data, limits=limits), limits)


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
    signed, catalog = _structure(data, limits)
    signature = verify_signed_data(signed, terms, what="the catalog")
    cover = _cover(bytes(data), signed, catalog, limits)
    nested = verify_nested(signed.signers[0], terms, cover=cover)
    return VerifiedCatalog(catalog=catalog, signature=replace(signature, nested=nested))


def verify_members(
    data: Buffer,
    digests: Iterable[bytes],
    *,
    anchors: Sequence[bytes],
    at: datetime,
    crls: Sequence[bytes] = (),
    policy: TrustPolicy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
) -> VerifiedMembers:
    """Verify a .cat file as far as some entries need it.

    The steps are those of `verify_catalog`, but that of the list only the
    entries with the given digests are read and held to their tags.  Nested
    signatures are not judged.

    Args:
        data: The file.
        digests: What is looked for.
        anchors: Certificates that are trusted as they are, as DER.
        at: The time of judgement.
        crls: Revocation lists, as DER.
        policy: What is demanded.
        limits: What is read at most.

    Raises:
        SignatureError: A step failed; `fault` says which.
        LimitError: The file asks for more than `limits` allow.
        ValueError: `at` has no time zone.
    """
    terms = parse_terms(anchors, crls, at=at, policy=policy)
    try:
        signed = parse_signed_data(data, limits=limits)
        _require_list(signed)
        start, stop = signed.content_start, signed.content_stop
        version, count, found = find_members(
            signed.data, digests, start=start, stop=stop, limits=limits
        )
        for member in found.values():
            _require_tag(member, version)
    except CatalogError as error:
        raise SignatureError(
            SignatureFault.STRUCTURE, error.reason, offset=error.offset
        ) from error
    signature = verify_signed_data(signed, terms, what="the catalog")
    return VerifiedMembers(
        signature=signature, version=version, count=count, found=found
    )


def _structure(data: Buffer, limits: Limits) -> tuple[SignedData, Catalog]:
    try:
        signed = parse_signed_data(data, limits=limits)
        catalog = _catalog(data, signed, limits)
        _require_tags(catalog)
    except CatalogError as error:
        raise SignatureError(
            SignatureFault.STRUCTURE, error.reason, offset=error.offset
        ) from error
    return signed, catalog


def _catalog(data: Buffer, signed: SignedData, limits: Limits) -> Catalog:
    _require_list(signed)
    return parse_ctl(
        data, start=signed.content_start, stop=signed.content_stop, limits=limits
    )


def _require_list(signed: SignedData) -> None:
    if signed.content_type != oids.TRUST_LIST:
        raise CatalogError(
            f"content of type {signed.content_type} is no catalog",
            offset=signed.content_start,
        )


def _require_tags(catalog: Catalog) -> None:
    for member in catalog.members:
        _require_tag(member, catalog.version)


def _require_tag(member: CatalogMember, version: int) -> None:
    if member.digest is not None:
        expected = member_tag(member.digest, version=version)
    else:
        expected = member.tag if version == 2 and len(member.tag) == 20 else b""
    if member.tag != expected:
        raise CatalogError(f"the tag {member.tag[:82].hex()} is not the digest")


def _cover(data: bytes, outer: SignedData, catalog: Catalog, limits: Limits) -> Cover:
    """Tell what a signature nested in a catalog covers.

    Two forms are genuine: "data" without content, which signs the list with its
    tag and length, and a catalog of its own, whose list may be another.
    """

    def cover(nested: SignedData) -> tuple[str, bytes | None]:
        if not nested.has_content:
            if nested.content_type != oids.DATA:
                raise CatalogError(f"nothing of type {nested.content_type}")
            whole = data[outer.content_start : outer.content_stop]
            return "the same list", whole
        if nested.content_type == outer.content_type:
            if nested.content == outer.content:
                return "the same list", None
            return _other(nested, catalog, limits), None
        raise CatalogError(f"content of type {nested.content_type} is no catalog")

    return cover


def _other(nested: SignedData, catalog: Catalog, limits: Limits) -> str:
    inner = parse_ctl(
        nested.content_raw, start=0, stop=len(nested.content_raw), limits=limits
    )
    _require_tags(inner)
    if inner == catalog:
        return "an equal list"
    tags = {member.tag for member in inner.members}
    common = sum(member.tag in tags for member in catalog.members)
    count = len(catalog.members)
    return f"another list, with {common:,} of these {count:,} members"
