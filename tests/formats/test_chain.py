"""Chains that hold, and chains with one rotten link."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from make_pki import (
    CODE_SIGNING,
    NOW,
    TIME_STAMPING,
    Authority,
    Wish,
    common_name,
    ec_key,
    issue,
    leaf_wish,
    middle_wish,
    revocation_list,
    root,
    root_wish,
    rsa_key,
)

from builder.errors import (
    CatalogError,
    ChainPlace,
    LimitError,
    SignatureError,
    SignatureFault,
)
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.chain import ChainTerms, forget_chains, verify_chain
from builder.formats.revocation import (
    check_revocation,
    parse_revocation_list,
    revocation_gap,
)
from builder.model.trust import DEFAULT_POLICY, TrustPolicy


def parsed(*authorities: Authority) -> tuple[Certificate, ...]:
    return tuple(parse_certificate(authority.der) for authority in authorities)


def verify(
    *chain: Authority,
    anchor: Authority | None = None,
    policy: TrustPolicy | None = None,
) -> tuple[Certificate, ...]:
    """Verify a chain, leaf first, under its last certificate or another."""
    leaf, *others = parsed(*chain)
    terms = ChainTerms(
        anchors=parsed(anchor or chain[-1]),
        at=NOW,
        usages=DEFAULT_POLICY.usages,
        policy=policy or DEFAULT_POLICY,
    )
    return verify_chain(leaf, others, terms)


def refusal(*chain: Authority, anchor: Authority | None = None) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(*chain, anchor=anchor)
    return caught.value


def three(
    leaf: Wish | None = None, middle: Wish | None = None, top: Wish | None = None
) -> tuple[Authority, Authority, Authority]:
    last = issue(top) if top else root()
    between = issue(middle or middle_wish(), last)
    return issue(leaf or leaf_wish(), between), between, last


def test_a_chain_of_three_holds() -> None:
    chain = three()
    assert verify(*chain) == parsed(*chain)


def test_an_intermediate_may_be_the_anchor() -> None:
    leaf, middle, top = three()
    assert verify(leaf, middle, top, anchor=middle) == parsed(leaf, middle)


BARE = replace(root_wish(), ca=None)


def pin(monkeypatch: pytest.MonkeyPatch, *authorities: Authority) -> None:
    """Make roots of a test pinned ones."""
    forget_chains()
    pinned = frozenset(one.sha256 for one in parsed(*authorities))
    monkeypatch.setattr("builder.formats.chain_path.FINGERPRINTS", pinned)


def test_a_pinned_root_needs_no_constraints(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 1997 has none, and signed what signed updates until 2010."""
    chain = three(top=BARE)
    pin(monkeypatch, chain[2])
    assert verify(*chain) == parsed(*chain)
    assert verify(*chain[:2], anchor=chain[2]) == parsed(*chain)
    leaf = issue(leaf_wish(), chain[2])
    assert verify(leaf, chain[2]) == parsed(leaf, chain[2])


def test_a_pinned_root_without_constraints_excuses_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weak = three(middle=replace(middle_wish(), ca=None), top=BARE)
    pin(monkeypatch, weak[2])
    assert refusal(*weak).fault is SignatureFault.CHAIN
    namesake = issue(middle_wish(), issue(replace(BARE, key=ec_key("thief"))))
    stolen = issue(leaf_wish(), namesake), namesake
    error = refusal(*stolen, anchor=weak[2])
    assert error.fault is SignatureFault.ANCHOR
    assert "by another certificate of that name" in error.reason
    late = three(middle=replace(middle_wish(), end=NOW - timedelta(days=1)), top=BARE)
    pin(monkeypatch, late[2])
    assert refusal(*late).fault is SignatureFault.VALIDITY


def test_a_distrusted_authority_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = three()
    forget_chains()
    fingerprint = sha1(chain[1].der).hexdigest()
    monkeypatch.setattr("builder.formats.chain.DISTRUSTED", frozenset((fingerprint,)))
    error = refusal(*chain)
    assert (error.fault, error.place) == (
        SignatureFault.REVOKED,
        ChainPlace.INTERMEDIATE,
    )
    assert "CN=test intermediate is distrusted" in error.reason


def test_certificates_that_do_not_belong_are_passed_over() -> None:
    chain = three()
    stranger = issue(middle_wish("stranger"), root("another root"))
    leaf, *others = parsed(*chain[:2], stranger)
    terms = ChainTerms(
        anchors=parsed(chain[2]),
        at=NOW,
        usages=DEFAULT_POLICY.usages,
        policy=DEFAULT_POLICY,
    )
    assert verify_chain(leaf, others, terms) == parsed(*chain)


