"""Signed catalogs that are believed, and the many that are not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from forge import (
    TYPE_ATTRIBUTE,
    Forgery,
    attribute,
    default_leaf,
    digest_attribute,
    forge,
)
from make_catalog import make_catalog, make_new_catalog
from make_pki import (
    NOW,
    TIME_STAMPING,
    Authority,
    ec_key,
    issue,
    leaf_wish,
    root,
    root_wish,
    rsa_key,
    signer,
    simple_signer,
)

from builder.errors import LimitError, SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.cms import parse_signed_data
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl import serialize_ctl
from builder.formats.ctl_member import flat_member
from builder.formats.verify import parse_catalog, verify_catalog
from builder.model.catalog import VerifiedCatalog
from builder.model.limits import Limits
from builder.model.trust import TrustPolicy

CATALOG = make_catalog(2)
CONTENT = serialize_ctl(CATALOG)


def verify(data: bytes, *anchors: bytes, at: datetime = NOW) -> VerifiedCatalog:
    return verify_catalog(data, anchors=anchors or (root().der,), at=at)


def refusal(data: bytes, *anchors: bytes, at: datetime = NOW) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(data, *anchors, at=at)
    return caught.value


def forgery(**changes: object) -> bytes:
    right = Forgery(content=CONTENT, leaf=default_leaf())
    return forge(replace(right, **changes))  # type: ignore[arg-type]  # any field


def test_a_catalog_we_signed_is_believed() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    verified = verify(data)
    assert verified.catalog == CATALOG
    assert [c.subject for c in verified.chain] == ["CN=test signer", "CN=test root"]
    assert verified.judged_at == NOW
    assert verified.digest_algorithm == "sha256"
    assert verified.policy == "authenticode"
    assert not verified.timestamped
    assert not verified.revocation_checked


def test_a_catalog_of_version_2_is_believed() -> None:
    catalog = make_new_catalog(4)
    assert verify(sign_catalog(catalog, simple_signer())).catalog == catalog


@pytest.mark.parametrize("buffer", [bytes, bytearray, memoryview])
def test_any_buffer_is_read(buffer: Callable[[bytes], bytes]) -> None:
    data = buffer(sign_catalog(CATALOG, simple_signer()))
    assert verify(data).catalog == CATALOG
    assert parse_catalog(data) == CATALOG


def test_signing_twice_gives_the_same_bytes() -> None:
    made = simple_signer()
    assert sign_catalog(CATALOG, made) == sign_catalog(CATALOG, made)


def test_the_twin_of_every_forgery_is_believed() -> None:
    assert verify(forgery()).catalog == CATALOG


def test_an_elliptic_curve_is_believed() -> None:
    wish = replace(leaf_wish(), key=ec_key("curved"))
    leaf = issue(wish, root())
    for oid in ("1.2.840.10045.4.3.2", oids.EC):
        assert verify(forgery(leaf=leaf, signature_oid=oid)).catalog == CATALOG


def test_another_strong_digest_is_believed() -> None:
    assert verify(forgery(digest="sha384")).digest_algorithm == "sha384"


def test_an_unsigned_catalog_says_unsigned() -> None:
    data = unsigned_catalog(CATALOG)
    assert refusal(data).fault is SignatureFault.UNSIGNED
    assert parse_catalog(data) == CATALOG


MORE = attribute("1.2.3.4", der.encode(der.NULL))
DIGEST = digest_attribute(CONTENT)
TWO_VALUES = attribute(
    oids.MESSAGE_DIGEST,
    der.encode(der.OCTET_STRING, bytes(31)),
    der.encode(der.OCTET_STRING, bytes(32)),
)
WRONG_TYPE = attribute(oids.CONTENT_TYPE, der.encode_oid(oids.DATA))
NO_DIGEST = attribute(oids.MESSAGE_DIGEST, der.encode(der.NULL))
EMPTY_DIGEST = attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING))
LONGER = attribute(oids.MESSAGE_DIGEST, der.encode(der.OCTET_STRING, bytes(33)))
OTHER = serialize_ctl(replace(CATALOG, list_id=bytes(16)))


def stranger() -> rsa.RSAPrivateKey:
    return rsa_key("stranger")


def twin() -> Authority:
    """A certificate with the issuer and serial number of another."""
    return issue(replace(leaf_wish(), key=rsa_key("twin")), root())


HOSTILE: dict[str, tuple[SignatureFault, dict[str, object]]] = {
    "version 3": (SignatureFault.STRUCTURE, {"version": 3}),
    "another type of content": (
        SignatureFault.STRUCTURE,
        {"content_type": oids.DATA},
    ),
    "certificates out of order": (
        SignatureFault.STRUCTURE,
        {
            "certificates": tuple(
                sorted((default_leaf().der, root().der), reverse=True)
            ),
            "sort_certificates": False,
        },
    ),
    "a certificate twice": (
        SignatureFault.STRUCTURE,
        {"certificates": (default_leaf().der, default_leaf().der)},
    ),
    "something else among the certificates": (
        SignatureFault.STRUCTURE,
        {"certificates": (default_leaf().der, der.encode(der.SEQUENCE))},
    ),
    "attributes out of order": (
        SignatureFault.STRUCTURE,
        {"attributes": (DIGEST, TYPE_ATTRIBUTE), "keep_order": True},
    ),
    "an attribute twice, octet for octet": (
        SignatureFault.STRUCTURE,
        {"attributes": (TYPE_ATTRIBUTE, DIGEST, DIGEST)},
    ),
    "two signers": (SignatureFault.SIGNER, {"signers": 2}),
    "signer version 3": (SignatureFault.SIGNER, {"signer_version": 3}),
    "no certificates": (SignatureFault.SIGNER, {"certificates": ()}),
    "certificate of somebody else": (
        SignatureFault.SIGNER,
        {"certificates": (root().der,)},
    ),
    "two certificates with the same issuer and serial number": (
        SignatureFault.SIGNER,
        {"certificates": (default_leaf().der, twin().der)},
    ),
    "the signer is named as another": (
        SignatureFault.SIGNER,
        {"named": root().certificate},
    ),
    "no attributes": (SignatureFault.ATTRIBUTES, {"attributes": ()}),
    "no contentType": (SignatureFault.ATTRIBUTES, {"attributes": (DIGEST,)}),
    "no messageDigest": (
        SignatureFault.ATTRIBUTES,
        {"attributes": (TYPE_ATTRIBUTE, MORE)},
    ),
    "two messageDigests": (
        SignatureFault.ATTRIBUTES,
        {"attributes": (TYPE_ATTRIBUTE, DIGEST, digest_attribute(OTHER))},
    ),
    "two values of messageDigest": (
        SignatureFault.ATTRIBUTES,
        {"attributes": (TYPE_ATTRIBUTE, TWO_VALUES)},
    ),
    "messageDigest of no type": (
        SignatureFault.ATTRIBUTES,
        {"attributes": (TYPE_ATTRIBUTE, NO_DIGEST)},
    ),
    "contentType of other content": (
        SignatureFault.ATTRIBUTES,
        {"attributes": (WRONG_TYPE, DIGEST)},
    ),
    "empty messageDigest": (
        SignatureFault.DIGEST,
        {"attributes": (TYPE_ATTRIBUTE, EMPTY_DIGEST)},
    ),
    "messageDigest of another length": (
        SignatureFault.DIGEST,
        {"attributes": (TYPE_ATTRIBUTE, LONGER)},
    ),
    "messageDigest of another algorithm": (
        SignatureFault.DIGEST,
        {"attributes": (TYPE_ATTRIBUTE, digest_attribute(CONTENT, "sha384"))},
    ),
    "content changed and the digest kept": (
        SignatureFault.DIGEST,
        {"content": OTHER, "attributes": (TYPE_ATTRIBUTE, DIGEST)},
    ),
    "SHA-1": (SignatureFault.ALGORITHM, {"digest": "sha1"}),
    "another digest is listed": (
        SignatureFault.ALGORITHM,
        {"listed_digests": ("sha384",)},
    ),
    "two digests are listed": (
        SignatureFault.ALGORITHM,
        {"listed_digests": ("sha256", "sha384")},
    ),
    "PSS": (SignatureFault.ALGORITHM, {"signature_oid": oids.RSA_PSS}),
    "an unknown signature": (SignatureFault.ALGORITHM, {"signature_oid": "1.2.3"}),
    "a signature of another digest": (
        SignatureFault.ALGORITHM,
        {"signature_oid": "1.2.840.113549.1.1.12"},
    ),
    "a signature of another kind of key": (
        SignatureFault.ALGORITHM,
        {"signature_oid": "1.2.840.10045.4.3.2"},
    ),
    "a signature with parameters": (
        SignatureFault.ALGORITHM,
        {"signature_parameters": der.encode(der.SEQUENCE)},
    ),
    "signed by another key": (SignatureFault.SIGNATURE, {"signed_by": stranger()}),
    "another certificate of that name": (
        SignatureFault.SIGNATURE,
        {"certificates": (twin().der,)},
    ),
    "an empty signature": (
        SignatureFault.SIGNATURE,
        {"change_signature": lambda _: b""},
    ),
    "zeros for a signature": (
        SignatureFault.SIGNATURE,
        {"change_signature": lambda signature: bytes(len(signature))},
    ),
    "a longer signature": (
        SignatureFault.SIGNATURE,
        {"change_signature": lambda signature: b"\0" + signature},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_catalog_is_refused_for_what_it_is(name: str) -> None:
    fault, changes = HOSTILE[name]
    error = refusal(forgery(**changes))
    assert error.fault is fault, error


def small_exponent() -> Authority:
    key = rsa_key("three", 2048, 3)
    return issue(replace(leaf_wish(), key=key), root())


def small_modulus() -> Authority:
    return issue(replace(leaf_wish(), key=rsa_key("small", 1024)), root())


def small_curve() -> Authority:
    return issue(replace(leaf_wish(), key=ec_key("small", "secp192r1")), root())


@pytest.mark.parametrize("leaf", [small_exponent, small_modulus, small_curve])
def test_a_weak_key_is_refused(leaf: Callable[[], Authority]) -> None:
    oid = oids.EC if leaf is small_curve else oids.RSA
    error = refusal(forgery(leaf=leaf(), signature_oid=oid))
    assert error.fault is SignatureFault.ALGORITHM
    assert "too weak" in error.reason


def test_a_key_with_exponent_one_is_refused() -> None:
    """With e = 1 the padded digest itself is the signature."""
    leaf = default_leaf()
    old, new = bytes.fromhex("0203010001"), bytes.fromhex("0203000001")
    shorter = leaf.der.replace(old, new)
    assert shorter != leaf.der
    error = refusal(forgery(certificates=(shorter,)))
    assert error.fault is SignatureFault.ALGORITHM


def test_a_cube_root_forgery_is_refused() -> None:
    """A cube root of a padded digest with garbage, for a key with e = 3."""
    leaf = small_exponent()
    policy = TrustPolicy(rsa_exponent=3)

    def forged(_: bytes) -> bytes:
        message = der.encode(der.SET, *sorted((TYPE_ATTRIBUTE, DIGEST)))
        start = b"\0\1\xff\0" + bytes.fromhex("3031300d060960864801650304020105000420")
        start += sha256(message).digest()
        wanted = int.from_bytes(start.ljust(256, b"\xff"), "big")
        low, high = 0, 1 << 700
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if middle**3 <= wanted else (low, middle)
        assert low**3 >= int.from_bytes(start.ljust(256, b"\0"), "big")
        return low.to_bytes(256, "big")

    right = forgery(leaf=leaf)
    wrong = forgery(leaf=leaf, change_signature=forged)
    anchors = (root().der,)
    believed = verify_catalog(right, anchors=anchors, at=NOW, policy=policy)
    assert believed.catalog == CATALOG
    with pytest.raises(SignatureError) as caught:
        verify_catalog(wrong, anchors=anchors, at=NOW, policy=policy)
    assert caught.value.fault is SignatureFault.SIGNATURE


@pytest.mark.parametrize(
    "change",
    [
        {"tag": bytes(82)},
        {"tag": b"\0" * 20},
        {"digest": None, "algorithm": None},
        {"tag": flat_member(bytes(20)).tag.lower(), "digest": b"\xab" * 20},
    ],
)
def test_a_tag_that_is_not_the_digest_is_refused(change: dict[str, object]) -> None:
    member = replace(CATALOG.members[0], **change)  # type: ignore[arg-type]  # any
    content = serialize_ctl(replace(CATALOG, members=(member,)))
    error = refusal(forgery(content=content))
    assert error.fault is SignatureFault.STRUCTURE
    assert "is not the digest" in error.reason


def test_a_list_outside_its_wrapper_is_refused() -> None:
    error = refusal(forgery(content=CONTENT + der.encode(der.NULL)))
    assert error.fault is SignatureFault.STRUCTURE


def test_trailing_octets_are_refused() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    for tail in (b"\0", bytes(8), data):
        assert refusal(data + tail).fault is SignatureFault.STRUCTURE


def test_every_cut_is_refused() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    for length in range(0, len(data), 7):
        assert refusal(data[:length]).fault is SignatureFault.STRUCTURE


def test_an_indefinite_length_is_refused() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    assert data[:2] == b"\x30\x82"
    tolerant = b"\x30\x80" + data[4:] + b"\0\0"
    error = refusal(tolerant)
    assert error.fault is SignatureFault.STRUCTURE
    assert "indefinite" in error.reason


def test_a_file_above_the_limit_is_not_read() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    limits = Limits(held=len(data) - 1)
    with pytest.raises(LimitError):
        verify_catalog(data, anchors=(root().der,), at=NOW, limits=limits)


def test_a_swollen_signature_is_not_read() -> None:
    swollen = der.encode(
        der.context(1),
        *sorted(
            attribute(f"1.2.3.{n}", der.encode(der.OCTET_STRING, bytes(1 << 16)))
            for n in range(17)
        ),
    )
    with pytest.raises(LimitError):
        verify(forgery(unsigned=swollen))


def test_unsigned_attributes_change_nothing() -> None:
    unsigned = der.encode(der.context(1), attribute("1.2.3.4", der.encode(der.NULL)))
    assert not verify(forgery(unsigned=unsigned)).timestamped


def test_a_time_without_a_zone_is_a_mistake_of_the_caller() -> None:
    naive = datetime(2020, 1, 1)  # noqa: DTZ001  (that is the point)
    with pytest.raises(ValueError, match="zone"):
        verify(sign_catalog(CATALOG, simple_signer()), at=naive)


@pytest.mark.parametrize(
    "at", [datetime(2009, 12, 31, tzinfo=UTC), datetime(2040, 1, 2, tzinfo=UTC)]
)
def test_outside_its_validity_no_certificate_is_believed(at: datetime) -> None:
    error = refusal(sign_catalog(CATALOG, simple_signer()), at=at)
    assert error.fault is SignatureFault.VALIDITY


def test_the_ends_of_validity_are_inside() -> None:
    end = NOW + timedelta(days=1)
    data = sign_catalog(CATALOG, simple_signer(start=NOW, end=end))
    for at in (NOW, end):
        assert verify(data, at=at).judged_at == at


def test_an_expired_signer_is_refused_by_name() -> None:
    end = NOW - timedelta(days=1)
    error = refusal(sign_catalog(CATALOG, simple_signer(end=end)))
    assert error.fault is SignatureFault.VALIDITY
    assert "CN=test signer" in error.reason


def test_a_signer_for_another_purpose_is_refused() -> None:
    for usages in ((TIME_STAMPING,), None):
        error = refusal(sign_catalog(CATALOG, simple_signer(usages=usages)))
        assert error.fault is SignatureFault.USAGE


def test_a_chain_to_another_root_ends_in_no_anchor() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    error = refusal(data, root("another root").der)
    assert error.fault is SignatureFault.ANCHOR
    assert error.reason == (
        "CN=test signer was issued by CN=test root, which is not an accepted anchor"
    )


def test_without_anchors_nothing_is_believed() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    with pytest.raises(SignatureError) as caught:
        verify_catalog(data, anchors=(), at=NOW)
    assert caught.value.fault is SignatureFault.ANCHOR


def test_a_root_inside_the_file_is_not_thereby_trusted() -> None:
    data = forgery(certificates=(default_leaf().der, root().der))
    assert verify(data).catalog == CATALOG
    error = refusal(data, root("another root").der)
    assert error.fault is SignatureFault.ANCHOR
    assert error.reason == (
        "the chain ends in CN=test root, which is not an accepted anchor"
    )


def test_a_root_of_the_same_name_and_another_key_is_no_anchor() -> None:
    other = issue(replace(root_wish(), key=ec_key("other key")))
    error = refusal(sign_catalog(CATALOG, simple_signer()), other.der)
    assert error.fault is SignatureFault.ANCHOR
    assert "another certificate of that name" in error.reason


def test_an_anchor_is_pinned_by_its_octets() -> None:
    """The same name and the same key, but another certificate."""
    again = issue(replace(root_wish(), serial=77))
    data = forgery(certificates=(default_leaf().der, root().der))
    assert again.der != root().der
    chain = verify(data, again.der).chain
    assert chain[-1].sha256 == again.certificate.fingerprint(SHA256()).hex()


def test_the_signer_itself_may_be_the_anchor() -> None:
    assert len(verify(forgery(), default_leaf().der).chain) == 1


def test_a_self_signed_signer_is_believed_only_as_an_anchor() -> None:
    alone = issue(leaf_wish())
    data = sign_catalog(CATALOG, signer(alone))
    assert refusal(data).fault is SignatureFault.ANCHOR
    assert len(verify(data, alone.der).chain) == 1


def test_an_anchor_that_is_no_certificate_is_named() -> None:
    error = refusal(sign_catalog(CATALOG, simple_signer()), b"PEM")
    assert error.fault is SignatureFault.ANCHOR


def test_every_flipped_bit_is_refused() -> None:
    """Every bit of the file, and so of the content, attributes and signature."""
    leaf = issue(replace(leaf_wish(), key=ec_key("flip")), root())
    content = serialize_ctl(make_catalog(1))
    data = forgery(content=content, leaf=leaf, signature_oid=oids.EC)
    assert verify(data).catalog == make_catalog(1)
    believed = []
    for at in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            try:
                verify(bytes(flipped))
            except SignatureError:
                continue
            believed.append((at, bit))
    assert believed == []


def test_every_flipped_bit_of_an_rsa_signature_is_refused() -> None:
    data = sign_catalog(CATALOG, simple_signer())
    info = parse_signed_data(data).signers[0]
    assert info.signed_octets is not None
    covered = (info.signature, info.signed_octets[1:])
    for octets in covered:
        start = data.index(octets)
        for at in range(start, start + len(octets)):
            for bit in range(8):
                flipped = bytearray(data)
                flipped[at] ^= 1 << bit
                assert refusal(bytes(flipped)).fault
