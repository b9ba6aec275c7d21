"""Catalogs taken apart and put together wrong, octet by octet.

Beside those of `test_verify`, `test_chain` and `test_timestamp`, which go
wrong in what they say, these go wrong in how they say it, or in how much.
Wherever a signature covers the fault, it is made anew: only the fault is left.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

import pytest
from forge import TYPE_ATTRIBUTE, Forgery, algorithm, attribute, default_leaf, forge
from make_catalog import make_catalog, make_new_catalog
from make_pki import (
    NOW,
    Authority,
    issue,
    leaf_wish,
    root,
    root_wish,
    rsa_key,
    simple_signer,
)
from make_seal import signed_program

from builder.errors import CatalogError, LimitError, SignatureError
from builder.formats import der, oids
from builder.formats.certificate import parse_certificate
from builder.formats.cms import parse_signed_data
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl import serialize_ctl
from builder.formats.pe_seal import image_seal
from builder.formats.public_key import public_key
from builder.formats.verify import verify_catalog, verify_members
from builder.model.evidence import VerifiedSignature
from builder.model.trust import DEFAULT_POLICY

CATALOG = make_catalog(3)
CONTENT = serialize_ctl(CATALOG)
NULL = der.encode(der.NULL)
SECONDS = 1.0

Path = tuple[int, ...]
SIGNED_DATA = (0, 1, 0)
SIGNER = (*SIGNED_DATA, 4, 0)


def children(data: bytes) -> list[bytes]:
    _, start, stop = der.header(data, 0, len(data))
    found, at = [], start
    while at < stop:
        _, _, after = der.header(data, at, stop)
        found.append(data[at:after])
        at = after
    return found


def pick(data: bytes, path: Path) -> bytes:
    """Give the element at a path; the first 0 is the whole."""
    for number in path[1:]:
        data = children(data)[number]
    return data


def put(data: bytes, path: Path, made: bytes) -> bytes:
    """Put octets in the place of an element, and the lengths around it right."""
    if len(path) == 1:
        return made
    parts = children(data)
    parts[path[1]] = put(parts[path[1]], path[1:], made)
    return der.encode(data[0], *parts)


@lru_cache(maxsize=1)
def right() -> bytes:
    return forge(Forgery(content=CONTENT, leaf=default_leaf()))


def signed(content: bytes, **changes: object) -> bytes:
    made = Forgery(content=content, leaf=default_leaf())
    return forge(replace(made, **changes))  # type: ignore[arg-type]  # any field


def verify(data: bytes) -> VerifiedSignature:
    """Verify in both ways; what one believes, the other does."""
    anchors = (root().der,)
    found: VerifiedSignature | None = None
    caught: Exception | None = None
    try:
        found = verify_members(data, anchors=anchors, at=NOW).signature
    except (SignatureError, LimitError) as error:
        caught = error
    if found is None:
        with pytest.raises((SignatureError, LimitError)) as eager:
            verify_catalog(data, anchors=anchors, at=NOW)
        assert type(eager.value) is type(caught)
        assert getattr(eager.value, "fault", None) == getattr(caught, "fault", None)
        raise eager.value
    again = verify_catalog(data, anchors=anchors, at=NOW).signature
    assert replace(found, nested=()) == replace(again, nested=())
    covered = [nested.covers for nested in again.nested]
    assert [nested.covers for nested in found.nested] == covered
    return again


def refuse(data: bytes) -> None:
    """Refuse, with an error of ours, and at once."""
    begin = time.process_time()
    with pytest.raises((SignatureError, LimitError)):
        verify(data)
    assert time.process_time() - begin < 2 * SECONDS  # it is judged twice


def behind(path: Path, more: bytes = NULL) -> Callable[[], bytes]:
    """Put an element behind the last one inside an element."""

    def make() -> bytes:
        element = pick(right(), path)
        longer = der.encode(element[0], *children(element), more)
        return put(right(), path, longer)

    return make


def instead(path: Path, made: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    return lambda: put(right(), path, made(pick(right(), path)))


def retagged(tag: int) -> Callable[[bytes], bytes]:
    return lambda element: bytes((tag,)) + element[1:]


def content_of(element: bytes) -> bytes:
    _, start, _ = der.header(element, 0, len(element))
    return element[start:]


def longer_length(element: bytes) -> bytes:
    content = content_of(element)
    size = len(content).to_bytes(4, "big")
    return bytes((element[0], 0x84)) + size + content


def indefinite(element: bytes) -> bytes:
    return bytes((element[0], 0x80)) + content_of(element) + b"\0\0"


def in_pieces(element: bytes) -> bytes:
    """BER: an OCTET STRING in two parts."""
    octets = content_of(element)
    half = len(octets) // 2
    parts = [der.encode(der.OCTET_STRING, octets[a:b]) for a, b in _halves(half)]
    return der.encode(der.OCTET_STRING | 0x20, *parts)


def _halves(half: int) -> tuple[tuple[int, int | None], ...]:
    return (0, half), (half, None)


def beyond_modulus(signature: bytes) -> bytes:
    """The same number modulo the key, and so another encoding of it."""
    key = default_leaf().certificate.public_key()
    modulus = key.public_numbers().n  # type: ignore[union-attr]  # it is RSA
    number = int.from_bytes(content_of(signature), "big") + modulus
    size = (number.bit_length() + 7) // 8
    return der.encode(der.OCTET_STRING, number.to_bytes(size, "big"))


def printable(name: bytes) -> bytes:
    """Write the strings of a name as another type: the same name to people."""
    assert b"\x0c" in name
    return name.replace(b"\x0c", b"\x13")


def of_another() -> bytes:
    """The signer of one catalog beside the list of another."""
    other = signed(serialize_ctl(make_catalog(4)))
    return put(right(), SIGNER, pick(other, SIGNER))


def as_octets() -> bytes:
    """CMS wants an OCTET STRING around its content; catalogs have none."""
    return signed(der.encode(der.OCTET_STRING, CONTENT))


def of_a_program() -> bytes:
    """A signature over a program file, offered as a catalog."""
    seal = image_seal(signed_program())
    assert seal is not None
    return seal.signature


def without_content() -> bytes:
    body = der.encode(der.SEQUENCE, der.encode_oid(oids.TRUST_LIST))
    return put(right(), (*SIGNED_DATA, 2), body)


ENVELOPE: dict[str, Callable[[], bytes]] = {
    "behind the content info": lambda: right() + NULL,
    "behind the type and the content": behind((0,)),
    "behind the signed data": behind((0, 1)),
    "behind the signers": behind(SIGNED_DATA),
    "behind the list": behind((*SIGNED_DATA, 2, 1)),
    "behind the wrapper of the list": behind((*SIGNED_DATA, 2)),
    "behind the signature of the signer": behind(SIGNER),
    "behind a digest algorithm": behind((*SIGNED_DATA, 1, 0)),
    "behind the name of the signer": behind((*SIGNER, 1)),
    "no content": without_content,
    "no signer's signature": instead((*SIGNER, 5), lambda _: b""),
    "a long version": instead((*SIGNED_DATA, 0), lambda _: b"\x02\x02\0\x01"),
    "a negative version": instead((*SIGNED_DATA, 0), lambda _: b"\x02\x01\xff"),
    "an empty version": instead((*SIGNED_DATA, 0), lambda _: b"\x02\0"),
    "the version of a huge number": instead(
        (*SIGNED_DATA, 0), lambda _: der.encode(der.INTEGER, b"\x01" + bytes(99_999))
    ),
    "signers that are a sequence": instead((*SIGNED_DATA, 4), retagged(der.SEQUENCE)),
    "a signer that is a set": instead(SIGNER, retagged(der.SET)),
    "digests that are a sequence": instead((*SIGNED_DATA, 1), retagged(der.SEQUENCE)),
    "no digest algorithm": instead((*SIGNED_DATA, 1), lambda _: b"\x31\0"),
    "a digest algorithm twice": instead(
        (*SIGNED_DATA, 1), lambda element: der.encode(der.SET, *children(element) * 2)
    ),
    "a digest algorithm with parameters": instead(
        (*SIGNER, 2),
        lambda _: algorithm(oids.DIGEST_OIDS["sha256"], der.encode(der.SEQUENCE)),
    ),
    "MD5": instead((*SIGNER, 2), lambda _: algorithm("1.2.840.113549.2.5")),
    "MD2": instead((*SIGNER, 2), lambda _: algorithm("1.2.840.113549.2.2")),
    "attributes with another tag": instead((*SIGNER, 3), retagged(0xA1)),
    "attributes tagged as a set": instead((*SIGNER, 3), retagged(der.SET)),
    "a signature in two pieces": instead((*SIGNER, 5), in_pieces),
    "a signature that is a bit string": instead((*SIGNER, 5), retagged(3)),
    "a signature and the modulus": instead((*SIGNER, 5), beyond_modulus),
    "the issuer in another type of string": instead((*SIGNER, 1, 0), printable),
    "a serial number with a zero": instead(
        (*SIGNER, 1, 1), lambda n: der.encode(der.INTEGER, b"\0" + content_of(n))
    ),
    "an object identifier with padding": instead(
        (0, 0), lambda oid: der.encode(6, b"\x80" + content_of(oid))
    ),
    "an object identifier of 64 KiB": instead(
        (0, 0), lambda _: der.encode(6, b"\x2a" + b"\x81" * 65_536 + b"\x01")
    ),
    "the signer of another catalog": of_another,
    "a list inside an octet string": as_octets,
    "the signature of a program": of_a_program,
    "a catalog inside a catalog": lambda: signed(right()),
    "nothing but a header": lambda: b"\x30\x84\xff\xff\xff\xff",
    "nothing at all": lambda: b"",
}


@pytest.mark.parametrize("name", ENVELOPE)
def test_a_catalog_put_together_wrong_is_refused(name: str) -> None:
    assert verify(right()).policy == "authenticode"
    refuse(ENVELOPE[name]())


def places(data: bytes, path: Path = (0,), *, deep: int = 9) -> Iterator[Path]:
    """Yield the path of every element."""
    yield path
    element = pick(data, path)
    if element[0] & 0x20 and deep:
        for number in range(len(children(element))):
            yield from places(data, (*path, number), deep=deep - 1)


@pytest.mark.parametrize("change", [longer_length, indefinite])
def test_every_element_written_as_ber_is_refused(
    change: Callable[[bytes], bytes],
) -> None:
    found = list(places(right()))
    assert len(found) > 60
    for path in found:
        wrong = put(right(), path, change(pick(right(), path)))
        assert wrong != right()
        with pytest.raises((SignatureError, LimitError)):
            verify(wrong)


@pytest.mark.parametrize("length", ["84ffffffff", "8500ffffffff", "847fffffff", "ff"])
def test_no_length_makes_us_believe_or_wait(length: str) -> None:
    data = right()
    begin = time.process_time()
    for path in places(data):
        element = pick(data, path)
        huge = element[:1] + bytes.fromhex(length) + content_of(element)
        with pytest.raises((SignatureError, LimitError)):
            verify(put(data, path, huge))
    assert time.process_time() - begin < 20 * SECONDS  # over a hundred catalogs


def deep(levels: int, tag: int = der.SEQUENCE) -> bytes:
    """Wrap an element over and over, in time linear in the levels."""
    sizes = [2]
    for _ in range(levels):
        size = sizes[-1]
        sizes.append(size + (2 if size < 0x80 else 3 + (size.bit_length() - 1) // 8))
    heads = (
        der.encode(tag, bytes(size))[: 2 + _extra(size)]
        for size in reversed(sizes[:-1])
    )
    return b"".join(heads) + NULL


def _extra(size: int) -> int:
    return 0 if size < 0x80 else (size.bit_length() + 7) // 8


def listed(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Sign a list whose parts are others."""
    return signed(der.encode(der.SEQUENCE, *change(children(CONTENT))))


