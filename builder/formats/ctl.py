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

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.formats.ctl_attributes import (
    parse_attribute,
    parse_extension,
    serialize_attributes,
    serialize_extension,
)
from builder.formats.ctl_subject import (
    parse_page_hashes,
    parse_subject,
    serialize_subject,
)
from builder.model.catalog import (
    Catalog,
    CatalogMember,
    MemberForm,
    MemberName,
    SubjectInfo,
)
from builder.model.limits import DEFAULT_LIMITS, Limits

T = TypeVar("T")

CABINET_GUID = "{C689AABA-8E78-11D0-8C47-00C04FC295EE}"
FLAT_GUID = "{DE351A42-8E59-11D0-8C47-00C04FC295EE}"
PE_GUID = "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}"

_VERSIONS = {oids.LIST_MEMBER_V1: 1, oids.LIST_MEMBER_V2: 2}
_VERSION_OIDS = {version: oid for oid, version in _VERSIONS.items()}
_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_KINDS = {0: MemberForm.PE_IMAGE, 2: MemberForm.FLAT}
_NULL = der.encode(der.NULL)
_INDIRECT = der.encode_oid(oids.INDIRECT_DATA)
_EXTENSIONS = der.context(0)
_ATTRIBUTES = 16  # of one member; genuine ones have at most four
_TABLED = 256  # octets of a subject that is worth remembering


@dataclass(slots=True)
class _Reader:
    """The buffer, and what members share: equal octets are parsed once."""

    data: bytes
    subjects: dict[bytes, tuple[MemberForm, str | None]] = field(default_factory=dict)
    algorithms: dict[bytes, str] = field(default_factory=dict)
    attributes: dict[bytes, tuple[str, object]] = field(default_factory=dict)


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
    body = outer.enter(der.SEQUENCE, "trust list")
    outer.finish("trust list")
    usage = body.enter(der.SEQUENCE, "list usage")
    _require(usage, oids.CATALOG_LIST, "list usage")
    usage.finish("list usage")
    list_id = body.content(der.OCTET_STRING, "list identifier")
    issued = body.time("list time")
    version = _version(body)
    members = _members(body.enter(der.SEQUENCE, "members"), version, limits)
    attributes, unknown = _extensions(body)
    return Catalog(
        version=version,
        list_id=list_id,
        issued=issued,
        members=members,
        attributes=attributes,
        unknown=unknown,
    )


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
    reader = _Reader(cursor.data)
    members: list[CatalogMember] = []
    at, stop, previous = cursor.at, cursor.stop, b""
    while at < stop:
        if len(members) == limits.members:
            raise LimitError(f"more than {limits.members} members", offset=at)
        member, after = _member(reader, at, stop, version)
        if member.tag < previous:
            raise CatalogError("members are not sorted by tag", offset=at)
        previous = member.tag
        members.append(member)
        at = after
    return tuple(members)


def _member(
    reader: _Reader, at: int, stop: int, version: int
) -> tuple[CatalogMember, int]:
    data = reader.data
    start, end = der.expect(data, at, stop, der.SEQUENCE, "member")
    tag_at, tag_end = der.expect(data, start, end, der.OCTET_STRING, "member tag")
    inner, inner_end = der.expect(data, tag_end, end, der.SET, "member attributes")
    if inner_end != end:
        raise CatalogError("member: octets after the attributes", offset=inner_end)
    found = _Found()
    previous = b""
    count = 0
    while inner < end:
        first, after = der.expect(data, inner, end, der.SEQUENCE, "attribute")
        element = data[inner:after]
        count += 1
        if count > _ATTRIBUTES:
            raise LimitError(f"a member with more than {_ATTRIBUTES} attributes")
        if element <= previous:
            raise CatalogError("attributes are not in DER order", offset=inner)
        previous = element
        if data.startswith(_INDIRECT, first):
            _indirect_data(reader, found, first + len(_INDIRECT), after)
        else:
            _attribute(reader, found, element, inner)
        inner = after
    return found.member(data[tag_at:tag_end], version), end


