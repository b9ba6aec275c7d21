"""Lists judged member by member, whose members are made when asked for."""

from dataclasses import replace
from hashlib import sha1
from random import Random

import pytest
from compiled_forms import FORMS
from forge import Forgery, default_leaf, forge
from make_catalog import make_catalog, make_new_catalog
from make_pki import NOW, root, simple_signer
from walk_forms import list_all, load_form, read_eagerly, read_lazily, use_form

from builder.errors import LimitError, SignatureError, SignatureFault
from builder.formats import ctl_search, der, oids
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl import serialize_ctl
from builder.formats.ctl_entry import EntryReader, parse_entry
from builder.formats.verify import verify_catalog, verify_members
from builder.model.catalog import Catalog, CatalogMember, MemberName, VerifiedMembers
from builder.model.limits import Limits

NAMES = (
    MemberName(name="File", value="a.sys", flags=0x10001),
    MemberName(name="Grüße \U0001f5ff", value="", flags=-129),
    MemberName(name="", value="\U0001f5ff" * 40, flags=0x7FFF_FFFF_FFFF_FFFF),
    MemberName(name="Long", value="x" * 40_000, flags=0),
)


def with_names(catalog: Catalog) -> Catalog:
    first, second, *others = catalog.members
    members = (
        replace(first, attributes=NAMES[:1]),
        replace(second, attributes=tuple(sorted(NAMES[1:3], key=_written))),
        *others,
    )
    return replace(catalog, members=members)


def _written(name: MemberName) -> bytes:
    (member,) = make_catalog(1).members
    content = serialize_ctl(
        replace(make_catalog(1), members=(replace(member, attributes=(name,)),))
    )
    at = content.index(der.encode_oid(oids.NAME_VALUE))
    return content[at - 2 : at]


