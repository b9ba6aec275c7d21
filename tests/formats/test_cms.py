"""Signed data: what is kept octet for octet, and the profile we write."""

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

import pytest
from forge import Forgery, attribute, default_leaf, forge
from hypothesis import given
from hypothesis import strategies as st
from make_catalog import make_catalog
from make_pki import (
    Authority,
    MadeSigner,
    issue,
    leaf_wish,
    middle_wish,
    root,
    rsa_key,
    signer,
    simple_signer,
)

from builder.errors import CatalogError, LimitError, SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.cms import parse_signed_data
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl import serialize_ctl
from builder.model.limits import Limits

CATALOG = make_catalog(3)
CONTENT = serialize_ctl(CATALOG)


def signed() -> bytes:
    return sign_catalog(CATALOG, simple_signer())


def test_the_profile_is_the_genuine_one() -> None:
    parsed = parse_signed_data(signed())
    assert parsed.version == 1
    assert [a.oid for a in parsed.digest_algorithms] == [oids.DIGEST_OIDS["sha256"]]
    assert parsed.content_type == oids.TRUST_LIST
    (info,) = parsed.signers
    assert info.version == 1
    assert info.signature_algorithm.oid == oids.RSA
    assert info.signature_algorithm.parameters == b"\5\0"
    assert [a.oid for a in info.signed_attributes] == [
        oids.CONTENT_TYPE,
        oids.STATEMENT_TYPE,
        oids.MESSAGE_DIGEST,
        oids.OPUS_INFO,
    ]
    assert info.signed_attributes[1].values == (
        bytes.fromhex("300c060a2b060104018237020115"),
    )
    assert info.unsigned_attributes == ()


def test_the_message_digest_covers_the_content_without_tag_and_length() -> None:
    parsed = parse_signed_data(signed())
    assert CONTENT.endswith(parsed.content.tobytes())
    assert der.encode(der.SEQUENCE, parsed.content.tobytes()) == CONTENT
    digest = parsed.signers[0].signed_attributes[2].values[0]
    assert digest == b"\x04\x20" + sha256(parsed.content).digest()


def test_offsets_point_into_the_file() -> None:
    data = signed()
    parsed = parse_signed_data(data)
    assert data[parsed.content_start : parsed.content_stop] == CONTENT
    info = parsed.signers[0]
    assert data[info.offset] == der.SEQUENCE
    for found in info.signed_attributes:
        assert (
            der.encode_oid(found.oid)
            == data[found.offset + 2 :][: len(der.encode_oid(found.oid))]
        )


def test_signed_attributes_are_kept_as_a_set() -> None:
    data = signed()
    octets = parse_signed_data(data).signers[0].signed_octets
    assert octets is not None
    assert octets[0] == der.SET
    assert b"\xa0" + octets[1:] in data


def test_certificates_are_sorted_and_the_root_stays_at_home() -> None:
    chain: list[Authority] = []
    issuer = root()
    for name in ("one", "two", "three"):
        issuer = issue(middle_wish(name), issuer)
        chain.insert(0, issuer)
    leaf = issue(leaf_wish(), issuer)
    data = sign_catalog(CATALOG, signer(leaf, *chain, root()))
    certificates = parse_signed_data(data).certificates
    assert list(certificates) == sorted(certificates)
    assert set(certificates) == {leaf.der, *(a.der for a in chain)}


def test_an_unsigned_catalog_has_neither_signer_nor_certificate() -> None:
    parsed = parse_signed_data(unsigned_catalog(CATALOG))
    assert parsed.signers == ()
    assert parsed.certificates == ()
    assert parsed.digest_algorithms == ()


def test_what_the_program_is_called_is_the_signers_choice() -> None:
    data = sign_catalog(CATALOG, simple_signer(), program="ours")
    assert "ours".encode("utf-16-be") in data
    octets = parse_signed_data(data).signers[0].signed_attributes
    assert len(octets) == 4


@pytest.mark.parametrize("fault", ["other key", "no certificate", "not a certificate"])
def test_a_signer_that_does_not_fit_is_refused(fault: str) -> None:
    made = simple_signer()
    wrong = {
        "other key": replace(made, key=rsa_key("other")),
        "no certificate": replace(made, certificates=()),
        "not a certificate": replace(made, certificates=(b"\x30\0",)),
    }[fault]
    with pytest.raises(SignatureError) as caught:
        sign_catalog(CATALOG, wrong)
    assert caught.value.fault is SignatureFault.KEY


def test_a_signer_with_a_weak_key_is_refused() -> None:
    weak = issue(replace(leaf_wish(), key=rsa_key("weak", 1024)), root())
    key = rsa_key("weak", 1024)
    with pytest.raises(SignatureError) as caught:
        sign_catalog(CATALOG, MadeSigner(certificates=(weak.der,), key=key))
    assert caught.value.fault is SignatureFault.KEY


@given(st.integers(0, 10**6), st.integers(1, 255), st.integers(0, 10**6))
def test_damage_is_a_catalog_error_and_nothing_else(
    at: int, flip: int, length: int
) -> None:
    data = bytearray(DATA)
    data[at % len(data)] ^= flip
    with suppress(CatalogError):
        parse_signed_data(bytes(data))
    with pytest.raises(CatalogError):
        parse_signed_data(bytes(data[: length % len(data)]))


DATA = forge(Forgery(content=CONTENT, leaf=default_leaf()))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an element is cut off"),
        (b"This is not a catalog", "content info: tag 0x54 where 0x30 belongs"),
        (
            der.encode(der.SEQUENCE, der.encode_oid(oids.DATA)),
            "content type 1.2.840.113549.1.7.1 is not signed data",
        ),
    ],
)
def test_something_else_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(CatalogError) as caught:
        parse_signed_data(data)
    assert caught.value.reason == reason


def many(count: int) -> bytes:
    return der.encode(
        der.context(1),
        *sorted(attribute(f"1.2.3.{n}", der.encode(der.NULL)) for n in range(count)),
    )


@pytest.mark.parametrize(
    "data",
    [
        forge(Forgery(content=CONTENT, leaf=default_leaf(), unsigned=many(33))),
        forge(Forgery(content=CONTENT, leaf=default_leaf(), signers=17)),
        forge(
            Forgery(
                content=CONTENT,
                leaf=default_leaf(),
                certificates=tuple(
                    der.encode(der.SEQUENCE, der.encode_integer(n)) for n in range(65)
                ),
            )
        ),
    ],
)
def test_more_than_anybody_needs_is_a_limit_error(data: bytes) -> None:
    with pytest.raises(LimitError):
        parse_signed_data(data)


def test_a_file_above_the_limit_is_not_read() -> None:
    with pytest.raises(LimitError):
        parse_signed_data(DATA, limits=Limits(held=len(DATA) - 1))
    assert parse_signed_data(DATA, limits=Limits(held=len(DATA))).version == 1
