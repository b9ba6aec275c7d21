"""Packages in the shapes of later years: right ones bring up no error.

Each is a package of ours, laid out as packages since Windows 7 SP1 are known
to be; the names are those of genuine ones.
"""

import pytest
from made_packages import (
    Entry,
    Parts,
    build_parts,
    cabinet_of,
    complaints,
    judged,
    sign_again,
)
from package_changes import CAB, MANIFEST, PROPERTIES, STEM, UNATTEND, X86

from builder.keys import development_signer
from builder.model.finding import PackageReport, Severity

LIST = b"[Cabinets]\r\nCabinet1=Cab_1.cab\r\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return build_parts(X86, development_signer(tmp_path_factory.mktemp("k") / "later"))


@pytest.fixture
def parts(made: Parts) -> Parts:
    copy = made.copy()
    copy.spec = None
    return copy


def notes(report: PackageReport) -> set[str]:
    return {f.rule for f in report.findings if f.severity is Severity.NOTE}


def nested(parts: Parts, *names: str) -> None:
    """Move files into a cabinet inside the cabinet."""
    moved = [e for e in parts.inner if e.name in names or e.name.startswith(names)]
    assert moved
    parts.inner = [e for e in parts.inner if e not in moved]
    parts.add("Cab_1.cab", cabinet_of(moved))


def test_files_may_lie_in_cabinets_that_a_list_names(parts: Parts) -> None:
    nested(parts, "x86_", "package_1_for")
    parts.add("cabinet.cablist.ini", LIST)
    assert complaints(judged(parts)) == []


def test_what_is_wrong_in_a_listed_cabinet_is_found(parts: Parts) -> None:
    parts.find("mpio.inf").data += b"more"
    nested(parts, "x86_")
    parts.add("cabinet.cablist.ini", LIST)
    (found,) = complaints(judged(parts))
    assert (found.rule, found.hit.where[1:3]) == ("HF209", (CAB, "Cab_1.cab"))


def test_without_a_list_a_cabinet_is_no_part(parts: Parts) -> None:
    nested(parts, "x86_")
    assert {f.rule for f in complaints(judged(parts))} >= {"HF204"}


def test_deltas_may_stand_for_files(parts: Parts) -> None:
    entry = parts.find("mpio.sys")
    parts.drop("mpio.sys")
    for kind in ("f", "r"):
        parts.add(f"{STEM}\\{kind}\\{entry.name.rpartition(chr(92))[2]}", b"PA30")
    report = judged(parts)
    assert complaints(report) == []
    assert "HF413" in notes(report)


def test_payload_may_lie_in_a_psf(parts: Parts) -> None:
    parts.drop("mpio.sys", "mpio.inf")
    parts.add("express.psf.cix.xml", b"<Container/>")
    modified = parts.find(CAB).modified
    psf = CAB.replace(".cab", ".psf")
    parts.outer.append(Entry(name=psf, modified=modified, data=b"PSTREAM"))
    report = judged(parts)
    assert complaints(report) == []
    assert {"HF413", "HF408"} <= notes(report)


def test_metadata_may_stand_for_the_documents_of_a_msu(parts: Parts) -> None:
    parts.drop(UNATTEND, PROPERTIES)
    modified = parts.find(CAB).modified
    for name in (
        "DesktopDeployment.cab",
        "DesktopDeployment_x86.cab",
        "onepackage.AggregatedMetadata.cab",
    ):
        content = [Entry(name="a.dll", modified=modified, data=b"MZ")]
        data = cabinet_of(content)
        parts.outer.append(Entry(name=name, modified=modified, data=data))
    report = judged(parts)
    assert complaints(report) == []
    assert "HF408" in notes(report)


def test_a_servicing_stack_may_lie_beside_the_package(parts: Parts) -> None:
    data = cabinet_of(parts.inner)
    modified = parts.find(CAB).modified
    stack = Entry(name="SSU-19041.1220-x64.cab", modified=modified, data=data)
    parts.outer.append(stack)
    assert complaints(judged(parts)) == []


def test_a_list_of_deltas_may_lie_beside_the_properties(parts: Parts) -> None:
    entry = parts.find(PROPERTIES)
    name = entry.name.replace(".txt", "_PSFX.txt")
    parts.outer.append(Entry(name=name, modified=entry.modified, data=entry.data))
    assert complaints(judged(parts)) == []


def test_a_service_pack_has_update_mum_under_its_full_name_too(parts: Parts) -> None:
    full = "package_for_kb967724~31bf3856ad364e35~x86~~6.0.1.0"
    for suffix in (".mum", ".cat"):
        parts.add(full + suffix, parts.find(f"update{suffix}").data)
    assert complaints(judged(parts)) == []


def test_a_compressed_manifest_is_one_warning(parts: Parts) -> None:
    parts.find(MANIFEST).data = b"DCM\x01PA30 and more"
    (found,) = complaints(judged(parts))
    assert (found.rule, found.severity) == ("HF103", Severity.WARNING)


def test_a_compressed_manifest_that_the_catalogs_list_is_a_note(parts: Parts) -> None:
    parts.find(MANIFEST).data = b"DCM\x01PA30 and more"
    sign_again(parts)
    report = judged(parts)
    assert complaints(report) == []
    assert "HF103" in notes(report)
