"""One member of a certificate trust list.

Source: mscat.h (CRYPTCATMEMBER); wintrust.h (SpcIndirectData); observed in 135
genuine catalogs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.ctl_attributes import parse_attribute, short_name
from builder.formats.ctl_subject import parse_page_hashes, parse_subject
from builder.model.catalog import CatalogMember, MemberForm, MemberName, SubjectInfo

T = TypeVar("T")

CABINET_GUID = "{C689AABA-8E78-11D0-8C47-00C04FC295EE}"

SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_KINDS = {0: MemberForm.PE_IMAGE, 2: MemberForm.FLAT}
_NULL = der.encode(der.NULL)
INDIRECT = der.encode_oid(oids.INDIRECT_DATA)
NAME_VALUE = der.encode_oid(oids.NAME_VALUE)
ATTRIBUTES = 16  # of one member; genuine ones have at most four
_TABLED = 256  # octets of a subject or attribute that is worth remembering
_TABLE = 1024  # of these


@dataclass(slots=True)
class EntryReader:
    """The buffer, and what members share: equal octets are parsed once."""

    data: bytes
    subjects: dict[bytes, tuple[MemberForm, str | None]] = field(default_factory=dict)
    algorithms: dict[bytes, str] = field(default_factory=dict)
    attributes: dict[bytes, tuple[str, object]] = field(default_factory=dict)


def member_tag(digest: bytes, *, version: int) -> bytes:
    """Return the tag that a member with this digest has.

    Version 1: upper-case hexadecimal digits in UTF-16LE with a terminating
    NUL.  Version 2: the digest itself.
    """
    if version == 1:
        return (digest.hex().upper() + "\0").encode("utf-16-le")
    return digest


def require_tag(
    member: CatalogMember, version: int, *, offset: int | None = None
) -> None:
    """Require that the tag of a member is its digest.

    Raises:
        CatalogError: It is another.
    """
    if member.digest is not None:
        expected = member_tag(member.digest, version=version)
    else:
        expected = member.tag if version == 2 and len(member.tag) == 20 else b""
    if member.tag != expected:
        reason = f"the tag {member.tag[:82].hex()} is not the digest"
        raise CatalogError(reason, offset=offset)


def parse_entry(
    reader: EntryReader, at: int, stop: int, version: int
) -> tuple[CatalogMember, int]:
    """Read the member at `at`, which ends at or before `stop`.

    Returns:
        The member, and where it ends.

    Raises:
        CatalogError: It is not DER, or not what a member is.
        LimitError: It has more attributes than genuine ones.
    """
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
        if count > ATTRIBUTES:
            raise LimitError(f"a member with more than {ATTRIBUTES} attributes")
        if element <= previous:
            raise CatalogError("attributes are not in DER order", offset=inner)
        previous = element
        if data.startswith(INDIRECT, first):
            _indirect_data(reader, found, first + len(INDIRECT), after)
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


def _indirect_data(reader: EntryReader, found: _Found, at: int, stop: int) -> None:
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
        shape = relocated(parse_subject, subject, at)
        if len(subject) <= _TABLED and len(reader.subjects) < _TABLE:
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
        algorithm = reader.algorithms[raw] = relocated(_digest_algorithm, raw, at)
    at, end = der.expect(data, algorithm_end, stop, der.OCTET_STRING, "digest")
    _fill(end, stop, "digest info")
    if end - at != SIZES[algorithm]:
        raise CatalogError(
            f"a {algorithm} digest of {end - at} octets", offset=algorithm_end
        )
    found.algorithm, found.digest = algorithm, data[at:end]


def _fill(end: int, stop: int, what: str) -> None:
    if end != stop:
        raise CatalogError(f"{what}: {stop - end} octets too many", offset=end)


def relocated(parse: Callable[[bytes], T], raw: bytes, at: int) -> T:
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
    if name not in SIZES:
        raise CatalogError(f"digest algorithm {oid} is refused", offset=0)
    if cursor and cursor.raw("digest algorithm") != _NULL:
        raise CatalogError("digest algorithm: parameters are not NULL", offset=0)
    cursor.finish("digest algorithm")
    return name


def _attribute(reader: EntryReader, found: _Found, element: bytes, at: int) -> None:
    parsed = reader.attributes.get(element)
    if parsed is None:
        name = short_name(element)
        if name is None:
            parsed = relocated(parse_attribute, element, at)
        else:
            parsed = (oids.NAME_VALUE, name)
        if len(element) <= _TABLED and len(reader.attributes) < _TABLE:
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
