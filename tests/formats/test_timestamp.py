"""Countersignatures that hold, and the many that do not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha1, sha256
from time import perf_counter

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import SubjectKeyIdentifier, UnrecognizedExtension
from cryptography.x509.oid import ObjectIdentifier
from forge import Forgery, attribute, forge
from make_catalog import make_catalog
from make_pki import (
    CODE_SIGNING,
    NOW,
    Authority,
    Wish,
    issue,
    leaf_wish,
    middle_wish,
    revocation_list,
    root,
    rsa_key,
)
from make_stamp import (
    STAMPED,
    Stamp,
    pkcs9,
    pkcs9_attribute,
    right,
    stamper,
    stamper_wish,
    token,
    token_attribute,
    unsigned,
    with_sha1,
)

from builder.errors import SignatureError, SignatureFault
from builder.formats import der, oids
from builder.formats.ctl import serialize_ctl
from builder.formats.verify import verify_catalog
from builder.model.catalog import VerifiedCatalog
from builder.model.evidence import TimestampKind

CATALOG = make_catalog(2)
CONTENT = serialize_ctl(CATALOG)
DAY = timedelta(days=1)
# A signer that was valid when it was stamped, and is not when it is judged.
PAST = issue(replace(leaf_wish("past"), end=STAMPED + DAY), root())
KINDS = {TimestampKind.PKCS9: pkcs9, TimestampKind.RFC3161: token}


def stamped(
    stamp: Callable[[bytes], bytes], *, leaf: Authority = PAST, **changes: object
) -> bytes:
    certificates = (leaf.der, stamper().der)
    made = Forgery(content=CONTENT, leaf=leaf, stamp=stamp, certificates=certificates)
    return forge(replace(made, **changes))  # type: ignore[arg-type]  # any field


def verify(data: bytes, *crls: bytes, at: datetime = NOW) -> VerifiedCatalog:
    return verify_catalog(data, anchors=(root().der,), at=at, crls=crls)


def refusal(data: bytes, *crls: bytes, at: datetime = NOW) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(data, *crls, at=at)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_stamped_signature_outlives_its_certificate(kind: TimestampKind) -> None:
    found = verify(stamped(KINDS[kind](right()))).signature
    assert found.judged_at == STAMPED
    assert found.timestamp is not None
    assert found.timestamp.kind is kind
    assert found.timestamp.time == STAMPED
    assert [c.subject for c in found.timestamp.chain] == [
        "CN=test stamper",
        "CN=test root",
    ]
    assert not found.timestamp.revocation_checked
    assert found.weak == ()


def test_without_its_stamp_it_is_refused() -> None:
    error = refusal(stamped(lambda _: b""))
    assert error.fault is SignatureFault.VALIDITY


def key_identifier() -> tuple[Authority, bytes]:
    wish = stamper_wish()
    identifier = SubjectKeyIdentifier.from_public_key(wish.key.public_key())
    made = issue(replace(wish, extra=((identifier, False),)), root())
    return made, identifier.digest


def long_chain(kind: TimestampKind) -> bytes:
    """The authority's issuer stands beside the signer, not in the token."""
    middle = issue(middle_wish("stamping"), root())
    authority = issue(stamper_wish("deep"), middle)
    certificates = tuple(c.der for c in (PAST, middle, authority))
    stamp = KINDS[kind](right(authority=authority))
    return stamped(stamp, certificates=certificates)


AUTHORITY, IDENTIFIER = key_identifier()


def ess(version: int, authority: Authority) -> bytes:
    """The attribute that names a certificate by its digest."""
    name, oid = (
        (sha1, oids.SIGNING_CERTIFICATE)
        if version == 1
        else (sha256, oids.SIGNING_CERTIFICATE_V2)
    )
    digest = der.encode(der.OCTET_STRING, name(authority.der).digest())
    one = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, digest))
    return attribute(oid, der.encode(der.SEQUENCE, one))