def first_member(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[], bytes]:
    """Change the tag and the attributes of a list's only member."""

    def make() -> bytes:
        single = children(serialize_ctl(make_catalog(1)))
        (only,) = children(single[4])
        made = der.encode(der.SEQUENCE, *change(children(only)))
        single[4] = der.encode(der.SEQUENCE, made)
        return signed(der.encode(der.SEQUENCE, *single))

    return make


def with_attribute(more: bytes) -> Callable[[], bytes]:
    return first_member(
        lambda parts: [parts[0], der.encode_set([*children(parts[1]), more])]
    )


def named(name: bytes, value: bytes, flags: bytes = b"\x02\x01\0") -> bytes:
    """Return a CAT_NAMEVALUE attribute of any octets."""
    body = der.encode(
        der.SEQUENCE,
        der.encode(der.BMP_STRING, name),
        flags,
        der.encode(der.OCTET_STRING, value),
    )
    return attribute(oids.NAME_VALUE, body)


def with_extension(more: bytes) -> Callable[[], bytes]:
    wrapped = der.encode(der.context(0), der.encode(der.SEQUENCE, more))
    return lambda: listed(lambda parts: [*parts[:5], wrapped])


FILE = (b"\0F", b"a\0\0\0")
STRANGE = der.encode_oid("1.2.3.4")
INSIDE: dict[str, Callable[[], bytes]] = {
    "something behind the extensions": lambda: listed(lambda parts: [*parts, NULL]),
    "two members in one": first_member(lambda parts: parts * 2),
    "a member without attributes": first_member(lambda parts: parts[:1]),
    "a member with no attribute": first_member(lambda parts: [parts[0], b"\x31\0"]),
    "a member with nothing": first_member(lambda _: []),
    "an empty tag": first_member(lambda parts: [b"\x04\0", parts[1]]),
    "a tag that is a text": first_member(lambda p: [b"\x1e" + p[0][1:], p[1]]),
    "attributes that are a sequence": first_member(
        lambda parts: [parts[0], b"\x30" + parts[1][1:]]
    ),
    "two digests": first_member(
        lambda p: [p[0], der.encode_set([*children(p[1]), _other_digest()])]
    ),
    "two kinds": first_member(
        lambda p: [p[0], der.encode_set([*children(p[1]), _other_info()])]
    ),
    "an attribute twice": first_member(
        lambda p: [p[0], der.encode_set([*children(p[1]), children(p[1])[0]])]
    ),
    "a name of half a character": with_attribute(named(b"\0F\0", FILE[1])),
    "a name with half of a pair": with_attribute(named(b"\xd8\0", FILE[1])),
    "a value with half of a pair": with_attribute(named(FILE[0], b"\0\xdc\0\0")),
    "a value without an end": with_attribute(named(FILE[0], b"a\0")),
    "an empty value": with_attribute(named(FILE[0], b"")),
    "flags in a long form": with_attribute(named(*FILE, b"\x02\x02\0\x01")),
    "flags without octets": with_attribute(named(*FILE, b"\x02\0")),
    "flags that are a truth": with_attribute(named(*FILE, b"\x01\x01\xff")),
    "an attribute 70 deep": with_attribute(attribute("1.2.3.4", deep(70))),
    "an attribute 20,000 deep": with_attribute(attribute("1.2.3.4", deep(20_000))),
    "an attribute that is a bad truth": with_attribute(
        attribute("1.2.3.4", b"\x01\x01\x02")
    ),
    "an attribute in BER": with_attribute(attribute("1.2.3.4", b"\x30\x80\0\0")),
    "an extension 20,000 deep": with_extension(
        der.encode(der.SEQUENCE, STRANGE, deep(20_000))
    ),
    "a critical extension": with_extension(
        der.encode(der.SEQUENCE, STRANGE, b"\x01\x01\xff", b"\x04\0")
    ),
    "an extension of no form": with_extension(der.encode(der.SEQUENCE, NULL)),
    "extensions behind extensions": lambda: listed(lambda p: [*p, p[5]]),
    "an impossible day": lambda: listed(
        lambda p: [*p[:2], b"\x17\x0d190230000000Z", *p[3:]]
    ),
    "a time with a zone": lambda: listed(
        lambda p: [*p[:2], b"\x17\x111902010000+0100Z", *p[3:]]
    ),
    "another use": lambda: listed(
        lambda p: [der.encode(der.SEQUENCE, STRANGE), *p[1:]]
    ),
    "two uses": lambda: listed(
        lambda p: [der.encode(der.SEQUENCE, *children(p[0]) * 2), *p[1:]]
    ),
    "members of version 3": lambda: listed(
        lambda p: [*p[:3], algorithm("1.3.6.1.4.1.311.12.1.4"), *p[4:]]
    ),
    "members of version 2 with tags of version 1": lambda: listed(
        lambda p: [*p[:3], algorithm(oids.LIST_MEMBER_V2), *p[4:]]
    ),
    "no members' place": lambda: listed(lambda p: [*p[:4], *p[5:]]),
}


