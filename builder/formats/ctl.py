"""Certificate trust lists as security catalogs use them, versions 1 and 2.

CertificateTrustList ::= SEQUENCE {
    subjectUsage, listIdentifier, thisUpdate, subjectAlgorithm,
    trustedSubjects SEQUENCE OF SEQUENCE { tag OCTET STRING, attributes SET },
    extensions [0] EXPLICIT OPTIONAL }

Only the shape that genuine catalogs have is read; serializing the value that
was parsed from one gives its bytes again.

Source: wincrypt.h (CTL_INFO), mscat.h (CATALOG_INFO, member and name-value
attributes); observed in 135 genuine catalogs.
"""

from datetime import datetime

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.ctl_attributes import (
    parse_extension,
    serialize_attributes,
    serialize_extension,
)
from builder.formats.ctl_entry import (
    INDIRECT,
    EntryReader,
    parse_entry,
    relocated,
)
from builder.formats.ctl_subject import serialize_subject
from builder.model.catalog import Catalog, CatalogMember, MemberName
from builder.model.limits import DEFAULT_LIMITS, Limits

FLAT_GUID = "{DE351A42-8E59-11D0-8C47-00C04FC295EE}"
PE_GUID = "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}"

_VERSIONS = {oids.LIST_MEMBER_V1: 1, oids.LIST_MEMBER_V2: 2}
_VERSION_OIDS = {version: oid for oid, version in _VERSIONS.items()}
_NULL = der.encode(der.NULL)
_EXTENSIONS = der.context(0)


def parse_ctl(
    data: Buffer,
    *,
    start: int = 0,
    stop: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Catalog:
    """Read the list that lies between `start` and `stop` of a buffer.

    Tags are not compared with digests, and an empty list is a list.

    Raises:
        CatalogError: It is not the list of a catalog, or not DER; offsets count
            from the start of the buffer.
        LimitError: It has more members than `limits` allow.
    """
    outer = der.Cursor(bytes(data), start, stop)
    body, list_id, issued, version = parse_head(outer)
    members = _members(body.enter(der.SEQUENCE, "members"), version, limits)
    attributes, unknown = parse_extensions(body)
    return Catalog(
        version=version,
        list_id=list_id,
        issued=issued,
        members=members,
        attributes=attributes,
        unknown=unknown,
    )


def parse_head(outer: der.Cursor) -> tuple[der.Cursor, bytes, datetime, int]:
    """Step over what stands before the members.

    Returns:
        A cursor at the members, the identifier, the time and the version.

    Raises:
        CatalogError: It is not the list of a catalog.
    """
    body = outer.enter(der.SEQUENCE, "trust list")
    outer.finish("trust list")
    usage = body.enter(der.SEQUENCE, "list usage")
    _require(usage, oids.CATALOG_LIST, "list usage")
    usage.finish("list usage")
    list_id = body.content(der.OCTET_STRING, "list identifier")
    issued = body.time("list time")
    return body, list_id, issued, _version(body)


def _version(body: der.Cursor) -> int:
    at = body.at
    algorithm = body.enter(der.SEQUENCE, "member type")
    version = _VERSIONS.get(algorithm.oid("member type"))
    if version is None:
        raise CatalogError("members are neither of version 1 nor 2", offset=at)
    if algorithm.raw("member type") != _NULL:
        raise CatalogError("member type: parameters are not NULL", offset=at)
    algorithm.finish("member type")
    return version


def _require(cursor: der.Cursor, oid: str, what: str) -> None:
    at = cursor.at
    if (found := cursor.oid(what)) != oid:
        raise CatalogError(f"{what}: {found} where {oid} belongs", offset=at)


def _members(
    cursor: der.Cursor, version: int, limits: Limits
) -> tuple[CatalogMember, ...]:
    reader = EntryReader(cursor.data)
    members: list[CatalogMember] = []
    at, stop, previous = cursor.at, cursor.stop, b""
    while at < stop:
        if len(members) == limits.members:
            raise LimitError(f"more than {limits.members} members", offset=at)
        member, after = parse_entry(reader, at, stop, version)
        if member.tag < previous:
            raise CatalogError("members are not sorted by tag", offset=at)
        previous = member.tag
        members.append(member)
        at = after
    return tuple(members)


def parse_extensions(
    body: der.Cursor,
) -> tuple[tuple[MemberName, ...], tuple[bytes, ...]]:
    """Step over the extensions of a list: those that are known, and the others.

    Raises:
        CatalogError: They are malformed, or something follows them.
    """
    names: list[MemberName] = []
    unknown: list[bytes] = []
    if body:
        wrapper = body.enter(_EXTENSIONS, "list extensions")
        body.finish("trust list")
        extensions = wrapper.enter(der.SEQUENCE, "list extensions")
        wrapper.finish("list extensions")
        while extensions:
            at = extensions.at
            raw = extensions.raw("list extension", der.SEQUENCE)
            name = relocated(parse_extension, raw, at)
            if name is None:
                unknown.append(raw)
            else:
                names.append(name)
    return tuple(names), tuple(unknown)


def serialize_ctl(catalog: Catalog) -> bytes:
    """Write a list; members are put in the order of their tags.

    Members with the same tag keep their order.

    Raises:
        ValueError: A value that no list can have, such as a member of another
            form without its subject.
    """
    member_type = der.encode_oid(_VERSION_OIDS[catalog.version])
    members = sorted(catalog.members, key=lambda member: member.tag)
    extensions = [*map(serialize_extension, catalog.attributes), *catalog.unknown]
    return der.encode(
        der.SEQUENCE,
        der.encode(der.SEQUENCE, der.encode_oid(oids.CATALOG_LIST)),
        der.encode(der.OCTET_STRING, catalog.list_id),
        der.encode_time(catalog.issued),
        der.encode(der.SEQUENCE, member_type, _NULL),
        der.encode(der.SEQUENCE, *map(_serialize_member, members)),
        der.encode(_EXTENSIONS, der.encode(der.SEQUENCE, *extensions))
        if extensions
        else b"",
    )


def _serialize_member(member: CatalogMember) -> bytes:
    attributes = serialize_attributes(member.attributes, member.info, member.kind)
    attributes.extend(member.unknown)
    if member.digest is not None:
        attributes.append(_serialize_digest(member, member.digest))
    return der.encode(
        der.SEQUENCE,
        der.encode(der.OCTET_STRING, member.tag),
        der.encode_set(attributes),
    )


def _serialize_digest(member: CatalogMember, digest: bytes) -> bytes:
    if member.algorithm is None:
        raise ValueError("a digest without its algorithm")
    algorithm = der.encode_oid(oids.DIGEST_OIDS[member.algorithm])
    subject = member.subject or serialize_subject(member.form, member.link or "")
    value = der.encode(
        der.SEQUENCE,
        subject,
        der.encode(
            der.SEQUENCE,
            der.encode(der.SEQUENCE, algorithm, _NULL),
            der.encode(der.OCTET_STRING, digest),
        ),
    )
    return der.encode(der.SEQUENCE, INDIRECT, der.encode(der.SET, value))
