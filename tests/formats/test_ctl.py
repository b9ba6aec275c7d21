"""Catalog lists: what is written, what is read back, and what is refused."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from make_catalog import make_catalog, make_new_catalog, members

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.ctl import parse_ctl, serialize_ctl
from builder.formats.ctl_attributes import (
    parse_attribute,
    serialize_attributes,
    short_name,
)
from builder.formats.ctl_entry import CABINET_GUID, member_tag
from builder.formats.ctl_member import flat_member, pe_member
from builder.formats.ctl_subject import parse_page_hashes
from builder.model.catalog import (
    Catalog,
    CatalogMember,
    MemberForm,
    MemberName,
    SubjectInfo,
)
from builder.model.limits import Limits

# What genuine catalogs have between the tag and the digest of a member.
FLAT_MIDDLE = (
    "3181c7 3061 060a2b060104018237020104 3153 3051 302c 060a2b060104018237020119"
    "a21e801c003c003c003c004f00620073006f006c006500740065003e003e003e"
    "3021 3009 06052b0e03021a 0500 0414"
)
PE_MIDDLE = (
    "3181cf 3062 060a2b060104018237 0c0202 3154 3052 1e4c{} 02020200"
    "3069 060a2b060104018237020104 315b 3059 3034 060a2b06010401823702010f"
    "3026 030205a0 a020a21e801c003c003c003c004f00620073006f006c006500740065003e003e003e"
    "3021 3009 06052b0e03021a 0500 0414"
)


def only(catalog: Catalog, *listed: CatalogMember) -> bytes:
    return serialize_ctl(replace(catalog, members=listed))


def failure(data: bytes) -> str:
    with pytest.raises(CatalogError) as caught:
        parse_ctl(data)
    assert caught.value.offset is not None
    return caught.value.reason


def test_a_flat_member_has_the_octets_of_genuine_ones() -> None:
    digest = sha1(b"x").digest()
    tag = digest.hex().upper().encode("utf-16-le") + b"\0\0"
    assert b"\x04\x52" + tag + bytes.fromhex(FLAT_MIDDLE) + digest in only(
        make_catalog(), flat_member(digest)
    )


def test_a_pe_member_has_the_octets_of_genuine_ones() -> None:
    digest = sha1(b"x").digest()
    tag = digest.hex().upper().encode("utf-16-le") + b"\0\0"
    guid = "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}".encode("utf-16-be").hex()
    assert b"\x04\x52" + tag + bytes.fromhex(PE_MIDDLE.format(guid)) + digest in only(
        make_catalog(), pe_member(digest)
    )


@pytest.mark.parametrize("size", [0, 19, 32])
def test_a_member_of_version_1_needs_a_sha1_digest(size: int) -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        flat_member(bytes(size))


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_a_catalog_of_version_1_comes_back(count: int) -> None:
    catalog = make_catalog(count)
    assert parse_ctl(serialize_ctl(catalog)) == catalog


def test_a_catalog_of_version_2_comes_back() -> None:
    catalog = make_new_catalog(6)
    assert parse_ctl(serialize_ctl(catalog)) == catalog


def test_members_are_written_in_the_order_of_their_tags() -> None:
    catalog = make_catalog(9)
    shuffled = replace(catalog, members=catalog.members[::-1])
    assert serialize_ctl(shuffled) == serialize_ctl(catalog)


text = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.builds(MemberName, name=text, value=text, flags=st.integers(0, 2**31 - 1))
listed_members = st.builds(
    lambda digest, listed, is_pe: (pe_member if is_pe else flat_member)(
        digest, attributes=tuple(sorted(set(listed), key=repr)[:1])
    ),
    st.binary(min_size=20, max_size=20),
    st.lists(names, max_size=2),
    st.booleans(),
)
catalogs = st.builds(
    Catalog,
    version=st.just(1),
    list_id=st.binary(min_size=16, max_size=16),
    issued=st.datetimes(
        min_value=datetime(1950, 1, 1),  # noqa: DTZ001  (the strategy adds the zone)
        timezones=st.just(UTC),
    ).map(lambda moment: moment.replace(microsecond=0)),
    members=st.lists(listed_members, max_size=5).map(
        lambda found: tuple(sorted(found, key=lambda member: member.tag))
    ),
    attributes=st.lists(names, max_size=3).map(tuple),
)


@given(catalogs)
def test_parse_inverts_serialize(catalog: Catalog) -> None:
    assert parse_ctl(serialize_ctl(catalog)) == catalog


@given(st.integers(0, 10**6), st.integers(1, 255), st.integers(0, 10**6))
def test_damage_is_a_catalog_error_and_nothing_else(
    at: int, flip: int, length: int
) -> None:
    data = bytearray(serialize_ctl(make_catalog(3)))
    data[at % len(data)] ^= flip
    with suppress(CatalogError):
        parse_ctl(bytes(data))
    with pytest.raises(CatalogError):
        parse_ctl(bytes(data[: length % len(data)]))


def test_a_cabinet_is_known_by_its_interface() -> None:
    member = replace(
        flat_member(sha1(b"x").digest()),
        form=MemberForm.CABINET,
        info=SubjectInfo(guid=CABINET_GUID, version=0x200),
    )
    data = only(make_catalog(), member)
    assert parse_ctl(data).members == (member,)


PAGE_CLASS = bytes.fromhex("a6b586d5b4a12466ae05a217da8e60d6")


def page_hashes(oid: str, table: bytes, page_class: bytes = PAGE_CLASS) -> bytes:
    entry = der.encode(
        der.SEQUENCE,
        der.encode_oid(oid),
        der.encode(der.SET, der.encode(der.OCTET_STRING, table)),
    )
    moniker = der.encode(
        der.context(1),
        der.encode(der.OCTET_STRING, page_class),
        der.encode(der.OCTET_STRING, der.encode(der.SET, entry)),
    )
    image = der.encode(
        der.SEQUENCE, bytes.fromhex("030205a0"), der.encode(der.context(0), moniker)
    )
    return der.encode(der.SEQUENCE, der.encode_oid(oids.PE_IMAGE), image)


def test_page_hashes_are_kept_and_noticed() -> None:
    subject = page_hashes(oids.PAGE_HASHES_V2, b"\0\0\0\0" + bytes(32))
    member = replace(
        pe_member(sha1(b"x").digest()),
        link=None,
        subject=subject,
        has_page_hashes=True,
    )
    data = only(make_catalog(), member)
    assert parse_ctl(data).members == (member,)
    assert parse_page_hashes(subject) == ("sha256", bytes(36))


@pytest.mark.parametrize(
    "subject",
    [
        page_hashes(oids.PAGE_HASHES_V1, b"", bytes(16)),
        page_hashes("1.3.6.1.4.1.311.2.5.1", bytes(32)),
        der.encode(der.SEQUENCE, der.encode_oid("1.3.6.1.4.1.311.2.1.28"), b"\5\0"),
    ],
)
def test_other_serialized_objects_are_not_page_hashes(subject: bytes) -> None:
    member = replace(pe_member(sha1(b"x").digest()), link=None, subject=subject)
    parsed = parse_ctl(only(make_catalog(), member)).members[0]
    assert not parsed.has_page_hashes
    assert parsed.subject == subject


def test_unknown_attributes_and_extensions_are_kept() -> None:
    unknown = der.encode(
        der.SEQUENCE, der.encode_oid("1.2.3.4"), der.encode(der.SET, b"\5\0")
    )
    extension = der.encode(
        der.SEQUENCE, der.encode_oid("1.2.3.5"), der.encode(der.OCTET_STRING, b"x")
    )
    member = replace(flat_member(sha1(b"x").digest()), unknown=(unknown,))
    catalog = replace(make_catalog(), members=(member,), unknown=(extension,))
    assert parse_ctl(serialize_ctl(catalog)) == catalog


def test_a_catalog_is_found_between_two_places_of_a_buffer() -> None:
    catalog = make_catalog(2)
    data = serialize_ctl(catalog)
    view = memoryview(b"before" + data + b"after")
    assert parse_ctl(view, start=6, stop=6 + len(data)) == catalog


def test_too_many_members_are_a_limit_error() -> None:
    data = serialize_ctl(make_catalog(3))
    assert len(parse_ctl(data, limits=Limits(members=3)).members) == 3
    with pytest.raises(LimitError):
        parse_ctl(data, limits=Limits(members=2))


def test_too_many_attributes_are_a_limit_error() -> None:
    many = tuple(
        MemberName(name=f"{number:02}", value="", flags=0) for number in range(17)
    )
    data = only(make_catalog(), flat_member(bytes(20), attributes=many))
    with pytest.raises(LimitError):
        parse_ctl(data)


def test_what_follows_the_list_is_refused() -> None:
    assert failure(serialize_ctl(make_catalog()) + b"\0") == (
        "trust list: 1 octets too many"
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("370c0101", "370c0109", "list usage: 1.3.6.1.4.1.311.12.1.9 where"),
        ("370c0102", "370c0109", "members are neither of version 1 nor 2"),
        ("0c01020500", "0c01020400", "member type: parameters are not NULL"),
        ("03021a0500", "03021b0500", "digest algorithm 1.3.14.3.2.27 is refused"),
        ("06052b0e03021a", "06052b0e03021d", "digest algorithm"),
        ("1e0c004f", "1e0cd84f", "name: not UTF-16-BE"),
        ("0203010001", "0103010001", "name flags: tag 0x01 where 0x02 belongs"),
        ("2e0030000000", "2e0030003000", "value: no terminating NUL"),
    ],
)
def test_another_shape_is_refused_by_name(old: str, new: str, reason: str) -> None:
    data = serialize_ctl(make_catalog()).hex()
    assert old in data
    assert failure(bytes.fromhex(data.replace(old, new))).startswith(reason)


def test_members_out_of_order_are_refused() -> None:
    one, two = members(2)
    data = only(make_catalog(), one, two)
    first, second = (only(make_catalog(0), m) for m in (one, two))
    start = data.index(b"\x04\x52" + one.tag) - 4
    middle = data.index(b"\x04\x52" + two.tag) - 4
    assert first != second
    end = middle + (4 + int.from_bytes(data[middle + 2 : middle + 4], "big"))
    swapped = data[:start] + data[middle:end] + data[start:middle] + data[end:]
    assert failure(swapped) == "members are not sorted by tag"


@pytest.mark.parametrize("size", [0, 19, 21, 32])
def test_a_digest_of_another_length_is_refused(size: int) -> None:
    member = replace(flat_member(bytes(20)), digest=bytes(size))
    assert failure(only(make_catalog(), member)) == f"a sha1 digest of {size} octets"


@pytest.mark.parametrize("name", ["md2", "md5"])
def test_weak_digests_are_refused(name: str) -> None:
    member = replace(flat_member(bytes(20)), algorithm=name)
    assert "is refused" in failure(only(make_catalog(), member))


def test_a_critical_extension_is_refused() -> None:
    extension = der.encode(
        der.SEQUENCE,
        der.encode_oid("1.2.3.5"),
        b"\1\1\xff",
        der.encode(der.OCTET_STRING, b"x"),
    )
    catalog = replace(make_catalog(), unknown=(extension,))
    assert failure(serialize_ctl(catalog)) == ("list extension: criticality is refused")


def test_the_tag_of_version_2_is_the_digest() -> None:
    assert member_tag(b"\x01\xab", version=2) == b"\x01\xab"
    assert member_tag(b"\x01\xab", version=1) == b"0\x001\x00A\x00B\x00\0\0"


def test_a_member_of_another_form_needs_its_subject() -> None:
    member = replace(flat_member(bytes(20)), form=MemberForm.OTHER)
    with pytest.raises(ValueError, match="subject"):
        only(make_catalog(), member)


NAMES = st.builds(
    MemberName,
    name=st.text(st.characters(codec="utf-16"), max_size=20),
    value=st.text(st.characters(codec="utf-16"), max_size=40),
    flags=st.integers(0, 1 << 40),
)


@given(name=NAMES, at=st.integers(0, 140), octet=st.integers(0, 255))
@example(name=MemberName(name="File", value="a.dll", flags=0x10001), at=140, octet=0)
def test_the_fast_way_reads_what_the_slow_way_reads(
    name: MemberName, at: int, octet: int
) -> None:
    """Also of an element with one octet changed."""
    (element,) = serialize_attributes((name,), None, None)
    changed = bytearray(element)
    if at < len(element):
        changed[at] = octet
    fast = short_name(bytes(changed))
    if at >= len(element) and len(element) < 130 and 0x80 <= name.flags < 1 << 31:
        assert fast == name
    if fast is not None:
        assert parse_attribute(bytes(changed)) == (oids.NAME_VALUE, fast)