def _other_digest() -> bytes:
    (only,) = children(children(serialize_ctl(make_catalog(4)))[4])[:1]
    (found,) = (
        a
        for a in children(children(only)[1])
        if der.encode_oid(oids.INDIRECT_DATA) in a
    )
    return found[:-1] + bytes([found[-1] ^ 1])


def _other_info() -> bytes:
    guid = "{00000000-0000-0000-0000-000000000000}".encode("utf-16-be")
    body = der.encode(der.SEQUENCE, der.encode(der.BMP_STRING, guid), b"\x02\x01\0")
    return attribute(oids.MEMBER_INFO, body)


@pytest.mark.parametrize("name", INSIDE)
def test_a_signed_list_put_together_wrong_is_refused(name: str) -> None:
    """The signature holds over each of them; the list is what is refused."""
    data = INSIDE[name]()
    with pytest.raises((CatalogError, LimitError, SignatureError)) as caught:
        verify(data)
    assert getattr(caught.value, "fault", "structure") == "structure"
    refuse(data)


def test_the_twins_of_these_lists_are_believed() -> None:
    """The same tools, and nothing wrong."""
    assert verify(listed(lambda parts: parts)).met
    assert verify(first_member(lambda parts: parts)()).met
    assert verify(with_attribute(named(*FILE))()).met
    assert verify(with_attribute(attribute("1.2.3.4", deep(40)))()).met
    harmless = der.encode(der.SEQUENCE, STRANGE, b"\x04\0")
    assert verify(with_extension(harmless)()).met


