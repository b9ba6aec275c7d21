from dataclasses import replace

import pytest
from make_subjects import PLACE, TOKEN, identity, member, msu, mum, package_set

from builder.formats.msu import Servicing, Unattend, serialize_unattend
from builder.model.finding import Hit
from builder.model.identity import AssemblyIdentity
from builder.model.subject import SchemaFault
from builder.model.unpacked import Form, Member
from builder.rules.hf404_unattend_differs import check

ROOT = mum(file="update.mum")
PACKAGES = (package_set(ROOT),)
WHERE = (PLACE[0], "a.xml")


def unattend(
    own: AssemblyIdentity | None = None,
    location: str = "%configsetroot%\\A.CAB",
    action: str = "install",
) -> Member:
    servicing = Servicing(identity=own or identity(), location=location, action=action)
    data = serialize_unattend(Unattend(packages=(servicing,)))
    return member("a.xml", data, where=PLACE[:1])


@pytest.mark.silent
def test_the_right_document_is_silent() -> None:
    assert list(check(msu(unattend(), packages=PACKAGES))) == []


@pytest.mark.exact
def test_another_package_is_named() -> None:
    beside = unattend(identity("Package_for_KB2"))
    assert list(check(msu(beside, packages=PACKAGES))) == [
        Hit(
            where=WHERE,
            message=(
                f"installs Package_for_KB2~{TOKEN}~x86~~6.0.1.0, "
                "which is no package in this file"
            ),
            line=4,
        )
    ]


def test_another_cabinet_is_named() -> None:
    location = "%ConfigSetRoot%\\b.cab"
    assert list(check(msu(unattend(location=location), packages=PACKAGES))) == [
        Hit(
            where=WHERE,
            message=f"installs from {location}, which is not in this file",
            line=4,
        )
    ]


@pytest.mark.parametrize(
    "location",
    [
        "a.cab",
        "\\\\server\\share\\a.cab",
        "http://server/a.cab",
        "C:\\a.cab",
        "%temp%\\a.cab",
        "%configsetroot%a.cab",
        "%configsetroot%/a.cab",
        "%configsetroot%\\..\\a.cab",
        "%configsetroot%\\x\\a.cab",
        "%configsetroot%\\",
        "",
    ],
)
def test_another_place_is_told(location: str) -> None:
    (hit,) = check(msu(unattend(location=location), packages=PACKAGES))
    shown = location or "nowhere"
    wanted = "%configsetroot%\\ and a cabinet"
    assert hit.message == f"installs from {shown}, not from {wanted}"


@pytest.mark.boundary
def test_the_identity_is_that_of_the_cabinet_that_is_named() -> None:
    other = mum(identity("Package_for_KB2"), file="update.mum")
    second = package_set(other)
    second = replace(
        second, container=replace(second.container, where=(PLACE[0], "b.cab"))
    )
    beside = unattend(identity("Package_for_KB2"))
    (hit,) = check(msu(beside, packages=(*PACKAGES, second)))
    assert "is no package in this file" in hit.message


def test_a_damaged_document_is_told_with_its_line() -> None:
    beside = member("a.xml", b"<unattend>\n<", where=PLACE[:1])
    (hit,) = check(msu(beside, packages=PACKAGES))
    assert (hit.where, hit.line) == (WHERE, 2)


def test_a_root_that_the_schema_refuses_is_silent() -> None:
    """HF102 reports it."""
    fault = SchemaFault(line=3, path="/assembly/assemblyIdentity", message="is wrong")
    root = mum(identity(version=None), file="update.mum", faults=(fault,))
    assert list(check(msu(unattend(), packages=(package_set(root),)))) == []


def test_a_root_that_could_not_be_read_is_silent() -> None:
    assert list(check(msu(unattend(), packages=()))) == []


def test_another_action_is_told() -> None:
    assert list(check(msu(unattend(action="remove"), packages=PACKAGES))) == [
        Hit(where=WHERE, message="has the action 'remove', not 'install'", line=4)
    ]


def test_no_package_at_all_is_told() -> None:
    beside = member("a.xml", serialize_unattend(Unattend(packages=())), where=PLACE[:1])
    assert list(check(msu(beside, packages=PACKAGES))) == [
        Hit(where=WHERE, message="installs nothing")
    ]


def test_xml_beside_packages_is_no_unattend() -> None:
    beside = (member("a.xml", b"<a/>", where=PLACE[:1]), ROOT.member)
    assert list(check(msu(*beside, packages=PACKAGES))) == []


def test_no_document_is_told() -> None:
    assert list(check(msu(packages=PACKAGES))) == [
        Hit(where=PLACE[:1], message="has no installation document (unattend XML)")
    ]


def test_a_second_document_is_told_even_if_it_is_equal() -> None:
    assert unattend().data is not None
    second = member("b.xml", unattend().data or b"", where=PLACE[:1])
    assert list(check(msu(unattend(), second, packages=PACKAGES))) == [
        Hit(
            where=second.where,
            message="is one more installation document; a .msu has one",
        )
    ]


def test_a_folder_of_packages_needs_no_document() -> None:
    made = msu(packages=PACKAGES)
    made = replace(made, container=replace(made.container, form=Form.FOLDER))
    assert list(check(made)) == []


SETTINGS = (
    '<settings pass="specialize"><component><RunSynchronous/></component></settings>'
)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</unattend>", f"{SETTINGS}</unattend>", "element 'settings' in 'unattend'"),
        ("<servicing>", f"<servicing>{SETTINGS}", "element 'settings' in 'servicing'"),
        ("<servicing>", "<servicing/><servicing>", "a second 'servicing'"),
        ("</package>", "<source location='x'/></package>", "a second 'source'"),
        ('action="install"', 'action="install" permanence="x"', "attribute"),
        ("<servicing>", "<servicing>text", "text in 'servicing'"),
        ("</package>", "<x xmlns='urn:y'/></package>", "element 'x' in 'package'"),
    ],
)
def test_what_no_genuine_document_has_is_refused(
    old: str, new: str, reason: str
) -> None:
    data = unattend().data or b""
    assert old.encode() in data
    beside = member("a.xml", data.replace(old.encode(), new.encode()), where=PLACE[:1])
    (hit,) = check(msu(beside, packages=PACKAGES))
    assert reason in hit.message
    assert hit.line is not None


def test_metadata_in_a_cabinet_needs_no_document() -> None:
    metadata = member("onepackage.AggregatedMetadata.cab", where=PLACE[:1])
    assert list(check(msu(metadata, packages=PACKAGES))) == []
    wrong = unattend(action="remove")
    assert len(list(check(msu(wrong, metadata, packages=PACKAGES)))) == 1


def test_of_a_package_that_lies_elsewhere_the_name_says_nothing_more() -> None:
    other = unattend(identity("Package_for_KB2"), location="a.cab")
    (hit,) = check(msu(other, packages=PACKAGES))
    assert hit.message.startswith("installs from a.cab, not from")
