"""What each genuine signature is worth, and why: a table, file by file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from make_pki import root
from pe_judges import need, run

from builder.errors import SignatureError, SignatureFault
from builder.formats import der
from builder.formats.cms import parse_signed_data
from builder.formats.microsoft_roots import default_anchors
from builder.formats.verify import verify_catalog
from builder.model.catalog import VerifiedCatalog
from builder.model.evidence import TimestampKind
from builder.model.trust import (
    AUTHENTICODE,
    DEVELOPMENT,
    WHQL,
    WINDOWS_COMPONENT,
    TrustPolicy,
)

pytestmark = pytest.mark.genuine

DATA = Path(__file__).parents[2].parent / "shared" / "data"
AT = datetime(2026, 11, 23, tzinfo=UTC)
PKCS9, TOKEN = TimestampKind.PKCS9, TimestampKind.RFC3161


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is expected of a file under the pinned Microsoft roots.

    Attributes:
        stamp: Kind and day of the countersignature of one that is believed.
        fault: The step that fails for one that is not.
        why: Words of the reason that is given.
    """

    stamp: tuple[TimestampKind, str] | None = None
    fault: SignatureFault | None = None
    why: str = ""


def believed(kind: TimestampKind, day: str) -> Verdict:
    return Verdict(stamp=(kind, day))


def refused(fault: SignatureFault, why: str) -> Verdict:
    return Verdict(fault=fault, why=why)


UNSIGNED = refused(SignatureFault.UNSIGNED, "is not signed")
VERDICTS = {
    "01_v1_sha1_PKCS9-countersig.cat": believed(PKCS9, "2017-05-06"),
    "02_v1_sha1_PKCS9-countersig.cat": believed(PKCS9, "2017-05-06"),
    "03_v2_sha256_RFC3161.cat": believed(TOKEN, "2017-05-06"),
    "04_v2_sha256_RFC3161.cat": believed(TOKEN, "2017-05-06"),
    "05_v2_sha256_RFC3161_pagehash.cat": believed(TOKEN, "2015-08-23"),
    "06_v2_sha256_RFC3161_pagehash.cat": believed(TOKEN, "2015-08-23"),
    "07_v1_sha1_PKCS9-countersig_pagehash.cat": believed(PKCS9, "2015-08-19"),
    # A driver of a third party, stamped by an authority of another root.
    "08_v1_sha1_RFC3161.cat": refused(
        SignatureFault.TIMESTAMP, "Starfield Services Root Certificate Authority"
    ),
    # A driver-kit test certificate of 1024 bits, without a countersignature.
    "09_v1_sha1_none.cat": refused(SignatureFault.ALGORITHM, "1024 bits"),
    "10_v1_sha256_RFC3161.cat": believed(TOKEN, "2019-08-10"),
    # Self-issued by the author of a modified system.
    "11_v2_sha256_none.cat": refused(
        SignatureFault.IMPOSTOR, "does not chain to a Microsoft root"
    ),
    "12_v1_unsigned_none.cat": UNSIGNED,
    # A driver-kit test certificate.
    "13_v1_sha256_none.cat": refused(
        SignatureFault.ANCHOR, "Microsoft Development Root Certificate Authority 2014"
    ),
    "14_v2_unsigned_none_pagehash.cat": UNSIGNED,
    "15_not-a-catalog_x_x.cat": refused(SignatureFault.STRUCTURE, "0x54"),
    # A driver of a third party, stamped under another root.
    "16_v2_sha1_PKCS9-countersig+nested-sig.cat": refused(
        SignatureFault.TIMESTAMP, "Microsoft Code Verification Root"
    ),
    # Its stamp is a bare digest under RSA, without the DigestInfo of PKCS #1.
    "17_v1_sha1_PKCS9-countersig+nested-sig.cat": refused(
        SignatureFault.TIMESTAMP, "signature: the signature of CN=Symantec"
    ),
    "18_v2_unsigned_none.cat": UNSIGNED,
}
PACKAGES = {
    "Windows6.0-KB2999226-x64.msu": (20, believed(PKCS9, "2015-09-10")),
    "Windows6.0-KB2999226-x86.msu": (20, believed(PKCS9, "2015-09-10")),
    "Windows6.1-KB2584475-x64.msu": (9, believed(PKCS9, "2011-09-21")),
    "Windows6.1-KB2584475-x86.msu": (9, believed(PKCS9, "2011-09-21")),
    "Windows6.x-HyperVIntegrationServices-x86.cab": (1, believed(TOKEN, "2019-08-10")),
    "Windows8.1-KB2937592-x86.msu": (52, believed(TOKEN, "2014-02-27")),
    "Windows8.1-KB2938772-x86.cab": (7, believed(TOKEN, "2014-03-04")),
}