def unsigned_attribute(oid: str, values: list[bytes]) -> bytes:
    return der.encode(
        der.context(1),
        der.encode(der.SEQUENCE, der.encode_oid(oid), der.encode_set(values)),
    )


def many_nested() -> bytes:
    """As many sound signatures as fit, one inside the other's attributes."""
    values = [
        signed(serialize_ctl(replace(CATALOG, list_id=bytes([n]) * 16)))
        for n in range(32)
    ]
    return signed(CONTENT, unsigned=unsigned_attribute(oids.NESTED_SIGNATURE, values))


def test_many_nested_signatures_are_reported_in_time() -> None:
    begin = time.process_time()
    found = verify(many_nested())
    assert time.process_time() - begin < 2 * SECONDS
    assert len(found.nested) == 17
    assert all(nested.verified is not None for nested in found.nested[:16])
    last = found.nested[16]
    assert last.verified is None
    assert last.fault is not None
    assert last.fault.reason == "there are more than 16"


def test_nested_signatures_are_not_followed_without_end() -> None:
    data = right()
    for _ in range(12):
        attribute_ = unsigned_attribute(oids.NESTED_SIGNATURE, [data])
        data = signed(CONTENT, unsigned=attribute_)
    begin = time.process_time()
    with suppress(SignatureError, LimitError):
        (nested,) = verify(data).nested
        assert nested.verified is None
    assert time.process_time() - begin < 2 * SECONDS


