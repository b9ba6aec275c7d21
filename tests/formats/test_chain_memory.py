"""A chain that held is not judged again, and nobody else borrows its answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from make_catalog import make_catalog
from make_pki import (
    CODE_SIGNING,
    NOW,
    TIME_STAMPING,
    Authority,
    Wish,
    ec_key,
    issue,
    revocation_list,
    root,
    rsa_key,
    simple_signer,
)

from builder.errors import SignatureError, SignatureFault
from builder.formats import chain as chains
from builder.formats import chain_path
from builder.formats.certificate import Certificate, parse_certificate
from builder.formats.chain import (
    REMEMBERED,
    ChainTerms,
    forget_chains,
    verify_chain,
)
from builder.formats.cms_build import sign_catalog
from builder.formats.verify import verify_catalog
from builder.model.trust import DEFAULT_POLICY

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BOTH = (CODE_SIGNING, TIME_STAMPING)
KEYS = {name: ec_key(name) for name in ("root", "middle", "thief")}
SIGNER = rsa_key("signer")


def middle(serial: int, issuer: Authority, **changes: object) -> Authority:
    wish = Wish(
        name="middle", key=KEYS["middle"], ca=True, serial=serial, start=START, end=END
    )
    return issue(replace(wish, **changes), issuer)  # type: ignore[arg-type]  # any field


def leaf(issuer: Authority, **changes: object) -> Authority:
    wish = Wish(name="signer", key=SIGNER, usages=BOTH, serial=7, start=START, end=END)
    return issue(replace(wish, **changes), issuer)  # type: ignore[arg-type]  # any field


TOP = issue(Wish(name="root", key=KEYS["root"], ca=True))
MIDDLE, TWIN = middle(1, TOP), middle(2, TOP)
LEAF = leaf(MIDDLE)
# The same name, number and key in other bytes, by somebody else and for less.
THIEF = issue(Wish(name="middle", key=KEYS["thief"], ca=True))
NAMESAKE = issue(Wish(name="root", key=KEYS["root"], ca=True, serial=9))


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a chain is asked for; the defaults make one that holds."""

    leaf: Authority = LEAF
    others: tuple[Authority, ...] = (MIDDLE, TWIN)
    anchors: tuple[Authority, ...] = (TOP,)
    at: datetime = NOW
    usages: tuple[str, ...] = DEFAULT_POLICY.usages
    rsa_bits: int = 2048
    chain_length: int = 8
    digests: frozenset[str] = DEFAULT_POLICY.digests
    legacy: bool = True
    change: Callable[[Certificate], Certificate] = lambda certificate: certificate


def ask(question: Question) -> tuple[Certificate, ...]:
    q = question
    policy = replace(
        DEFAULT_POLICY,
        rsa_bits=q.rsa_bits,
        chain_length=q.chain_length,
        digests=q.digests,
        legacy_digests=frozenset({"sha1", "sha256"}),
    )
    terms = ChainTerms(
        anchors=tuple(parse_certificate(a.der) for a in q.anchors),
        at=q.at,
        usages=q.usages,
        policy=policy,
        legacy=q.legacy,
    )
    others = tuple(parse_certificate(a.der) for a in q.others)
    return verify_chain(q.change(parse_certificate(q.leaf.der)), others, terms)


def answer(question: Question) -> object:
    """Return the chain, or everything that its refusal says."""
    try:
        return ask(question)
    except SignatureError as error:
        return error.fault, error.place, str(error)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    forget_chains()
    yield
    forget_chains()


def other_key(certificate: Certificate) -> Certificate:
    return replace(certificate, public_key=parse_certificate(TOP.der).public_key[:-1])


RIGHT = Question()
WEAK = frozenset({"sha384"})
OTHERS = {
    "a certificate for another purpose": Question(
        leaf=leaf(MIDDLE, usages=(TIME_STAMPING,))
    ),
    "a certificate that somebody else signed": Question(leaf=leaf(THIEF)),
    "a value that only claims these bytes": Question(change=other_key),
    "no intermediate certificate": Question(others=()),
    "another intermediate certificate": Question(others=(TWIN,)),
    "intermediate certificates in another order": Question(others=(TWIN, MIDDLE)),
    "no anchor": Question(anchors=()),
    "an anchor of the same name and key": Question(anchors=(NAMESAKE,)),
    "a second before all begins": Question(at=START - SECOND),
    "within the second in which all ends": Question(at=END + SECOND / 2),
    "a second after all ends": Question(at=END + SECOND),
    "another purpose": Question(usages=("1.3.6.1.4.1.311.10.3.6",)),
    "a policy of longer keys": Question(rsa_bits=3072),
    "a policy of shorter chains": Question(chain_length=2),
    "no stamp that excuses weak digests": Question(legacy=False, digests=WEAK),
}


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_is_borrowed_from_a_chain_that_held(name: str) -> None:
    other = OTHERS[name]
    base = Question(digests=other.digests)
    fresh = answer(other)
    forget_chains()
    held = ask(base)
    assert answer(other) == fresh != held
    assert answer(other) == fresh, "nor by asking twice"
    assert ask(base) == held