def verify(
    data: bytes,
    *,
    policy: TrustPolicy = WINDOWS_COMPONENT,
    anchors: tuple[bytes, ...] | None = None,
    at: datetime = AT,
) -> VerifiedCatalog:
    trusted = default_anchors() if anchors is None else anchors
    return verify_catalog(data, anchors=trusted, at=at, policy=policy)


def refusal(data: bytes, **changes: object) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        verify(data, **changes)  # type: ignore[arg-type]  # any keyword
    return caught.value


def require(verdict: Verdict, data: bytes) -> None:
    if verdict.fault is not None:
        error = refusal(data)
        assert error.fault is verdict.fault, error
        assert verdict.why in error.reason
        return
    found = verify(data)
    stamp = found.signature.timestamp
    assert stamp is not None
    assert (stamp.kind, f"{stamp.time:%Y-%m-%d}") == verdict.stamp
    assert found.judged_at == stamp.time
    assert found.signature.met == ("windows-component", "authenticode")
    assert found.policy == "windows-component"
    weak = found.signature.weak
    assert ("the signature uses sha1" in weak) == (stamp.kind is PKCS9)


def catalog(name: str) -> bytes:
    path = DATA / "catalogs" / name
    if not path.is_file():
        pytest.skip(f"there is no catalogs/{name} in ../shared/data")
    return path.read_bytes()


@pytest.mark.parametrize("name", VERDICTS)
def test_a_catalog_has_the_verdict_of_the_table(name: str) -> None:
    require(VERDICTS[name], catalog(name))


def test_the_table_has_every_catalog() -> None:
    if not DATA.is_dir():
        pytest.skip("there is no ../shared/data")
    names = {path.name for path in (DATA / "catalogs").glob("*.cat")}
    assert names == set(VERDICTS)


def catalogs_of(name: str, folder: Path) -> Iterator[Path]:
    package = DATA / "packages" / name
    if not package.is_file():
        pytest.skip(f"there is no {name} in ../shared/data")
    tool = need("cabextract")
    run(tool, "-q", "-d", folder, package)
    for inner in sorted(folder.glob("*.cab")):
        run(tool, "-q", "-d", folder / inner.stem, inner)
    yield from sorted(folder.rglob("*.cat"))


@pytest.mark.parametrize("name", PACKAGES)
def test_every_catalog_of_a_package_verifies_to_a_microsoft_root(
    name: str, tmp_path: Path
) -> None:
    count, verdict = PACKAGES[name]
    catalogs = list(catalogs_of(name, tmp_path))
    assert len(catalogs) == count
    for path in catalogs:
        require(verdict, path.read_bytes())


BELIEVED = [name for name, verdict in VERDICTS.items() if verdict.stamp]


@pytest.mark.parametrize("name", BELIEVED)
def test_a_changed_content_is_refused(name: str) -> None:
    data = catalog(name)
    other = bytearray(list_id := verify(data).catalog.list_id)
    other[0] ^= 1
    assert data.count(list_id) == 1
    changed = data.replace(list_id, bytes(other))
    assert refusal(changed).fault is SignatureFault.DIGEST


@pytest.mark.parametrize("name", BELIEVED)
def test_under_another_anchor_it_is_no_impostor(name: str) -> None:
    error = refusal(catalog(name), anchors=(root().der,), policy=AUTHENTICODE)
    assert error.fault is SignatureFault.TIMESTAMP