HEAVY: dict[str, Callable[[], bytes]] = {
    "100,000 digest algorithms": instead(
        (*SIGNED_DATA, 1),
        lambda _: der.encode(
            der.SET, *(der.encode(der.SEQUENCE, STRANGE) for _ in range(100_000))
        ),
    ),
    "20,000 signers": instead(
        (*SIGNED_DATA, 4), lambda s: der.encode(der.SET, *children(s) * 1_500)
    ),
    "10,000 certificates": instead(
        (*SIGNED_DATA, 3), lambda c: der.encode(c[0], *children(c) * 1_200)
    ),
    "20,000 attributes": lambda: signed(
        CONTENT,
        attributes=tuple(attribute(f"1.2.3.{n}", NULL) for n in range(20_000)),
    ),
    "20,000 values of one attribute": lambda: signed(
        CONTENT,
        attributes=(
            TYPE_ATTRIBUTE,
            attribute("1.2.3", *(der.encode_integer(n) for n in range(20_000))),
        ),
    ),
    "unsigned attributes of 900 KiB": lambda: signed(
        CONTENT,
        unsigned=der.encode(
            der.context(1),
            *sorted(attribute(f"1.2.3.{n}", NULL) for n in range(50_000)),
        ),
    ),
    "a certificate 20,000 deep": instead(
        (*SIGNED_DATA, 3), lambda c: der.encode(c[0], *children(c), deep(20_000))
    ),
    "a signature of 900 KiB": instead(
        (*SIGNER, 5), lambda _: der.encode(der.OCTET_STRING, bytes(900_000))
    ),
    "an issuer of 900 KiB": instead(
        (*SIGNER, 1, 0),
        lambda _: der.encode(
            der.SEQUENCE,
            *[
                der.encode(
                    der.SET,
                    der.encode(der.SEQUENCE, der.encode_oid("2.5.4.3"), b"\x0c\x01\\"),
                )
            ]
            * 60_000,
        ),
    ),
    "a serial number of 900 KiB": instead(
        (*SIGNER, 1, 1), lambda _: der.encode(der.INTEGER, b"\x01" * 900_000)
    ),
    "100,000 members with one attribute too many": lambda: _crowd(100_000),
}