def more(*attributes: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda made: [*made, *attributes]


def without(oid: str) -> Callable[[list[bytes]], list[bytes]]:
    raw = der.encode_oid(oid)
    return lambda made: [one for one in made if raw not in one]


TAIL = (
    der.encode(der.SEQUENCE, der.encode_integer(1))
    + der.encode(der.BOOLEAN, b"\xff")
    + der.encode_integer(77)
    + der.encode(der.context(0), der.encode(der.NULL))
)
SHUFFLED = tuple(sorted((stamper().der, root().der, PAST.der), reverse=True))
FINE: dict[str, Callable[[], bytes]] = {
    "certificate named by SHA-1": lambda: stamped(token(right(ess=1))),
    "certificate named twice": lambda: stamped(
        token(right(attributes=more(ess(1, stamper()))))
    ),
    "certificates in no order": lambda: stamped(token(right(certificates=SHUFFLED))),
    "signer named by its key": lambda: stamped(
        token(right(authority=AUTHORITY, by_key=IDENTIFIER, signer_version=3))
    ),
    "a chain of three, token": lambda: long_chain(TimestampKind.RFC3161),
    "a chain of three, PKCS #9": lambda: long_chain(TimestampKind.PKCS9),
    "another digest": lambda: stamped(token(right(digest="sha384"))),
    "accuracy and more": lambda: stamped(token(right(info_tail=TAIL))),
}


@pytest.mark.parametrize("name", FINE)
def test_other_forms_hold_as_well(name: str) -> None:
    assert verify(FINE[name]()).judged_at == STAMPED


@pytest.mark.parametrize(
    ("text", "micro"), [(b".5Z", 500_000), (b".123456789Z", 123_456), (b"Z", 0)]
)
def test_fractions_of_a_second_are_read(text: bytes, micro: int) -> None:
    made = stamped(token(right(time_text=b"20200304050607" + text)))
    assert verify(made).judged_at == STAMPED.replace(microsecond=micro)


def test_a_judge_whose_clock_is_a_little_slow_believes_it() -> None:
    data = stamped(token(right()))
    assert verify(data, at=STAMPED - timedelta(minutes=4)).judged_at == STAMPED
    error = refusal(data, at=STAMPED - timedelta(minutes=6))
    assert error.fault is SignatureFault.TIMESTAMP


@lru_cache(maxsize=1)
def rsa_root() -> Authority:
    return issue(Wish(name="rsa root", key=rsa_key("rsa root"), ca=True))


def old(day: datetime, kind: TimestampKind, *, chain: bool = False) -> bytes:
    """Sign by SHA-1, and by a chain of SHA-1 if told."""
    top = rsa_root()
    leaf = issue(leaf_wish("old"), top)
    authority = issue(stamper_wish("old stamper"), top)
    certificates = [leaf.der, authority.der]
    if chain:
        certificates = [
            with_sha1(one, rsa_key("rsa root")) for one in (leaf, authority)
        ]
    stamp = right(
        authority=authority,
        time=day,
        digest="sha1",
        imprint_digest="sha1",
        ess=1,
        certificates=tuple(certificates),
        named=None,
    )
    if chain:
        weak = attribute_of(certificates[1])
        stamp = replace(stamp, ess=0, attributes=more(weak))
    return stamped(
        KINDS[kind](stamp),
        leaf=leaf,
        digest="sha1",
        certificates=tuple(certificates),
    )


def attribute_of(raw: bytes) -> bytes:
    digest = der.encode(der.OCTET_STRING, sha1(raw).digest())
    one = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, digest))
    return attribute(oids.SIGNING_CERTIFICATE, der.encode(der.SEQUENCE, one))