CATALOGS = {1: with_names(make_catalog(40)), 2: with_names(make_new_catalog(20))}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Use one form of the walker."""
    use_form(request.param, monkeypatch)
    return str(request.param)


def verify(data: bytes, *, limits: Limits | None = None) -> VerifiedMembers:
    bounds = Limits() if limits is None else limits
    return verify_members(data, anchors=(root().der,), at=NOW, limits=bounds)


def refusal(data: bytes) -> SignatureError:
    """Both ways of verifying refuse, at the same step."""
    with pytest.raises(SignatureError) as caught:
        verify(data)
    with pytest.raises(SignatureError) as eager:
        verify_catalog(data, anchors=(root().der,), at=NOW)
    assert eager.value.fault is caught.value.fault
    return caught.value


def by_digest(catalog: Catalog) -> dict[bytes, CatalogMember]:
    return {m.tag if m.digest is None else m.digest: m for m in catalog.members}


@pytest.mark.parametrize("version", CATALOGS)
def test_every_member_is_found_as_the_whole_list_has_it(
    form: str, version: int
) -> None:
    catalog = CATALOGS[version]
    found = verify(sign_catalog(catalog, simple_signer()))
    expected = by_digest(catalog)
    assert len(expected) == 40
    assert {digest: found.index.get(digest) for digest in expected} == expected
    assert (found.version, found.count) == (version, len(catalog.members))
    assert found.signature.policy == "authenticode"
    assert form in FORMS


@pytest.mark.parametrize("version", CATALOGS)
def test_what_is_not_listed_is_not_found(form: str, version: int) -> None:
    found = verify(sign_catalog(CATALOGS[version], simple_signer()))
    for number in range(100):
        assert found.index.get(sha1(b"other %d" % number).digest()) is None, form
    assert found.index.get(b"") is None
    assert found.index.get(b"\xff" * 20) is None


def test_of_members_with_one_digest_the_one_with_page_hashes_is_found(
    form: str,
) -> None:
    (plain,) = make_catalog(1).members
    tables = der.encode(der.SEQUENCE, der.encode_oid(oids.PE_IMAGE), page_subject())
    paged = replace(plain, subject=tables, link=None)
    catalog = replace(make_catalog(1), members=(plain, paged, plain))
    content = serialize_ctl(catalog)
    listed = list_all(content)
    assert len(listed) == 3
    assert plain.digest is not None
    member = listed.get(plain.digest)
    assert member is not None, form
    assert member.has_page_hashes


def page_subject() -> bytes:
    """Return SpcPeImageData with an empty table of page hashes."""
    table = der.encode(
        der.SET,
        der.encode(
            der.SEQUENCE,
            der.encode_oid(oids.PAGE_HASHES_V1),
            der.encode(der.SET, der.encode(der.OCTET_STRING, bytes(48))),
        ),
    )
    moniker = der.encode(
        der.context(1),
        der.encode(der.OCTET_STRING, bytes.fromhex("a6b586d5b4a12466ae05a217da8e60d6")),
        der.encode(der.OCTET_STRING, table),
    )
    return der.encode(
        der.SEQUENCE,
        bytes.fromhex("030205a0"),
        der.encode(der.context(0), moniker),
    )


@pytest.mark.parametrize("version", CATALOGS)
def test_the_walker_steps_over_almost_every_common_member(
    form: str, version: int
) -> None:
    """Otherwise nothing here would be about it."""
    module = load_form(form)
    assert module is not None
    assert module.COMPILED is (form == "compiled")
    slow = []

    def count(*arguments: int) -> tuple[CatalogMember, int]:
        slow.append(arguments[1])
        return parse_entry(*arguments)  # type: ignore[arg-type]  # as they came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctl_search, "parse_entry", count)
        assert len(list_all(serialize_ctl(CATALOGS[version]))) == 40
    assert 0 < len(slow) <= 6


def test_long_and_short_members_are_stepped_over(form: str) -> None:
    """Lengths of one, two, three and four octets."""
    first, *others = CATALOGS[1].members
    name = CATALOGS[1].attributes[0]
    for length in (0, 1, 100, 20_000, 40_000):
        long = replace(first, attributes=(replace(name, value="x" * length),))
        data = sign_catalog(
            replace(CATALOGS[1], members=(long, *others)), simple_signer()
        )
        assert first.digest is not None
        assert verify(data).index.get(first.digest) == long, form


def test_a_changed_list_is_refused(form: str) -> None:
    data = bytearray(sign_catalog(CATALOGS[1], simple_signer()))
    tag = CATALOGS[1].members[-1].tag
    at = bytes(data).index(tag) + len(tag) - 4
    data[at] ^= 1
    error = refusal(bytes(data))
    assert error.fault is SignatureFault.STRUCTURE, form


def test_every_member_is_held_to_its_tag(form: str) -> None:
    for number in (0, 17, 39):
        members = list(CATALOGS[1].members)
        members[number] = replace(members[number], digest=sha1(b"another").digest())
        content = serialize_ctl(replace(CATALOGS[1], members=tuple(members)))
        data = forge(Forgery(content=content, leaf=default_leaf()))
        assert refusal(data).fault is SignatureFault.STRUCTURE, form


def test_members_out_of_order_are_refused(form: str) -> None:
    content = serialize_ctl(CATALOGS[1])
    pairs = ((0, 1), (16, 17), (38, 39))
    for pair in pairs:
        one, two = (CATALOGS[1].members[number] for number in pair)
        members = list(CATALOGS[1].members)
        members[pair[0]], members[pair[1]] = two, one
        pieces = [serialize_ctl(replace(CATALOGS[1], members=(m,))) for m in (one, two)]
        first, second = (_only_member(piece) for piece in pieces)
        swapped = content.replace(first + second, second + first)
        assert swapped != content
        data = forge(Forgery(content=swapped, leaf=default_leaf()))
        error = refusal(data)
        assert error.fault is SignatureFault.STRUCTURE, form
        assert "not sorted" in error.reason


def _only_member(content: bytes) -> bytes:
    body = der.Cursor(content).enter(der.SEQUENCE, "list")
    for _ in range(4):
        body.raw("head")
    return body.content(der.SEQUENCE, "members")


def test_more_members_than_allowed_are_refused(form: str) -> None:
    data = sign_catalog(CATALOGS[1], simple_signer())
    assert verify(data, limits=Limits(members=40)).count == 40
    with pytest.raises(LimitError):
        verify(data, limits=Limits(members=39))
    assert form in FORMS


def test_every_cut_is_refused(form: str) -> None:
    data = sign_catalog(make_catalog(2), simple_signer())
    for length in range(0, len(data), 11):
        assert refusal(data[:length]).fault is SignatureFault.STRUCTURE, form


@pytest.mark.parametrize("tail", [b"\0", der.encode(der.NULL)])
def test_octets_behind_the_members_are_refused(tail: bytes) -> None:
    content = serialize_ctl(make_catalog(2))
    _, start, _ = der.header(content, 0, len(content))
    longer = der.encode(der.SEQUENCE, content[start:], tail)
    data = forge(Forgery(content=longer, leaf=default_leaf()))
    assert refusal(data).fault is SignatureFault.STRUCTURE


def small(version: int) -> bytes:
    """Return a list whose later members have what the first taught the walker."""
    make = {1: make_catalog, 2: make_new_catalog}[version]
    catalog = make(3)
    named = tuple(replace(m, attributes=NAMES[:1]) for m in catalog.members)
    return serialize_ctl(replace(catalog, members=named))


@pytest.mark.parametrize("version", CATALOGS)
def test_both_readings_agree_on_every_flipped_bit(form: str, version: int) -> None:
    content = small(version)
    assert read_lazily(content) == read_eagerly(content)
    verdicts = set()
    for at in range(len(content)):
        for bit in range(8):
            wrong = bytearray(content)
            wrong[at] ^= 1 << bit
            eager = read_eagerly(bytes(wrong))
            assert read_lazily(bytes(wrong)) == eager, (form, at, bit)
            verdicts.add(isinstance(eager, str))
    assert verdicts == {True, False}


@pytest.mark.parametrize("version", CATALOGS)
def test_both_readings_agree_on_octets_put_in_and_taken_out(
    form: str, version: int
) -> None:
    """With every length that contains them put right: only the inside is wrong."""
    content = small(version)
    random = Random(version)  # of nothing secret
    verdicts = set()
    for _ in range(3_000):
        wrong = edited(content, 0, len(content), random)
        eager = read_eagerly(wrong)
        assert read_lazily(wrong) == eager, form
        verdicts.add(isinstance(eager, str))
    assert verdicts == {True, False}


def edited(data: bytes, start: int, stop: int, random: Random) -> bytes:
    """Edit one element somewhere inside, and write the lengths around it again."""
    parts: list[bytes] = []
    spans = []
    at = start
    while at < stop:
        _, inner, after = der.header(data, at, stop)
        spans.append((at, inner, after))
        at = after
    chosen = random.randrange(len(spans))
    for number, (first, inner, after) in enumerate(spans):
        element = data[first:after]
        if number == chosen:
            if data[first] & 0x20 and inner < after and random.random() < 0.9:
                inside = edited(data, inner, after, random)
                element = der.encode(data[first], inside)
            else:
                element = _edit(data[first], data[inner:after], element, random)
        parts.append(element)
    return b"".join(parts)


def _edit(tag: int, octets: bytes, element: bytes, random: Random) -> bytes:
    odd = random.choice((b"", b"\0", b"\x80", b"\xd8\0", b"\0\xd8", b"\0\xdc", b"\xff"))
    at = random.randrange(len(octets) + 1)
    return random.choice(
        (
            b"",
            element * 2,
            element * 17,
            der.encode(tag, odd),
            der.encode(tag, octets + odd),
            der.encode(tag, odd + octets),
            der.encode(tag, octets[:at] + odd + octets[at + len(odd) :]),
            der.encode(tag, octets[:at]),
            der.encode(tag, octets * 2),
            der.encode(tag ^ 1, octets),
            der.encode(tag, octets.lower()),
            bytes((tag, 0x81, len(octets) & 0xFF)) + octets,
            bytes((tag, 0x82, 0, len(octets) & 0xFF)) + octets,
            bytes((tag, 0x80)) + octets + b"\0\0",
        )
    )


def test_many_members_with_one_tag_take_one_walk() -> None:
    """A look-up goes over them once, however often it is asked for."""
    (member,) = make_catalog(1).members
    catalog = replace(make_catalog(1), members=(member,) * 3_000)
    listed = list_all(serialize_ctl(catalog))
    assert member.digest is not None
    parsed = []

    def count(reader: EntryReader, *rest: int) -> tuple[CatalogMember, int]:
        parsed.append(rest[0])
        return parse_entry(reader, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctl_search, "parse_entry", count)
        for _ in range(100):
            assert listed.get(member.digest) == member
    assert len(parsed) == 3_000