@dataclass(slots=True)
class _Found:
    """The attributes of one member, as they turn up."""

    digest: bytes | None = None
    algorithm: str | None = None
    form: MemberForm | None = None
    link: str | None = None
    subject: bytes | None = None
    info: SubjectInfo | None = None
    kind: int | None = None
    names: list[MemberName] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)

    def member(self, tag: bytes, version: int) -> CatalogMember:
        form = self.form
        if form is None:
            form = MemberForm.OTHER
            if version == 2 and self.kind is not None:
                form = _KINDS.get(self.kind, MemberForm.OTHER)
        elif self.info is not None and self.info.guid == CABINET_GUID:
            form = MemberForm.CABINET if form is MemberForm.FLAT else form
        return CatalogMember(
            tag=tag,
            digest=self.digest,
            algorithm=self.algorithm,
            form=form,
            attributes=tuple(self.names),
            has_page_hashes=self.subject is not None
            and parse_page_hashes(self.subject) is not None,
            info=self.info,
            kind=self.kind,
            link=self.link,
            subject=self.subject,
            unknown=tuple(self.unknown),
        )


def _indirect_data(reader: _Reader, found: _Found, at: int, stop: int) -> None:
    data = reader.data
    if found.form is not None:
        raise CatalogError("a member with two digests", offset=at)
    at, end = der.expect(data, at, stop, der.SET, "digest attribute")
    _fill(end, stop, "digest attribute")
    at, end = der.expect(data, at, stop, der.SEQUENCE, "indirect data")
    _fill(end, stop, "indirect data")
    _, subject_end = der.expect(data, at, stop, der.SEQUENCE, "subject")
    subject = data[at:subject_end]
    shape = reader.subjects.get(subject)
    if shape is None:
        shape = _relocated(parse_subject, subject, at)
        if len(subject) <= _TABLED:
            reader.subjects[subject] = shape
    found.form, found.link = shape
    if found.link is None:
        found.subject = subject
    at, end = der.expect(data, subject_end, stop, der.SEQUENCE, "digest info")
    _fill(end, stop, "digest info")
    _, algorithm_end = der.expect(data, at, stop, der.SEQUENCE, "digest algorithm")
    raw = data[at:algorithm_end]
    algorithm = reader.algorithms.get(raw)
    if algorithm is None:
        algorithm = reader.algorithms[raw] = _relocated(_digest_algorithm, raw, at)
    at, end = der.expect(data, algorithm_end, stop, der.OCTET_STRING, "digest")
    _fill(end, stop, "digest info")
    if end - at != _SIZES[algorithm]:
        raise CatalogError(
            f"a {algorithm} digest of {end - at} octets", offset=algorithm_end
        )
    found.algorithm, found.digest = algorithm, data[at:end]


def _fill(end: int, stop: int, what: str) -> None:
    if end != stop:
        raise CatalogError(f"{what}: {stop - end} octets too many", offset=end)


def _relocated(parse: Callable[[bytes], T], raw: bytes, at: int) -> T:
    """Parse a slice; count offsets in errors from the start of the buffer."""
    try:
        return parse(raw)
    except CatalogError as error:
        error.offset = at + (error.offset or 0)
        raise


def _digest_algorithm(raw: bytes) -> str:
    cursor = der.Cursor(raw).enter(der.SEQUENCE, "digest algorithm")
    oid = cursor.oid("digest algorithm")
    name = oids.DIGESTS.get(oid)
    if name not in _SIZES:
        raise CatalogError(f"digest algorithm {oid} is refused", offset=0)
    if cursor and cursor.raw("digest algorithm") != _NULL:
        raise CatalogError("digest algorithm: parameters are not NULL", offset=0)
    cursor.finish("digest algorithm")
    return name


def _attribute(reader: _Reader, found: _Found, element: bytes, at: int) -> None:
    parsed = reader.attributes.get(element)
    if parsed is None:
        parsed = _relocated(parse_attribute, element, at)
        if len(element) <= _TABLED:
            reader.attributes[element] = parsed
    match parsed:
        case (oids.NAME_VALUE, MemberName() as name):
            found.names.append(name)
        case (oids.MEMBER_INFO, SubjectInfo() as info) if found.info is None:
            found.info = info
        case (oids.MEMBER_KIND_V2, int() as kind) if found.kind is None:
            found.kind = kind
        case (oids.MEMBER_INFO | oids.MEMBER_KIND_V2, _):
            raise CatalogError("a member with two kinds", offset=at)
        case _:
            found.unknown.append(element)


def _extensions(
    body: der.Cursor,
) -> tuple[tuple[MemberName, ...], tuple[bytes, ...]]:
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
            name = _relocated(parse_extension, raw, at)
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
    return der.encode(der.SEQUENCE, _INDIRECT, der.encode(der.SET, value))
