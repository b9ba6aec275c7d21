"""A publisher's signature outweighs rules that rest on observation."""

import pytest
from bad_containers import CONTAINERS
from bad_handling import HANDLED, WARNED
from bad_packages import DOCUMENTS, PAYLOAD, SCHEMA
from made_packages import (
    Entry,
    Parts,
    build_parts,
    cabinet_of,
    complaints,
    entries_of,
    judged,
    sign_again,
)
from make_pki import simple_signer
from package_changes import MANIFEST, SERVER, X64, X86, World, edited

from builder.formats.cab_sign import sign_cabinet
from builder.formats.certificate import parse_certificate
from builder.keys import development_signer
from builder.model.finding import PackageReport, Severity, Verdict
from builder.model.vouched import NOBODY, Vouched, Yields
from builder.steps import vouch

PLACE = ("a.msu", "b.cab", "x.mum")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    signer = development_signer(tmp_path_factory.mktemp("vouching") / "signer")
    x86, x64 = (build_parts(architecture, signer) for architecture in (X86, X64))
    return World(x86=x86, x64=x64, ia64=x64, signer=signer)


@pytest.fixture
def published(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Take the development root for one of the publisher's."""
    root = parse_certificate(world.signer.certificates[-1])
    monkeypatch.setattr(vouch, "FINGERPRINTS", frozenset({root.sha256}))
    return world


@pytest.mark.parametrize("case", SCHEMA)
def test_a_listed_document_that_leaves_our_schema_is_a_note(
    published: World, case: str
) -> None:
    parts = published.x86.copy()
    parts.spec = None
    edited(*SCHEMA[case])(parts, published)
    report = judged(parts)
    assert {f.rule for f in report.findings if f.severity is Severity.ERROR} == set()
    (found,) = [f for f in report.findings if f.rule == "HF102"]
    assert found.severity is Severity.NOTE
    assert found.answers == ()
    assert found.hit.message.endswith(" (as its publisher signed it)")


@pytest.mark.parametrize("case", HANDLED)
def test_what_happened_after_signing_is_an_error(published: World, case: str) -> None:
    """No catalog shows that a file was renamed, or moved to another folder."""
    change, rule, _ = HANDLED[case]
    parts = published.x86.copy()
    parts.spec = None
    change(parts, published)
    report = judged(parts)
    is_warned = case in WARNED
    assert report.verdict() is (Verdict.VALID if is_warned else Verdict.INVALID)
    assert {f.rule for f in complaints(report)} == {rule}


def test_a_document_that_was_changed_after_signing_is_an_error(
    published: World,
) -> None:
    parts = published.x86.copy()
    edited(*SCHEMA["restart"], sign=False)(parts, published)
    found = complaints(judged(parts))
    assert {f.rule for f in found} == {"HF102"}
    assert {f.severity for f in found} == {Severity.ERROR}


GONE = (
    (PAYLOAD, "missing program, catalogs kept"),
    (DOCUMENTS, "missing manifest, catalogs kept"),
    (DOCUMENTS, "missing leaf, catalog kept"),
    (DOCUMENTS, "missing leaf"),
    (DOCUMENTS, "another name outside"),
    (PAYLOAD, "tampered program"),
)


@pytest.mark.parametrize(("cases", "case"), GONE, ids=[case for _, case in GONE])
def test_what_was_taken_away_or_swapped_stays_an_error(
    published: World,
    cases: dict[str, tuple[object, str, str]],
    case: str,
) -> None:
    change, rule, _ = cases[case]
    parts = published.x86.copy()
    change(parts, published)  # type: ignore[operator]  # a Change
    found = complaints(judged(parts))
    assert {f.rule for f in found} == {rule}
    assert {f.severity for f in found} == {Severity.ERROR}


def test_an_absence_that_the_catalogs_confirm_is_a_note(published: World) -> None:
    parts = published.x86.copy()
    parts.drop(MANIFEST)
    sign_again(parts)
    report = judged(parts)
    (found,) = [f for f in report.findings if f.rule == "HF204"]
    assert found.severity is Severity.NOTE


def test_a_warning_is_outweighed_as_well(published: World) -> None:
    """Two names that look alike: their publisher gave them."""
    parts = published.x86.copy()
    parts.spec = None
    edited(
        "update.mum",
        '<assemblyIdentity name="Package_for_KB967724" ',
        '<assemblyIdentity name="Package_for_KB967724_Server_O" ',
    )(parts, published)
    edited(
        f"{SERVER}.mum",
        '<assemblyIdentity name="Package_for_KB967724_server" ',
        '<assemblyIdentity name="Package_for_KB967724_server_0" ',
    )(parts, published)
    found = [f for f in judged(parts).findings if f.rule == "HF213"]
    assert found
    assert {f.severity for f in found} == {Severity.NOTE}
    parts.signer = simple_signer()
    sign_again(parts)
    found = [f for f in judged(parts).findings if f.rule == "HF213"]
    assert {f.severity for f in found} == {Severity.WARNING}


def test_nobody_vouches_under_another_root(world: World) -> None:
    parts = world.x86.copy()
    edited(*SCHEMA["restart"])(parts, world)
    assert {f.severity for f in complaints(judged(parts))} == {Severity.ERROR}


def test_a_place_is_covered_by_the_containers_around_it() -> None:
    sealed = Vouched(sealed=frozenset({PLACE[:1]}))
    assert all(sealed.outweighs(y, PLACE) for y in Yields if y)
    assert not sealed.outweighs(Yields.NEVER, PLACE)
    assert not sealed.outweighs(Yields.TO_SEAL, ("c.msu", *PLACE[1:]))


def test_of_a_name_only_what_lies_around_it_says_that_it_was_published() -> None:
    inner = Vouched(sealed=frozenset({PLACE[:2]}), listed=frozenset({PLACE}))
    assert inner.outweighs(Yields.TO_SEAL, PLACE, is_moved=True)
    assert not inner.outweighs(Yields.TO_SEAL, PLACE[:2], is_moved=True)
    for weaker in (
        Vouched(listed=frozenset({PLACE})),
        Vouched(complete=frozenset({PLACE[:2]})),
    ):
        assert weaker.outweighs(Yields.TO_CATALOG, PLACE)
        assert not weaker.outweighs(Yields.TO_CATALOG, PLACE, is_moved=True)
    assert not inner.outweighs(Yields.NEVER, PLACE, is_moved=True)
    outer = Vouched(sealed=frozenset({PLACE[:1]}))
    assert outer.outweighs(Yields.TO_SEAL, PLACE[:2], is_moved=True)
    assert not outer.outweighs(Yields.TO_SEAL, PLACE[:1], is_moved=True)


def test_weaker_evidence_outweighs_fewer_rules() -> None:
    complete = Vouched(complete=frozenset({PLACE[:2]}))
    listed = Vouched(listed=frozenset({PLACE}))
    assert [y for y in Yields if complete.outweighs(y, PLACE)] == [
        Yields.TO_PACKAGE,
        Yields.TO_CATALOG,
    ]
    assert [y for y in Yields if listed.outweighs(y, PLACE)] == [Yields.TO_CATALOG]
    assert not any(listed.outweighs(y, PLACE[:2]) for y in Yields)
    assert not any(NOBODY.outweighs(y, PLACE) for y in Yields)


def sealed(parts: Parts, world: World, *, tail: bytes = b"") -> PackageReport:
    """Judge a .msu that is signed as a whole after its change."""

    def sign(packed: bytes) -> bytes:
        roomy = cabinet_of(entries_of(packed), for_signature=True)
        return b"".join(sign_cabinet(roomy, world.signer)) + tail

    parts.damage_outer = sign
    return judged(parts)


SEALED = {
    "unattend that removes": CONTAINERS["unattend that removes"],
    "no properties": CONTAINERS["no properties"],
    # Else a warning, which gives way as well.
    "properties without the article": CONTAINERS["properties without the article"],
    "a program beside the cabinet": CONTAINERS["a program beside the cabinet"],
    "missing leaf": DOCUMENTS["missing leaf"],
    "another name outside": DOCUMENTS["another name outside"],
    "extra file, not signed": PAYLOAD["extra file, not signed"],
}


@pytest.mark.parametrize("case", SEALED)
def test_what_is_sealed_as_a_whole_is_a_note(published: World, case: str) -> None:
    change, rule, _ = SEALED[case]
    parts = published.x86.copy()
    parts.spec = None
    change(parts, published)
    report = sealed(parts, published)
    assert complaints(report) == []
    assert rule in {f.rule for f in report.findings}


def sign_inner(parts: Parts, world: World) -> Entry:
    """Seal the inner cabinet; return another one of the same name."""
    other = parts.copy()
    other.edit("update.mum", "KB967724", "KB967725")
    packed = other.pack()
    (twin,) = (e for e in entries_of(packed) if e.name.endswith(".cab"))

    def sign(cabinet: bytes) -> bytes:
        roomy = cabinet_of(entries_of(cabinet), for_signature=True)
        return b"".join(sign_cabinet(roomy, world.signer))

    parts.damage = sign
    return twin


@pytest.mark.parametrize("is_first", [True, False])
def test_a_seal_says_nothing_of_another_cabinet_of_that_name(
    published: World, *, is_first: bool
) -> None:
    parts = published.x86.copy()
    parts.spec = None
    twin = sign_inner(parts, published)
    assert complaints(judged(parts)) == []
    packed = entries_of(parts.pack())
    packed = [twin, *packed] if is_first else [*packed, twin]
    parts.damage_outer = lambda _: cabinet_of(packed)
    found = {f.rule: f.severity for f in complaints(judged(parts))}
    assert found["HF402"] is found["HF505"] is Severity.ERROR


@pytest.mark.parametrize(
    ("name", "rule"), [("..\\a.cab", "HF401"), ("another.cab", "HF408")]
)
def test_the_seal_of_a_cabinet_says_nothing_of_its_name(
    published: World, name: str, rule: str
) -> None:
    parts = published.x86.copy()
    parts.spec = None
    sign_inner(parts, published)
    packed = entries_of(parts.pack())
    (cabinet,) = (e for e in packed if e.name.endswith(".cab"))
    packed.append(Entry(name=name, modified=cabinet.modified, data=cabinet.data))
    parts.damage_outer = lambda _: cabinet_of(packed)
    found = complaints(judged(parts))
    assert {(f.rule, f.severity) for f in found} == {(rule, Severity.ERROR)}


def test_what_follows_a_seal_is_not_outweighed(published: World) -> None:
    report = sealed(published.x86.copy(), published, tail=b"more")
    assert {f.rule for f in complaints(report)} == {"HF403"}


@pytest.mark.parametrize("case", ["payload only", "no inner cabinet"])
def test_no_signature_makes_a_package_of_something_else(
    published: World, case: str
) -> None:
    parts = published.x86.copy()
    parts.spec = None
    change, rule, _ = CONTAINERS[case]
    change(parts, published)
    found = complaints(sealed(parts, published))
    assert rule in {f.rule for f in found if f.severity is Severity.ERROR}