def test_without_the_intermediate_the_chain_reaches_no_anchor() -> None:
    leaf, _, top = three()
    error = refusal(leaf, anchor=top)
    assert error.fault is SignatureFault.ANCHOR
    assert "issued by CN=test intermediate" in error.reason


def test_a_root_that_is_not_accepted_is_named() -> None:
    error = refusal(*three(), anchor=root("another root"))
    assert error.fault is SignatureFault.ANCHOR
    assert error.reason == (
        "the chain ends in CN=test root, which is not an accepted anchor"
    )


def test_an_intermediate_of_the_right_name_and_another_key_is_no_link() -> None:
    leaf, _, top = three()
    other = issue(replace(middle_wish(), key=ec_key("other")), top)
    error = refusal(leaf, other, top)
    assert error.fault is SignatureFault.CHAIN
    assert "is not signed by the certificate of CN=test intermediate" in error.reason


USAGE = frozenset(("digital_signature",))
SIGNING = frozenset(("key_cert_sign", "crl_sign"))
UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\5\0")
PERMITTED = x509.NameConstraints(
    permitted_subtrees=[x509.DirectoryName(common_name("somebody else"))],
    excluded_subtrees=None,
)
WINDOWS = ObjectIdentifier("1.3.6.1.4.1.311.10.3.6")


def permitted(name: x509.GeneralName) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """Constrain the names below to one."""
    only = x509.NameConstraints(permitted_subtrees=[name], excluded_subtrees=None)
    return ((only, True),)


def called(host: str) -> Wish:
    """Give the signer the name of a host as well."""
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    return replace(leaf_wish(), extra=((names, False),))


HOSTS = permitted(x509.DNSName("good.example"))

FINE: dict[str, tuple[Wish | None, Wish | None, Wish | None]] = {
    "usages allowed all the way": (
        replace(leaf_wish(), usages=(WINDOWS, CODE_SIGNING), key_usage=USAGE),
        replace(middle_wish(), usages=(CODE_SIGNING, WINDOWS), key_usage=SIGNING),
        replace(root_wish(), key_usage=SIGNING),
    ),
    "any usage above": (
        None,
        replace(middle_wish(), usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)),
        None,
    ),
    "a path just long enough": (
        None,
        replace(middle_wish(), path_length=0),
        replace(root_wish(), path_length=1),
    ),
    "a name inside the constraints": (
        None,
        replace(
            middle_wish(),
            extra=permitted(x509.DirectoryName(issue(leaf_wish()).certificate.subject)),
        ),
        None,
    ),
    "a host inside the constraints": (
        called("a.good.example"),
        replace(middle_wish(), extra=HOSTS),
        None,
    ),
    "an unknown extension that is not critical": (
        replace(leaf_wish(), extra=((UNKNOWN, False),)),
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_a_fine_chain_holds(name: str) -> None:
    chain = three(*FINE[name])
    assert verify(*chain) == parsed(*chain)


LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(days=1)

ROTTEN: dict[str, tuple[SignatureFault, Wish | None, Wish | None, Wish | None]] = {
    "intermediate that may not issue": (
        SignatureFault.CHAIN,
        None,
        replace(middle_wish(), ca=False),
        None,
    ),
    "intermediate without constraints": (
        SignatureFault.CHAIN,
        None,
        replace(middle_wish(), ca=None),
        None,
    ),
    "anchor that may not issue": (
        SignatureFault.CHAIN,
        None,
        None,
        replace(root_wish(), ca=False),
    ),
    "anchor of version 3 without constraints": (
        SignatureFault.CHAIN,
        None,
        None,
        replace(root_wish(), ca=None),
    ),
    "intermediate whose key may not sign certificates": (
        SignatureFault.CHAIN,
        None,
        replace(middle_wish(), key_usage=USAGE),
        None,
    ),
    "path too long": (
        SignatureFault.CHAIN,
        None,
        None,
        replace(root_wish(), path_length=0),
    ),
    "unknown critical extension of the signer": (
        SignatureFault.CHAIN,
        replace(leaf_wish(), extra=((UNKNOWN, True),)),
        None,
        None,
    ),
    "unknown critical extension above": (
        SignatureFault.CHAIN,
        None,
        replace(middle_wish(), extra=((UNKNOWN, True),)),
        None,
    ),
    "name outside the constraints": (
        SignatureFault.CHAIN,
        None,
        replace(middle_wish(), extra=((PERMITTED, True),)),
        None,
    ),
    "host outside the constraints": (
        SignatureFault.CHAIN,
        called("good.example.bad"),
        replace(middle_wish(), extra=HOSTS),
        None,
    ),
    "signer expired": (
        SignatureFault.VALIDITY,
        replace(leaf_wish(), end=EARLIER),
        None,
        None,
    ),
    "intermediate not yet valid": (
        SignatureFault.VALIDITY,
        None,
        replace(middle_wish(), start=LATER),
        None,
    ),
    "anchor expired": (
        SignatureFault.VALIDITY,
        None,
        None,
        replace(root_wish(), end=EARLIER),
    ),
    "signer for time stamps": (
        SignatureFault.USAGE,
        replace(leaf_wish(), usages=(TIME_STAMPING,)),
        None,
        None,
    ),
    "signer for anything": (
        SignatureFault.USAGE,
        replace(leaf_wish(), usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)),
        None,
        None,
    ),
    "signer whose key may not sign": (
        SignatureFault.USAGE,
        replace(leaf_wish(), key_usage=frozenset(("key_encipherment",))),
        None,
        None,
    ),
    "intermediate for time stamps": (
        SignatureFault.USAGE,
        None,
        replace(middle_wish(), usages=(TIME_STAMPING,)),
        None,
    ),
    "intermediate with a small key": (
        SignatureFault.ALGORITHM,
        None,
        replace(middle_wish(), key=rsa_key("small", 1024)),
        None,
    ),
    "anchor with a small key": (
        SignatureFault.ALGORITHM,
        None,
        None,
        replace(root_wish(), key=rsa_key("small", 1024)),
    ),
}