def without_unsigned(data: bytes) -> bytes:
    """Take the countersignature out; everything signed stays as it is."""
    signed = parse_signed_data(data)
    body = der.Cursor(data, signed.offset).enter(der.SEQUENCE, "signed data")
    kept: list[bytes] = []
    while body:
        kept.append(body.raw("part"))
    info = der.Cursor(data, signed.signers[0].offset).enter(der.SEQUENCE, "signer")
    parts: list[bytes] = []
    while info and not info.next_is(der.context(1)):
        parts.append(info.raw("part"))
    kept[-1] = der.encode(der.SET, der.encode(der.SEQUENCE, *parts))
    outer = der.Cursor(data).enter(der.SEQUENCE, "content info")
    wrapped = der.encode(der.context(0), der.encode(der.SEQUENCE, *kept))
    return der.encode(der.SEQUENCE, outer.raw("type"), wrapped)


@pytest.mark.parametrize("name", BELIEVED)
def test_without_its_countersignature_it_is_refused(name: str) -> None:
    stripped = without_unsigned(catalog(name))
    error = refusal(stripped)
    assert VERDICTS[name].stamp is not None
    is_sha1 = VERDICTS[name].stamp[0] is PKCS9  # type: ignore[index]  # as asserted
    fault = SignatureFault.ALGORITHM if is_sha1 else SignatureFault.VALIDITY
    assert error.fault is fault, error
    if not is_sha1:
        made = verify(catalog(name)).judged_at
        assert not verify(stripped, at=made).timestamped


@pytest.mark.parametrize("name", BELIEVED)
def test_before_it_was_stamped_it_is_refused(name: str) -> None:
    early = verify(catalog(name)).judged_at.replace(year=2010)
    assert "after the time of judgement" in refusal(catalog(name), at=early).reason


@pytest.mark.parametrize("name", BELIEVED)
def test_other_policies_say_what_would_be_met(name: str) -> None:
    data = catalog(name)
    assert verify(data, policy=AUTHENTICODE).policy == "authenticode"
    error = refusal(data, policy=WHQL)
    assert error.fault is SignatureFault.USAGE
    assert error.reason.endswith("it would meet windows-component, authenticode")
    assert refusal(data, policy=DEVELOPMENT).fault is SignatureFault.ANCHOR


def test_a_stamp_of_one_catalog_is_none_of_another() -> None:
    """Two catalogs of one signer, with their countersignatures exchanged."""
    one, two = (catalog(name) for name in BELIEVED[:2])
    first, second = (parse_signed_data(data).signers[0] for data in (one, two))
    stamps = [s.unsigned_attributes[0].values[0] for s in (first, second)]
    assert len(stamps[0]) == len(stamps[1])
    error = refusal(one.replace(stamps[0], stamps[1]))
    assert error.fault is SignatureFault.TIMESTAMP


def test_sha1_with_a_countersignature_of_2021_is_refused() -> None:
    """Every certificate of the file is made an anchor, and SHA-1 is the rest."""
    data = catalog("16_v2_sha1_PKCS9-countersig+nested-sig.cat")
    anchors = parse_signed_data(data).certificates
    error = refusal(data, anchors=anchors, policy=AUTHENTICODE)
    assert error.fault is SignatureFault.ALGORITHM
    assert error.reason == (
        "the signature: sha1 is refused without a verified countersignature "
        "from before 2021-01-01"
    )


def test_nested_signatures_are_each_reported() -> None:
    """With a later date for SHA-1 the first signature holds, under its own."""
    data = catalog("16_v2_sha1_PKCS9-countersig+nested-sig.cat")
    anchors = (*default_anchors(), *parse_signed_data(data).certificates)
    later = replace(AUTHENTICODE, legacy_until=datetime(2022, 1, 1, tzinfo=UTC))
    third, tested = verify(data, anchors=anchors, policy=later).signature.nested
    assert third.verified is None
    assert isinstance(third.fault, SignatureError)
    assert third.fault.fault is SignatureFault.VALIDITY
    assert third.covers == "the same list"
    assert tested.verified is not None
    assert tested.verified.met == ("whql", "authenticode")
    assert "Hardware Compatibility Publisher" in tested.verified.chain[0].subject
    assert tested.covers == "the same list"