def _crowd(count: int) -> bytes:
    """Members without any order in them: the first is the one that is refused."""
    single = children(serialize_ctl(make_catalog(1)))
    (only,) = children(single[4])
    tag, attributes = children(only)
    more = (attribute(f"1.2.3.{n}", NULL) for n in range(20))
    wrong = der.encode(
        der.SEQUENCE, tag, der.encode_set([*children(attributes), *more])
    )
    single[4] = der.encode(der.SEQUENCE, wrong * count)
    return signed(der.encode(der.SEQUENCE, *single))


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_too_much_is_refused_at_once(name: str) -> None:
    refuse(HEAVY[name]())


def certificate_with_key(modulus: int, exponent: int, number: int) -> bytes:
    """Return a root certificate with a key of any numbers; nobody has the other."""
    made = issue(replace(root_wish(), serial=9 + number)).der
    numbers = der.encode(
        der.SEQUENCE, der.encode_integer(modulus), der.encode_integer(exponent)
    )
    info = der.encode(der.SEQUENCE, algorithm(oids.RSA), der.encode(3, b"\0" + numbers))
    place = children(pick(made, (0, 0))).index(parse_certificate(made).public_key)
    return put(made, (0, 0, place), info)


@pytest.mark.parametrize(
    ("bits", "exponent"),
    [(8_192, 64), (16_384, 64), (3_072, 3_000), (8_193, 17), (2_048, 65)],
)
def test_huge_keys_do_not_take_long(bits: int, exponent: int) -> None:
    """Nobody has to know the factors of a modulus that shall only take long.

    Sixty certificates have the name of the issuer, and a signature of their
    length is to be tried with each.
    """
    modulus, power = (1 << bits) - 1, (1 << exponent) - 1
    issuers = tuple(
        certificate_with_key(modulus - 2 * number, power, number)
        for number in range(60)
    )
    old = issue(leaf_wish(), rsa_root()).der
    tried = put(old, (0, 2), der.encode(3, bytes(1) + b"\1" * (bits // 8)))
    begin = time.process_time()
    refuse(signed(CONTENT, certificates=(tried, *issuers)))
    assert time.process_time() - begin < 2 * SECONDS
    assert verify(right()).met


@lru_cache(maxsize=1)
def rsa_root() -> Authority:
    """An issuer of the root's name whose signatures are RSA."""
    return issue(replace(root_wish(), key=rsa_key("rsa root")))


@pytest.mark.parametrize(("bits", "exponent"), [(8_200, 17), (16_384, 17), (4_096, 65)])
def test_a_key_larger_than_is_judged_is_refused_by_name(
    bits: int, exponent: int
) -> None:
    made = certificate_with_key((1 << bits) - 1, (1 << exponent) - 1, 0)
    key = parse_certificate(made).public_key
    with pytest.raises(SignatureError, match="larger than is judged"):
        public_key(key, DEFAULT_POLICY, "somebody")


def test_version_2_twins_are_believed_and_their_changes_refused() -> None:
    catalog = make_new_catalog(3)
    data = sign_catalog(catalog, simple_signer())
    assert verify(data).met
    parsed = parse_signed_data(data)
    for at in range(parsed.content_inner, parsed.content_stop, 13):
        wrong = bytearray(data)
        wrong[at] ^= 0x10
        with pytest.raises((SignatureError, LimitError)):
            verify(bytes(wrong))