PLACES = {
    "signer": ChainPlace.SIGNER,
    "intermediate": ChainPlace.INTERMEDIATE,
    "anchor": ChainPlace.ROOT,
    "path too long": ChainPlace.ROOT,
    "unknown critical extension of the signer": ChainPlace.SIGNER,
    "unknown critical extension above": ChainPlace.INTERMEDIATE,
    "name outside the constraints": ChainPlace.SIGNER,
    "host outside the constraints": ChainPlace.SIGNER,
}


@pytest.mark.parametrize("name", ROTTEN)
def test_a_rotten_chain_is_refused_for_what_it_is(name: str) -> None:
    fault, *wishes = ROTTEN[name]
    error = refusal(*three(*wishes))
    assert error.fault is fault, error
    assert error.place is PLACES.get(name, PLACES.get(name.split(maxsplit=1)[0])), error


def test_a_chain_longer_than_the_policy_is_refused() -> None:
    chain = three()
    assert verify(*chain, policy=replace(DEFAULT_POLICY, chain_length=3))
    with pytest.raises(SignatureError) as caught:
        verify(*chain, policy=replace(DEFAULT_POLICY, chain_length=2))
    assert caught.value.fault is SignatureFault.CHAIN


def test_two_certificates_that_issued_each_other_end_nowhere() -> None:
    one, two = middle_wish("one"), middle_wish("two")
    first = issue(one, Authority(certificate=issue(two).certificate, key=two.key))
    second = issue(two, Authority(certificate=issue(one).certificate, key=one.key))
    leaf = issue(leaf_wish(), first)
    error = refusal(leaf, first, second, anchor=root())
    assert error.fault is SignatureFault.CHAIN
    assert error.reason == "the chain has no end"


def test_sixty_intermediates_of_one_name_do_not_take_long() -> None:
    top = root()
    others = [
        issue(replace(middle_wish(), key=ec_key(f"m{n % 4}"), serial=n + 1), top)
        for n in range(60)
    ]
    leaf = issue(leaf_wish(), others[-1])
    assert verify(leaf, *others, anchor=top)


def wrong_number(raw: bytes, serial: bytes) -> bytes:
    """Put other content octets in place of the two of a serial number."""
    at = raw.index(bytes.fromhex("a003020102 0202")) + 7
    return raw[:at] + serial + raw[at + 2 :]


@pytest.mark.parametrize("serial", [b"\x80\x01", b"\xff\x7f"])
def test_a_serial_number_that_is_not_positive_does_no_harm(serial: bytes) -> None:
    """The anchor's own signature is not judged, so its octets may be changed."""
    leaf, middle, top = three()
    negative = parse_certificate(wrong_number(top.der, serial))
    assert negative.serial == serial
    chain = parsed(leaf, middle)
    terms = ChainTerms(
        anchors=(negative,),
        at=NOW,
        usages=DEFAULT_POLICY.usages,
        policy=DEFAULT_POLICY,
    )
    assert verify_chain(chain[0], chain[1:], terms)[-1] == negative


def crl(listed: x509.CertificateRevocationList) -> bytes:
    return listed.public_bytes(Encoding.DER)


def checked(chain: tuple[Authority, ...], *lists: bytes) -> bool:
    return check_revocation(
        parsed(*chain),
        [parse_revocation_list(raw) for raw in lists],
        at=NOW,
        policy=DEFAULT_POLICY,
    )


def gap(chain: tuple[Authority, ...], *lists: bytes) -> str:
    found = revocation_gap(
        parsed(*chain),
        [parse_revocation_list(raw) for raw in lists],
        at=NOW,
        policy=DEFAULT_POLICY,
    )
    return found or ""


