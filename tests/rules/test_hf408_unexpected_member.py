from dataclasses import replace

import pytest
from make_subjects import PLACE, identity, member, msu, mum, package_set

from builder.formats.msu import Servicing, Unattend, serialize_unattend
from builder.model.finding import Hit, Severity
from builder.model.unpacked import Form, Kind, Member
from builder.rules.hf408_unexpected_member import check

PACKAGES = (package_set(mum(file="update.mum")),)


def unattend(location: str = "%configsetroot%\\A.CAB") -> Member:
    servicing = Servicing(identity=identity(), location=location)
    data = serialize_unattend(Unattend(packages=(servicing,)))
    return member("a.xml", data, where=PLACE[:1])


def cabinet(name: str) -> Member:
    return replace(member(name, where=PLACE[:1]), kind=Kind.CABINET)


@pytest.mark.silent
def test_what_genuine_files_hold_is_silent() -> None:
    lists = member("a-pkgProperties.txt", where=PLACE[:1])
    made = msu(unattend(), lists, cabinet("WSUSSCAN.cab"), packages=PACKAGES)
    assert list(check(made)) == []


@pytest.mark.exact
@pytest.mark.parametrize("name", ["evil.exe", "readme.txt", "x\\a.xml", "WSUSSCAN.cab"])
def test_another_file_is_told(name: str) -> None:
    other = member(name, where=PLACE[:1])
    assert list(check(msu(unattend(), other, packages=PACKAGES))) == [
        Hit(where=other.where, message="does not belong into a .msu", is_moved=True)
    ]


@pytest.mark.parametrize(
    ("name", "hits"), [("a.msu", 1), ("A.MSU", 1), ("install.wim", 0), ("msu", 0)]
)
def test_a_msu_may_be_a_wim_file(name: str, hits: int) -> None:
    """Of other WIM files nobody knows what belongs into them."""
    made = msu(unattend(), member("evil.exe", where=(name,)), packages=PACKAGES)
    wim = replace(made.container, form=Form.WIM, where=(name,))
    found = list(check(replace(made, container=wim)))
    assert [(h.where, h.severity) for h in found] == [
        ((name, "evil.exe"), Severity.WARNING)
    ] * hits


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("form", "name", "severity"),
    [
        (Form.WIM, "Clipchamp_4.1_x64.msix", Severity.NOTE),
        (Form.WIM, "Clipchamp_4.1_x64.msix.exe", Severity.WARNING),
        (Form.CABINET, "Clipchamp_4.1_x64.msix", None),
    ],
)
def test_programs_are_a_note_only_in_a_wim_file(
    form: Form, name: str, severity: Severity | None
) -> None:
    made = msu(unattend(), member(name, where=PLACE[:1]), packages=PACKAGES)
    (hit,) = check(replace(made, container=replace(made.container, form=form)))
    assert (hit.where[-1], hit.severity) == (name, severity)


@pytest.mark.parametrize(
    "name",
    [
        "SSU-19041.1220-x64.cab",
        "DesktopDeployment_x86.cab",
        "onepackage.AggregatedMetadata.cab",
        "Windows10.0-KB1-x64.psf",
    ],
)
def test_what_later_files_are_known_to_carry_is_a_note(name: str) -> None:
    (hit,) = check(msu(unattend(), cabinet(name), packages=PACKAGES))
    assert (hit.where, hit.severity) == ((PLACE[0], name), Severity.NOTE)


def test_a_cabinet_that_nobody_installs_is_told() -> None:
    other = cabinet("b.cab")
    assert list(check(msu(unattend(), other, packages=PACKAGES))) == [
        Hit(
            is_moved=True,
            where=other.where,
            message="is a cabinet that the installation document does not name",
        )
    ]


def test_a_package_called_like_the_scan_cabinet_is_told() -> None:
    where = (PLACE[0], "WSUSSCAN.cab")
    second = replace(PACKAGES[0], container=replace(PACKAGES[0].container, where=where))
    scan = cabinet("WSUSSCAN.cab")
    (hit,) = check(msu(unattend(), scan, packages=(*PACKAGES, second)))
    assert hit.where == where


@pytest.mark.parametrize(
    "document",
    [
        unattend("%configsetroot%\\c.cab"),
        unattend("\\\\server\\a.cab"),
        member("a.xml", b"<a", where=PLACE[:1]),
        member("a.txt", where=PLACE[:0]),
    ],
    ids=["absent cabinet", "elsewhere", "damaged", "no document"],
)
def test_cabinets_are_silent_where_the_document_is_wrong(document: Member) -> None:
    """HF404 reports it."""
    made = msu(document, cabinet("b.cab"), packages=PACKAGES)
    assert [h for h in check(made) if h.where[-1] == "b.cab"] == []


def test_a_folder_holds_what_it_likes() -> None:
    made = msu(unattend(), member("evil.exe"), packages=PACKAGES)
    made = replace(made, container=replace(made.container, form=Form.FOLDER))
    assert list(check(made)) == []


@pytest.mark.boundary
def test_an_image_is_a_note_only_beside_metadata() -> None:
    image = cabinet("Windows11.0-KB1-x64.wim")
    (hit,) = check(msu(unattend(), image, packages=PACKAGES))
    assert hit.severity is None
    metadata = cabinet("onepackage.AggregatedMetadata.cab")
    hits = list(check(msu(unattend(), image, metadata, packages=PACKAGES)))
    assert {hit.severity for hit in hits} == {Severity.NOTE}
    assert len(hits) == 2


def test_a_name_that_leaves_the_folder_is_told_elsewhere() -> None:
    """HF401 reports it."""
    for name, hits in (("..\\a.exe", 0), ("nul", 0), ("..a.exe", 1), ("null", 1)):
        other = member(name, where=PLACE[:1])
        assert len(list(check(msu(unattend(), other, packages=PACKAGES)))) == hits
