from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.errors import CatalogError
from builder.formats import der


def failure(data: bytes) -> tuple[str, int | None]:
    with pytest.raises(CatalogError) as caught:
        der.check(data)
    return caught.value.reason, caught.value.offset


@pytest.mark.parametrize(
    ("data", "reason", "offset"),
    [
        ("30", "an element is cut off", 0),
        ("3003020100ff", "an element is cut off", 5),
        ("3002 0201", "1 octets announced, 0 present", 3),
        ("3005 020100", "5 octets announced, 3 present", 1),
        ("3080 0000", "an indefinite length is not DER", 1),
        ("308103 020100", "a length is not in its shortest form", 1),
        ("30820003 020100", "a length is not in its shortest form", 1),
        ("3085 0000000003 020100", "a length of 5 octets is refused", 1),
        ("30ff", "a length of 127 octets is refused", 1),
        ("3084 0001", "an element is cut off", 0),
        ("1f0100", "tag 0x1f has more than one octet", 0),
        ("3003 1f0100", "tag 0x1f has more than one octet", 2),
        ("0200", "an integer without octets", 0),
        ("02020001", "an integer is not in its shortest form", 0),
        ("0202ff80", "an integer is not in its shortest form", 0),
        ("010101", "a boolean is neither 00 nor FF", 0),
        ("05 0100", "a null with content", 0),
        ("0600", "an object identifier is not DER", 0),
        ("060180", "an object identifier is not DER", 0),
        ("06038037 01", "an object identifier is not DER", 0),
        ("1000", "a sequence or set is not constructed", 0),
        ("3106 020102 020101", "a set is not in DER order", 5),
    ],
)
def test_what_is_not_der_is_refused_at_its_octet(
    data: str, reason: str, offset: int
) -> None:
    assert failure(bytes.fromhex(data)) == (reason, offset)


def test_nesting_is_bounded() -> None:
    deep = b""
    for _ in range(64):
        deep = der.encode(der.SEQUENCE, deep)
    der.check(deep)
    assert failure(der.encode(der.SEQUENCE, deep))[0] == "nested more than 64 deep"


@given(st.binary(max_size=200))
@example(bytes.fromhex("3084ffffffff00"))
def test_any_octets_pass_or_raise_a_catalog_error(data: bytes) -> None:
    with suppress(CatalogError):
        der.check(data)


@given(st.integers(-(2**500), 2**500))
def test_integers_come_back(number: int) -> None:
    data = der.encode_integer(number)
    der.check(data)
    assert der.Cursor(data).integer("number") == number


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("1.2.840.113549.1.7.2", "2a864886f70d010702"),
        ("1.3.6.1.4.1.311.12.1.2", "2b060104018237 0c0102"),
        ("2.16.840.1.101.3.4.2.1", "608648016503040201"),
        ("2.999.3", "883703"),
        ("0.9.2342.19200300.100.1.25", "0992268993f22c640119"),
    ],
)
def test_object_identifiers_are_known_octets(text: str, content: str) -> None:
    octets = bytes.fromhex(content)
    assert der.encode_oid(text) == bytes((6, len(octets))) + octets
    assert der.oid_text(octets) == text


@pytest.mark.parametrize("length", [0, 127, 128, 255, 256, 65535, 65536])
def test_lengths_are_written_in_their_shortest_form(length: int) -> None:
    data = der.encode(der.OCTET_STRING, bytes(length))
    der.check(data)
    assert der.header(data, 0, len(data)) == (4, len(data) - length, len(data))


def test_sets_are_sorted() -> None:
    one, two = der.encode_integer(1), der.encode_integer(2)
    assert der.encode_set([two, one]) == bytes.fromhex("3106020101020102")


@pytest.mark.parametrize(
    ("moment", "data"),
    [
        (datetime(2009, 2, 12, 5, 44, tzinfo=UTC), b"\x17\x0d090212054400Z"),
        (datetime(1950, 1, 1, tzinfo=UTC), b"\x17\x0d500101000000Z"),
        (datetime(2049, 12, 31, tzinfo=UTC), b"\x17\x0d491231000000Z"),
        (datetime(2050, 1, 1, tzinfo=UTC), b"\x18\x0f20500101000000Z"),
    ],
)
def test_times_are_written_as_rfc_5280_wants_them(
    moment: datetime, data: bytes
) -> None:
    assert der.encode_time(moment) == data
    assert der.Cursor(data).time("time") == moment


def test_a_time_is_written_in_utc() -> None:
    moment = datetime(2009, 2, 12, 7, 44, tzinfo=timezone(timedelta(hours=2)))
    assert der.encode_time(moment) == b"\x17\x0d090212054400Z"


def test_a_time_without_a_zone_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        der.encode_time(datetime(2009, 2, 12))  # noqa: DTZ001  (that is the point)


@pytest.mark.parametrize(
    "text",
    [b"0902120544Z", b"090212054400", b"090230054400Z", b"0902120544 0Z", b"\xff" * 13],
)
def test_impossible_times_are_refused(text: bytes) -> None:
    with pytest.raises(CatalogError):
        der.Cursor(der.encode(der.UTC_TIME, text)).time("time")


def test_a_cursor_names_what_it_did_not_find() -> None:
    cursor = der.Cursor(bytes.fromhex("3003020101"))
    with pytest.raises(CatalogError) as caught:
        cursor.enter(der.SET, "the set")
    assert caught.value.reason == "the set: tag 0x30 where 0x31 belongs"
    assert caught.value.offset == 0


def test_octets_left_over_are_refused() -> None:
    cursor = der.Cursor(bytes.fromhex("020101020102"))
    cursor.integer("one")
    with pytest.raises(CatalogError) as caught:
        cursor.finish("numbers")
    assert (caught.value.reason, caught.value.offset) == (
        "numbers: 3 octets too many",
        3,
    )


def test_the_end_of_the_container_bounds_its_elements() -> None:
    inside = der.Cursor(bytes.fromhex("3003040401020304"), 2, 5)
    with pytest.raises(CatalogError) as caught:
        inside.content(der.OCTET_STRING, "octets")
    assert caught.value.offset == 3
