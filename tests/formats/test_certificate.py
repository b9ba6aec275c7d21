"""Certificates and names, read beside a library that reads them too."""

from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st
from make_pki import (
    CODE_SIGNING,
    KEY_USAGES,
    TIME_STAMPING,
    Authority,
    issue,
    leaf_wish,
    middle_wish,
    root,
)

from builder.errors import CatalogError
from builder.formats import der
from builder.formats.certificate import (
    BasicConstraints,
    basic_constraints,
    extended_key_usages,
    key_usage,
    parse_certificate,
    subject_key_identifier,
)
from builder.formats.distinguished_name import name_text, printable_name
from builder.formats.pem import CERTIFICATE, parse_pem, serialize_pem


def middle(**changes: object) -> Authority:
    wish = replace(middle_wish(), **changes)  # type: ignore[arg-type]  # any field
    return issue(wish, root())


def test_a_certificate_is_read_as_others_read_it() -> None:
    made = issue(leaf_wish(), middle())
    theirs = made.certificate
    ours = parse_certificate(made.der)
    assert ours.version == 3
    assert ours.raw == made.der
    assert ours.signed == theirs.tbs_certificate_bytes
    assert ours.signature == theirs.signature
    assert ours.signature_algorithm.oid == theirs.signature_algorithm_oid.dotted_string
    assert int.from_bytes(ours.serial, "big") == theirs.serial_number
    assert ours.issuer == theirs.issuer.public_bytes()
    assert ours.subject == theirs.subject.public_bytes()
    assert ours.not_before == theirs.not_valid_before_utc
    assert ours.not_after == theirs.not_valid_after_utc
    assert [e.oid for e in ours.extensions] == [
        e.oid.dotted_string for e in theirs.extensions
    ]


@pytest.mark.parametrize("name", KEY_USAGES[:-2])
def test_every_key_usage_has_its_bit(name: str) -> None:
    made = middle(key_usage=frozenset((name,)))
    assert key_usage(parse_certificate(made.der)) == frozenset({KEY_USAGES.index(name)})


def test_the_ninth_key_usage_has_its_bit() -> None:
    made = middle(key_usage=frozenset(("key_agreement", "decipher_only")))
    assert key_usage(parse_certificate(made.der)) == frozenset({4, 8})


def test_extensions_are_read_as_they_were_made() -> None:
    key_id = x509.SubjectKeyIdentifier(b"0123456789")
    made = middle(
        path_length=3,
        usages=(CODE_SIGNING, TIME_STAMPING),
        extra=((key_id, False),),
    )
    ours = parse_certificate(made.der)
    assert basic_constraints(ours) == BasicConstraints(is_ca=True, path_length=3)
    assert extended_key_usages(ours) == ("1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8")
    assert subject_key_identifier(ours) == b"0123456789"


def test_extensions_that_are_not_there_are_none() -> None:
    ours = parse_certificate(middle(ca=None).der)
    assert basic_constraints(ours) is None
    assert key_usage(ours) is None
    assert extended_key_usages(ours) is None
    assert subject_key_identifier(ours) is None


def with_extension(oid: str, value: bytes) -> Authority:
    extension = x509.UnrecognizedExtension(ObjectIdentifier(oid), value)
    return middle(ca=None, extra=((extension, False),))


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        ("2.5.29.19", "30030101 01"),
        ("2.5.29.19", "3003020100"),
        ("2.5.29.19", "30060101ff0201ff"),
        ("2.5.29.19", "300001"),
        ("2.5.29.15", "0301 00"),
        ("2.5.29.15", "03020880"),
        ("2.5.29.15", "03040000 0000"),
        ("2.5.29.37", "3000"),
        ("2.5.29.37", "3002 0600"),
        ("2.5.29.14", "0401"),
    ],
)
def test_malformed_extensions_are_refused(oid: str, value: str) -> None:
    ours = parse_certificate(with_extension(oid, bytes.fromhex(value)).der)
    readers = {
        "2.5.29.19": basic_constraints,
        "2.5.29.15": key_usage,
        "2.5.29.37": extended_key_usages,
        "2.5.29.14": subject_key_identifier,
    }
    with pytest.raises(CatalogError):
        readers[oid](ours)