def test_a_chain_that_held_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    held = ask(RIGHT)
    monkeypatch.delattr(chains, "find_path")
    assert ask(RIGHT) == held
    later = replace(RIGHT, at=NOW + timedelta(days=1, microseconds=7))
    assert ask(later) == held, "no certificate begins or ends in between"


def test_a_refusal_tells_the_time_of_its_own_question() -> None:
    early, zone = START - timedelta(days=2), timezone(timedelta(hours=14))
    for at in (early, early.astimezone(zone), early - timedelta(days=1)):
        with pytest.raises(SignatureError, match=f"not on {at:%Y-%m-%d}"):
            ask(Question(at=at))


def refused(question: Question, name: str) -> None:
    with pytest.raises(SignatureError, match=f"CN={name} is valid from"):
        ask(question)


def test_a_bound_of_any_certificate_counts() -> None:
    top = issue(Wish(name="root", key=KEYS["root"], ca=True, end=NOW))
    ending = {
        "signer": Question(leaf=leaf(MIDDLE, end=NOW)),
        "middle": Question(others=(middle(1, TOP, end=NOW),)),
        "root": Question(anchors=(top,)),
    }
    for name, question in ending.items():
        assert ask(replace(question, at=NOW))
        refused(replace(question, at=NOW + SECOND), name)
    starting = Question(leaf=leaf(MIDDLE, start=NOW))
    assert ask(replace(starting, at=NOW))
    refused(replace(starting, at=NOW - SECOND), "signer")


def test_parts_of_seconds_count() -> None:
    """OpenSSL looks at whole seconds, and chooses what has just ended."""
    first = middle(1, TOP, end=NOW)
    question = Question(leaf=leaf(first), others=(first, TWIN))
    within = replace(question, at=NOW + SECOND / 2)
    refused(within, "middle")
    assert ask(question)[1].serial == b"\1"
    refused(within, "middle")
    assert ask(replace(question, at=NOW + SECOND))[1].serial == b"\2"
    refused(within, "middle")


def test_a_few_chains_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Certificate] = []

    def find_path(signer: Certificate, *rest: Any) -> tuple[Certificate, ...]:
        built.append(signer)
        return chain_path.find_path(signer, *rest)

    monkeypatch.setattr(chains, "find_path", find_path)
    ask(RIGHT)
    others = [
        Question(leaf=leaf(MIDDLE, serial=n)) for n in range(100, 99 + REMEMBERED)
    ]
    for other in (*others, RIGHT):
        ask(other)
    assert len(built) == REMEMBERED, "all of them"
    ask(Question(leaf=leaf(MIDDLE, serial=99)))
    ask(RIGHT)
    assert len(built) == REMEMBERED + 2, "and none for ever"


def test_revocation_is_asked_anew() -> None:
    signer = simple_signer()
    serial = parse_certificate(signer.certificates[0]).serial
    revoked = {int.from_bytes(serial, "big"): NOW - timedelta(days=2)}
    good, revoking = (
        revocation_list(root(), listed).public_bytes(Encoding.DER)
        for listed in ({}, revoked)
    )
    data = sign_catalog(make_catalog(), signer)

    def verified(*lists: bytes) -> bool:
        found = verify_catalog(data, anchors=(root().der,), at=NOW, crls=lists)
        return found.signature.revocation_checked

    assert [verified(), verified(good), verified()] == [False, True, False]
    with pytest.raises(SignatureError) as caught:
        verified(revoking)
    assert caught.value.fault is SignatureFault.REVOKED
    assert verified(good)


def test_a_catalog_is_judged_by_the_terms_it_is_given() -> None:
    data = sign_catalog(make_catalog(), simple_signer())
    right: dict[str, Any] = {
        "anchors": (root().der,),
        "at": NOW,
        "policy": DEFAULT_POLICY,
    }
    wrong: dict[SignatureFault, dict[str, Any]] = {
        SignatureFault.ANCHOR: {"anchors": (TOP.der,)},
        SignatureFault.VALIDITY: {"at": NOW + timedelta(days=36_500)},
        SignatureFault.USAGE: {"policy": replace(DEFAULT_POLICY, usages=("1.2.3",))},
    }
    for fault, changed in wrong.items():
        verify_catalog(data, **right)
        with pytest.raises(SignatureError) as caught:
            verify_catalog(data, **{**right, **changed})
        assert caught.value.fault is fault