def test_the_gap_says_which_list_is_missing_and_why() -> None:
    chain = three()
    lists = good_lists(chain)
    assert gap(chain) == ""
    assert gap(chain, *lists) == ""
    assert "no list of" in gap(chain, lists[1])
    past = NOW - timedelta(days=2)
    old = crl(revocation_list(chain[1], {}, made=past - timedelta(7), until=past))
    assert f"counts until {past:%Y-%m-%d %H:%M} UTC" in gap(chain, old, lists[1])
    impostor = Authority(certificate=chain[1].certificate, key=ec_key("impostor"))
    forged = crl(revocation_list(impostor, {}))
    assert "is not signed by it" in gap(chain, forged, lists[1])
    assert gap(chain, forged, *lists) == ""


def good_lists(chain: tuple[Authority, ...]) -> list[bytes]:
    return [crl(revocation_list(issuer, {})) for issuer in chain[1:]]


def test_without_lists_revocation_is_not_checked() -> None:
    assert not checked(three())


def test_with_a_list_of_every_issuer_revocation_is_checked() -> None:
    chain = three()
    lists = good_lists(chain)
    assert checked(chain, *lists)
    assert not checked(chain, lists[0])
    assert not checked(chain, lists[1])


@pytest.mark.parametrize("place", [0, 1])
def test_a_revoked_certificate_is_refused(place: int) -> None:
    chain = three()
    serial = chain[place].certificate.serial_number
    lists = good_lists(chain)
    lists[place] = crl(revocation_list(chain[place + 1], {serial: EARLIER}))
    with pytest.raises(SignatureError) as caught:
        checked(chain, *lists)
    assert caught.value.fault is SignatureFault.REVOKED
    assert caught.value.reason.endswith("was revoked on 2020-05-31 12:00:00 UTC")


def test_a_certificate_revoked_later_was_good() -> None:
    chain = three()
    serial = chain[0].certificate.serial_number
    lists = good_lists(chain)
    lists[0] = crl(revocation_list(chain[1], {serial: LATER}, made=LATER))
    assert checked(chain, *lists)


def test_an_outdated_list_says_nothing_good_but_what_it_says_counts() -> None:
    chain = three()
    serial = chain[0].certificate.serial_number
    lists = good_lists(chain)
    old = {"made": NOW - timedelta(days=9), "until": NOW - timedelta(days=2)}
    lists[0] = crl(revocation_list(chain[1], {}, **old))
    assert not checked(chain, *lists)
    lists[0] = crl(revocation_list(chain[1], {serial: NOW - timedelta(9)}, **old))
    with pytest.raises(SignatureError):
        checked(chain, *lists)


def test_a_list_that_somebody_else_signed_does_not_count() -> None:
    chain = three()
    serial = chain[0].certificate.serial_number
    impostor = Authority(certificate=chain[1].certificate, key=ec_key("impostor"))
    lists = good_lists(chain)
    lists[0] = crl(revocation_list(impostor, {serial: EARLIER}))
    assert not checked(chain, *lists)


def test_a_list_whose_issuer_may_not_sign_lists_does_not_count() -> None:
    chain = three(middle=replace(middle_wish(), key_usage=frozenset({"key_cert_sign"})))
    assert not checked(chain, *good_lists(chain))


def test_a_list_for_several_issuers_is_refused() -> None:
    chain = three()
    point = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(chain[1].certificate.subject)
        .last_update(EARLIER)
        .next_update(LATER)
        .add_extension(point, critical=True)
        .sign(chain[1].key, SHA256())
    )
    with pytest.raises(CatalogError) as caught:
        parse_revocation_list(crl(made))
    assert "critical extension 2.5.29.28" in caught.value.reason


def test_a_revocation_list_is_read_as_others_read_it() -> None:
    when = {number: datetime(2019, 1, number, tzinfo=UTC) for number in (1, 2, 30)}
    made = revocation_list(root(), when)
    ours = parse_revocation_list(crl(made))
    assert ours.this_update == made.last_update_utc
    assert ours.next_update == made.next_update_utc
    assert ours.signed == made.tbs_certlist_bytes
    assert ours.signature == made.signature
    assert {int.from_bytes(k, "big"): v for k, v in ours.revoked.items()} == when


def test_a_huge_revocation_list_is_not_read() -> None:
    with pytest.raises(LimitError):
        parse_revocation_list(bytes((16 << 20) + 1))


def test_a_damaged_revocation_list_is_a_catalog_error() -> None:
    data = crl(revocation_list(root(), {1: EARLIER}))
    for length in range(len(data)):
        with pytest.raises(CatalogError):
            parse_revocation_list(data[:length])