def test_an_extension_that_stands_twice_is_refused() -> None:
    raw = with_extension("1.2.3.4", b"\5\0").der
    one = bytes.fromhex("06032a0304")
    outer = der.Cursor(raw).enter(der.SEQUENCE, "")
    body = outer.raw("")
    rest = outer.rest()
    extension = bytes.fromhex("3009") + one + bytes.fromhex("04020500")
    inner = der.Cursor(body).enter(der.SEQUENCE, "")
    head = b""
    while not inner.next_is(der.context(3)):
        head += inner.raw("")
    twice = der.encode(der.context(3), der.encode(der.SEQUENCE, extension * 2))
    once = der.encode(der.context(3), der.encode(der.SEQUENCE, extension))
    for extensions, is_fine in ((once, True), (twice, False)):
        data = der.encode(
            der.SEQUENCE, der.encode(der.SEQUENCE, head, extensions), rest
        )
        if is_fine:
            assert parse_certificate(data).extension("1.2.3.4")
        else:
            with pytest.raises(CatalogError, match="twice"):
                parse_certificate(data)


def test_a_certificate_of_unusual_size_is_refused() -> None:
    with pytest.raises(CatalogError):
        parse_certificate(bytes(70_000))


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_damage_is_a_catalog_error_and_nothing_else(at: int, flip: int) -> None:
    data = bytearray(root().der)
    data[at % len(data)] ^= flip
    with suppress(CatalogError):
        parse_certificate(bytes(data))


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")),
    min_size=1,
    max_size=16,  # of up to four octets; names have room for 64
)
tricky = st.text(st.sampled_from('a ,+"\\<>;#='), min_size=1, max_size=8)


@given(st.lists(printable | tricky, min_size=1, max_size=4))
def test_names_are_written_as_others_write_them(values: list[str]) -> None:
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    name = x509.Name(
        x509.NameAttribute(kinds[n % 2], value) for n, value in enumerate(values)
    )
    assert x509.Name.from_rfc4514_string(name_text(name.public_bytes())) == name


def test_a_name_with_several_kinds_is_text() -> None:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A, B"),
            x509.NameAttribute(NameOID.COMMON_NAME, "x"),
        ]
    )
    assert name_text(name.public_bytes()) == r"CN=x,O=A\, B,C=US"


@pytest.mark.parametrize("value", ["a\u202eb", "a\x1b[2Jb", "a\nb", "a\0b"])
def test_a_name_that_would_move_the_cursor_is_hexadecimal(value: str) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, value)])
    text = name_text(name.public_bytes())
    assert text.startswith("CN=#")
    assert text.isprintable()


def test_what_is_no_name_is_hexadecimal() -> None:
    assert printable_name(b"\x30\x05") == "#3005"


def test_pem_is_read_beside_other_text() -> None:
    made = root()
    text = b"subject=x\n" + made.pem + b"\r\n" + made.pem.replace(b"\n", b"\r\n")
    assert parse_pem(text, CERTIFICATE) == (made.der, made.der)
    assert serialize_pem(made.der, CERTIFICATE) == made.pem
    assert parse_pem(text, "X509 CRL") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x\n-----BEGIN CERTIFICATE-----\nAAAA\n", 2),
        ("-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n", 1),
        ("-----BEGIN CERTIFICATE-----\nA*AA\n-----END CERTIFICATE-----", 1),
        ("-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----", 1),
    ],
)
def test_damaged_pem_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(CatalogError) as caught:
        parse_pem(text.encode(), CERTIFICATE)
    assert caught.value.line == line