LAST = datetime(2020, 12, 31, 23, 59, 59, tzinfo=UTC)
LATER = datetime(2022, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chain", [False, True])
def test_sha1_is_believed_when_stamped_before_2021(
    kind: TimestampKind, *, chain: bool
) -> None:
    data = old(LAST, kind, chain=chain)
    found = verify_catalog(data, anchors=(rsa_root().der,), at=LATER).signature
    assert found.digest_algorithm == "sha1"
    assert "the signature uses sha1" in found.weak
    assert "the countersignature uses sha1" in found.weak
    assert ("the certificate of CN=old uses sha1" in found.weak) == chain


def unsorted(day: datetime) -> bytes:
    leaf = issue(leaf_wish("unsorted"), root())
    certificates = sorted((leaf.der, stamper().der, root().der), reverse=True)
    return stamped(
        pkcs9(right(time=day)),
        leaf=leaf,
        certificates=tuple(certificates),
        sort_certificates=False,
    )


def test_certificates_in_no_order_are_believed_when_stamped_before_2021() -> None:
    """Signatures of before 2010 are genuine so; Windows asked for it later."""
    found = verify_catalog(unsorted(LAST), anchors=(root().der,), at=LATER)
    assert found.judged_at == LAST
    error = refusal(unsorted(LAST + timedelta(seconds=1)), at=LATER)
    assert error.fault is SignatureFault.STRUCTURE
    assert error.reason == "certificates are not in DER order"


@pytest.mark.parametrize("kind", KINDS)
def test_sha1_is_refused_when_stamped_in_2021(kind: TimestampKind) -> None:
    data = old(LAST + timedelta(seconds=1), kind)
    with pytest.raises(SignatureError) as caught:
        verify_catalog(data, anchors=(rsa_root().der,), at=LATER)
    assert caught.value.fault is SignatureFault.TIMESTAMP
    assert "sha1 is refused" in caught.value.reason


def test_sha1_is_refused_when_only_the_stamp_of_2021_is_strong() -> None:
    top = rsa_root()
    leaf, authority = issue(leaf_wish("old"), top), issue(stamper_wish("new"), top)
    stamp = token(right(authority=authority, time=LAST + timedelta(seconds=1)))
    certificates = (leaf.der, authority.der)
    data = stamped(stamp, leaf=leaf, digest="sha1", certificates=certificates)
    with pytest.raises(SignatureError) as caught:
        verify_catalog(data, anchors=(top.der,), at=LATER)
    assert caught.value.fault is SignatureFault.ALGORITHM


def test_a_signer_for_its_lifetime_only_does_not_outlive_it() -> None:
    lifetime = ObjectIdentifier(oids.LIFETIME_SIGNING)
    wish = replace(leaf_wish("brief"), end=STAMPED + DAY)
    brief = issue(replace(wish, usages=(CODE_SIGNING, lifetime)), root())
    data = stamped(token(right()), leaf=brief)
    assert refusal(data).fault is SignatureFault.VALIDITY
    assert verify(data, at=STAMPED + timedelta(hours=1)).timestamped


def test_a_stamped_signer_whose_usages_cannot_be_read_is_refused() -> None:
    usages = UnrecognizedExtension(ObjectIdentifier(oids.EXTENDED_KEY_USAGE), b"0\0")
    wish = replace(leaf_wish("odd"), usages=None, extra=((usages, False),))
    odd = issue(wish, root())
    error = refusal(stamped(token(right()), leaf=odd))
    assert error.fault is SignatureFault.CHAIN


@pytest.mark.parametrize("days", [2, -4000])
def test_a_stamp_outside_the_signers_validity_does_not_help(days: int) -> None:
    time = STAMPED + timedelta(days=days)
    wish = replace(stamper_wish(), start=datetime(2000, 1, 1, tzinfo=UTC))
    top = issue(replace(middle_wish("early"), start=datetime(2000, 1, 1, tzinfo=UTC)))
    authority = issue(wish, top)
    data = stamped(token(right(time=time, authority=authority)))
    with pytest.raises(SignatureError) as caught:
        verify_catalog(data, anchors=(root().der, top.der), at=NOW)
    assert caught.value.fault is SignatureFault.VALIDITY


def by(**changes: object) -> Authority:
    """An authority with something else about its certificate."""
    return issue(replace(stamper_wish(), **changes), root())  # type: ignore[arg-type]  # any field


def both(signature: bytes) -> bytes:
    stamp = right()
    return unsigned(
        pkcs9_attribute(stamp, signature), token_attribute(stamp, signature)
    )


def doubled(signature: bytes) -> bytes:
    first = token_attribute(right(), signature)
    second = token_attribute(right(time=STAMPED - DAY), signature)
    cursors = [
        der.Cursor(one).enter(der.SEQUENCE, "attribute") for one in (first, second)
    ]
    values = []
    for cursor in cursors:
        cursor.oid("type")
        values.append(cursor.content(der.SET, "values"))
    return unsigned(attribute(oids.RFC3161_TOKEN, *values))


def other_info(info: bytes) -> bytes:
    return info.replace(b"20200304050607Z", b"20200304050608Z")


CRITICAL = der.encode(
    der.context(1),
    der.encode(
        der.SEQUENCE,
        der.encode_oid("1.2.3.9"),
        der.encode(der.BOOLEAN, b"\xff"),
        der.encode(der.OCTET_STRING, b""),
    ),
)
TWO_TIMES = attribute(
    oids.SIGNING_TIME, der.encode_time(STAMPED), der.encode_time(STAMPED - DAY)
)
Make = Callable[[], Callable[[bytes], bytes]]


def tokens(**changes: object) -> Make:
    return lambda: token(right(**changes))


def pkcs9s(**changes: object) -> Make:
    return lambda: pkcs9(right(**changes))


def authority(
    form: Callable[[Stamp], Callable[[bytes], bytes]], **wish: object
) -> Make:
    return lambda: form(right(authority=by(**wish)))


def elsewhere(form: Callable[[Stamp], Callable[[bytes], bytes]]) -> Make:
    made = issue(stamper_wish(), root("another root"))
    return lambda: form(right(authority=made))


HOSTILE: dict[str, tuple[str, Make]] = {
    "token over other octets": ("imprint", tokens(over=lambda _: b"other")),
    "token over nothing": ("imprint", tokens(over=lambda _: b"")),
    "token over a digest": (
        "imprint",
        tokens(over=lambda signature: sha256(signature).digest()),
    ),
    "imprint by MD5": ("md5 is refused", tokens(imprint_digest="md5")),
    "token of the future": ("after the time", tokens(time=NOW + DAY)),
    "token by another key": (
        "signature of CN=test stamper is wrong",
        tokens(signed_by=rsa_key("stranger")),
    ),
    "token changed after it was signed": ("digest:", tokens(change_info=other_info)),
    "token without content": ("without a time stamp", tokens(content=False)),
    "token of data": ("not a time-stamp token", tokens(content_type=oids.DATA)),
    "token of version 1": ("not a time-stamp token", tokens(version=1)),
    "token with two signers": ("2 signers", tokens(signers=2)),
    "token without a signer": ("not signed", tokens(signers=0)),
    "token that names no certificate": ("no signed attribute", tokens(ess=0)),
    "token that names another certificate": (
        "no signed attribute",
        tokens(named=PAST),
    ),
    "token that also names another certificate": (
        "no signed attribute",
        tokens(attributes=more(ess(1, PAST))),
    ),
    "token without its certificate": ("0 certificates", tokens(certificates=())),
    "token by an unknown key": (
        "0 certificates",
        tokens(by_key=b"unknown", signer_version=3),
    ),
    "statement of version 2": ("not of version 1", tokens(info_version=2)),
    "statement with a tail": (
        "too many",
        tokens(info_tail=der.encode(der.OCTET_STRING, b"x")),
    ),
    "statement with a critical extension": (
        "critical extension",
        tokens(info_tail=CRITICAL),
    ),
    "statement in local time": ("not a time", tokens(time_text=b"20200304050607")),
    "statement of an impossible time": (
        "impossible",
        tokens(time_text=b"20201304050607Z"),
    ),
    "statement with an endless fraction": (
        "not a time",
        tokens(time_text=b"20200304050607." + b"1" * 10 + b"Z"),
    ),
    "two tokens": ("not exactly one", lambda: doubled),
    "token that is garbage": (
        "content info",
        lambda: (
            lambda _: unsigned(
                attribute(oids.RFC3161_TOKEN, der.encode(der.OCTET_STRING, b"x"))
            )
        ),
    ),
    "no token in its attribute": (
        "not exactly one",
        lambda: lambda _: unsigned(attribute(oids.RFC3161_TOKEN)),
    ),
    "both kinds": ("not exactly one", lambda: both),
    "authority without usage": ("usage", authority(token, usages=None)),
    "authority that signs code": ("usage", authority(token, usages=(CODE_SIGNING,))),
    "authority under another root": ("anchor", elsewhere(token)),
    "authority of its own": (
        "anchor",
        lambda: token(right(authority=issue(stamper_wish()))),
    ),
    "authority that had expired": ("validity", authority(token, end=STAMPED - DAY)),
    "authority not yet valid": ("validity", authority(token, start=STAMPED + DAY)),
    "authority with a small key": (
        "too weak",
        authority(token, key=rsa_key("small", 1024)),
    ),
    "authority that may not sign": (
        "usage",
        authority(token, key_usage=frozenset({"key_encipherment"})),
    ),
    "PKCS #9 over other octets": ("digest", pkcs9s(over=lambda _: b"other")),
    "PKCS #9 over the content": ("digest", pkcs9s(over=lambda _: CONTENT)),
    "PKCS #9 without a time": (
        "signingTime is not signed",
        pkcs9s(attributes=without(oids.SIGNING_TIME)),
    ),
    "PKCS #9 with two times": (
        "signingTime is not signed",
        pkcs9s(attributes=lambda made: [made[0], TWO_TIMES, made[2]]),
    ),
    "PKCS #9 with the time twice": (
        "signed twice",
        pkcs9s(
            attributes=more(attribute(oids.SIGNING_TIME, der.encode_time(NOW - DAY)))
        ),
    ),
    "PKCS #9 without a type": (
        "contentType is not signed",
        pkcs9s(attributes=without(oids.CONTENT_TYPE)),
    ),
    "PKCS #9 of another type": (
        "contentType is not the type",
        pkcs9s(content_type=oids.TRUST_LIST),
    ),
    "PKCS #9 without a digest": (
        "messageDigest is not signed",
        pkcs9s(attributes=without(oids.MESSAGE_DIGEST)),
    ),
    "PKCS #9 out of order": (
        "not in DER order",
        pkcs9s(keep_order=True, attributes=lambda made: made[::-1]),
    ),
    "PKCS #9 by another key": ("is wrong", pkcs9s(signed_by=rsa_key("stranger"))),
    "PKCS #9 with another value": (
        "not exactly one",
        pkcs9s(tail=der.encode(der.SEQUENCE)),
    ),
    "PKCS #9 by a stranger": (
        "0 certificates",
        lambda: pkcs9(right(authority=issue(stamper_wish("unknown"), root()))),
    ),
    "PKCS #9 by the signer itself": ("usage", lambda: pkcs9(right(authority=PAST))),
    "PKCS #9 of the future": ("after the time", pkcs9s(time=NOW + DAY)),
    "PKCS #9 before the authority": (
        "validity",
        pkcs9s(time=datetime(2009, 1, 1, tzinfo=UTC)),
    ),
    "PKCS #9 that is garbage": (
        "cut off",
        lambda: (
            lambda _: unsigned(
                attribute(oids.COUNTERSIGNATURE, der.encode(der.SEQUENCE))
            )
        ),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_countersignature_is_refused_for_what_it_is(name: str) -> None:
    words, make = HOSTILE[name]
    data = stamped(make())
    began = perf_counter()
    error = refusal(data)
    assert perf_counter() - began < 1
    assert error.fault is SignatureFault.TIMESTAMP, error
    assert words in error.reason


def test_a_signature_that_needs_no_stamp_is_refused_with_a_wrong_one() -> None:
    leaf = issue(leaf_wish(), root())
    assert verify(stamped(token(right()), leaf=leaf)).timestamped
    wrong = stamped(token(right(over=lambda _: b"other")), leaf=leaf)
    assert refusal(wrong).fault is SignatureFault.TIMESTAMP


def test_a_revoked_authority_is_refused() -> None:
    """Even if it was revoked after it stamped: it may have done so since."""
    serial = stamper().certificate.serial_number
    made = revocation_list(root(), {serial: NOW - DAY})
    listed = made.public_bytes(Encoding.DER)
    error = refusal(stamped(token(right())), listed)
    assert error.fault is SignatureFault.TIMESTAMP
    assert "was revoked on" in error.reason


def test_a_signer_revoked_after_the_stamp_was_good() -> None:
    serial = PAST.certificate.serial_number
    for when, good in ((STAMPED + DAY, True), (STAMPED - DAY, False)):
        made = revocation_list(root(), {serial: when})
        listed = made.public_bytes(Encoding.DER)
        data = stamped(token(right()))
        if good:
            found = verify(data, listed).signature
            assert found.revocation_checked
            assert found.timestamp is not None
            assert found.timestamp.revocation_checked
        else:
            assert refusal(data, listed).fault is SignatureFault.REVOKED


@pytest.mark.parametrize("kind", KINDS)
def test_every_flipped_octet_of_a_stamp_is_refused(kind: TimestampKind) -> None:
    """But in its own certificates' unsigned parts, which nothing rests on."""
    data = stamped(KINDS[kind](right()))
    start = data.index(
        der.encode_oid(
            oids.COUNTERSIGNATURE if kind is TimestampKind.PKCS9 else oids.RFC3161_TOKEN
        )
    )
    believed = []
    for at in range(start, len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        try:
            verify(bytes(flipped))
        except SignatureError:
            continue
        believed.append(at)
    assert believed == []
