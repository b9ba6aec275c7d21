"""A few members of a list, found without reading the others."""

from dataclasses import replace
from hashlib import sha1

import pytest
from forge import Forgery, default_leaf, forge
from make_catalog import make_catalog, make_new_catalog
from make_pki import NOW, root, simple_signer

from builder.errors import LimitError, SignatureError, SignatureFault
from builder.formats import der
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl import serialize_ctl
from builder.formats.verify import verify_members
from builder.model.catalog import Catalog, VerifiedMembers
from builder.model.limits import Limits

CATALOGS = {1: make_catalog(40), 2: make_new_catalog(20)}


def verify(
    data: bytes, *digests: bytes, limits: Limits | None = None
) -> VerifiedMembers:
    bounds = Limits() if limits is None else limits
    return verify_members(data, digests, anchors=(root().der,), at=NOW, limits=bounds)


def refusal(data: bytes, *digests: bytes) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(data, *digests)
    return caught.value


def by_digest(catalog: Catalog) -> dict[bytes, object]:
    return {m.tag if m.digest is None else m.digest: m for m in catalog.members}


@pytest.mark.parametrize("version", CATALOGS)
def test_every_member_is_found_as_the_whole_list_has_it(version: int) -> None:
    catalog = CATALOGS[version]
    data = sign_catalog(catalog, simple_signer())
    expected = by_digest(catalog)
    found = verify(data, *expected)
    assert found.found == expected
    assert (found.version, found.count) == (version, len(catalog.members))
    assert found.signature.policy == "authenticode"


def test_what_is_not_listed_is_not_found() -> None:
    data = sign_catalog(CATALOGS[1], simple_signer())
    listed, other = sha1(b"0").digest(), sha1(b"other").digest()
    assert set(verify(data, listed, other).found) == {listed}
    assert verify(data).found == {}


def test_long_and_short_members_are_stepped_over() -> None:
    """Lengths of one, two and three octets."""
    first, *others = CATALOGS[1].members
    name = CATALOGS[1].attributes[0]
    for length in (0, 1, 100, 40_000):
        long = replace(first, attributes=(replace(name, value="x" * length),))
        data = sign_catalog(
            replace(CATALOGS[1], members=(long, *others)), simple_signer()
        )
        assert first.digest is not None
        assert verify(data, first.digest).found == {first.digest: long}


def test_a_changed_list_is_refused() -> None:
    data = bytearray(sign_catalog(CATALOGS[1], simple_signer()))
    tag = CATALOGS[1].members[-1].tag
    at = bytes(data).index(tag) + len(tag) - 4
    data[at] ^= 1
    error = refusal(bytes(data), sha1(b"0").digest())
    assert error.fault in {SignatureFault.DIGEST, SignatureFault.STRUCTURE}


def test_a_member_whose_tag_is_not_its_digest_is_refused() -> None:
    first, *others = CATALOGS[1].members
    wrong = replace(first, digest=sha1(b"another").digest())
    content = serialize_ctl(replace(CATALOGS[1], members=(wrong, *others)))
    data = forge(Forgery(content=content, leaf=default_leaf()))
    assert first.digest is not None
    assert refusal(data, first.digest).fault is SignatureFault.STRUCTURE


def test_members_out_of_order_are_refused() -> None:
    content = serialize_ctl(CATALOGS[1])
    one, two = (m.tag for m in CATALOGS[1].members[:2])
    swapped = content.replace(one, b"1" * len(one)).replace(two, one)
    swapped = swapped.replace(b"1" * len(one), two)
    data = forge(Forgery(content=swapped, leaf=default_leaf()))
    error = refusal(data, sha1(b"0").digest())
    assert error.fault is SignatureFault.STRUCTURE
    assert "not sorted" in error.reason


def test_more_members_than_allowed_are_refused() -> None:
    data = sign_catalog(CATALOGS[1], simple_signer())
    assert verify(data, limits=Limits(members=40)).count == 40
    with pytest.raises(LimitError):
        verify(data, limits=Limits(members=39))


def test_every_cut_is_refused() -> None:
    data = sign_catalog(make_catalog(2), simple_signer())
    for length in range(0, len(data), 11):
        assert refusal(data[:length]).fault is SignatureFault.STRUCTURE


@pytest.mark.parametrize("tail", [b"\0", der.encode(der.NULL)])
def test_octets_behind_the_members_are_refused(tail: bytes) -> None:
    content = serialize_ctl(make_catalog(2))
    _, start, _ = der.header(content, 0, len(content))
    longer = der.encode(der.SEQUENCE, content[start:], tail)
    data = forge(Forgery(content=longer, leaf=default_leaf()))
    assert refusal(data).fault is SignatureFault.STRUCTURE
