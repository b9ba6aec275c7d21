from make_subjects import PLACE, TOKEN, identity, member, msu, mum, package_set

from builder.formats.msu import Servicing, Unattend, serialize_unattend
from builder.model.finding import Hit
from builder.model.identity import AssemblyIdentity
from builder.model.subject import SchemaFault
from builder.model.unpacked import Member
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


def test_the_right_document_is_silent() -> None:
    assert list(check(msu(unattend(), packages=PACKAGES))) == []


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
    assert list(check(msu(unattend(location="b.cab"), packages=PACKAGES))) == [
        Hit(
            where=WHERE,
            message="installs from b.cab, which is not in this file",
            line=4,
        )
    ]


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


def test_no_cabinet_is_told() -> None:
    assert list(check(msu(unattend(location="a\\"), packages=PACKAGES))) == [
        Hit(where=WHERE, message="names no cabinet to install from", line=4)
    ]


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
