from dataclasses import replace

import pytest
from make_subjects import PLACE, identity, member, msu, mum, package_set

from builder.formats.msu import Servicing, Unattend, serialize_unattend
from builder.model.finding import Hit, Severity
from builder.model.unpacked import Member
from builder.rules.hf405_properties_contradict import check

NAME = "a-pkgProperties.txt"
WHERE = (PLACE[0], NAME)
PACKAGES = (package_set(mum(file="update.mum")),)


RIGHT = ('KB Article Number="1"', 'Processor Architecture="x86"')


def properties(*lines: str) -> Member:
    return member(NAME, "\r\n".join(lines).encode(), where=PLACE[:1])


@pytest.mark.silent
def test_the_right_list_is_silent() -> None:
    beside = properties('KB Article Number="1"', 'Processor Architecture="X86"')
    assert list(check(msu(beside, packages=PACKAGES))) == []


@pytest.mark.exact
def test_a_list_that_says_nothing_is_told() -> None:
    assert list(check(msu(properties('Language="ALL"'), packages=PACKAGES))) == [
        Hit(where=WHERE, message=f'has no "{name}"', severity=Severity.WARNING)
        for name in ("KB Article Number", "Processor Architecture")
    ]


def test_no_list_is_told() -> None:
    assert list(check(msu(packages=PACKAGES))) == [
        Hit(where=PLACE[:1], message="has no property list (-pkgProperties.txt)")
    ]


def test_a_second_list_is_told() -> None:
    second = member("b-pkgProperties.txt", where=PLACE[:1])
    assert list(check(msu(properties(*RIGHT), second, packages=PACKAGES))) == [
        Hit(where=second.where, message="is one more property list; a .msu has one")
    ]


def test_both_properties_are_compared() -> None:
    beside = properties('KB Article Number="2"', 'Processor Architecture="ia64"')
    assert list(check(msu(beside, packages=PACKAGES))) == [
        Hit(where=WHERE, message='"KB Article Number" is 2; the package says 1'),
        Hit(
            where=WHERE,
            message='"Processor Architecture" is ia64; the package says x86',
        ),
    ]


def test_a_package_that_contradicts_itself_is_silent() -> None:
    """HF212 reports it."""
    packages = (package_set(mum(file="update.mum", identifier="KB2")),)
    beside = properties(*RIGHT)
    assert list(check(msu(beside, packages=packages))) == []


def test_a_package_without_a_number_is_silent() -> None:
    root = mum(identity("Feature"), file="update.mum", identifier="Feature")
    beside = properties(*RIGHT)
    assert list(check(msu(beside, packages=(package_set(root),)))) == []


def test_two_packages_are_not_compared() -> None:
    beside = properties('KB Article Number="2"', RIGHT[1])
    assert list(check(msu(beside, packages=PACKAGES * 2))) == []


def test_a_line_of_another_shape_is_told() -> None:
    beside = properties('Language="ALL"', "what")
    assert list(check(msu(beside, packages=PACKAGES))) == [
        Hit(where=WHERE, message='a line that is not Name="value"', line=2)
    ]


def test_the_list_of_deltas_is_a_second_one() -> None:
    of_deltas = member("a-pkgProperties_PSFX.txt", where=PLACE[:1])
    beside = (
        properties(*RIGHT),
        replace(of_deltas, content=properties(*RIGHT).content),
    )
    assert list(check(msu(*beside, packages=PACKAGES))) == []


@pytest.mark.boundary
def test_people_write_x64() -> None:
    packages = (package_set(mum(identity(architecture="amd64"), file="update.mum")),)
    beside = properties(RIGHT[0], 'Processor Architecture="x64"')
    assert list(check(msu(beside, packages=packages))) == []


def test_metadata_in_a_cabinet_needs_no_list() -> None:
    metadata = member("onepackage.AggregatedMetadata.cab", where=PLACE[:1])
    assert list(check(msu(metadata, packages=PACKAGES))) == []


def test_the_type_is_that_of_the_package() -> None:
    right = properties(*RIGHT, 'Package Type="hotfix"')
    assert list(check(msu(right, packages=PACKAGES))) == []
    wrong = properties(*RIGHT, 'Package Type="Update"')
    assert list(check(msu(wrong, packages=PACKAGES))) == [
        Hit(where=WHERE, message='"Package Type" is Update; the package says Hotfix')
    ]


def test_the_link_is_to_the_article() -> None:
    link = "http://support.microsoft.com?kbid="
    for shown, hits in ((f"{link}1", 0), ("http://support.microsoft.com", 0)):
        beside = properties(*RIGHT, f'Support Link="{shown}"')
        assert len(list(check(msu(beside, packages=PACKAGES)))) == hits
    beside = properties(*RIGHT, f'Support Link="{link}11"')
    message = f'"Support Link" is {link}11; the package says 1'
    assert list(check(msu(beside, packages=PACKAGES))) == [
        Hit(where=WHERE, message=message)
    ]
    both = properties('KB Article Number="11"', RIGHT[1], f'Support Link="{link}11"')
    assert [hit.message for hit in check(msu(both, packages=PACKAGES))] == [
        '"KB Article Number" is 11; the package says 1'
    ]


def test_where_both_documents_say_the_same_the_package_is_another() -> None:
    """HF404 reports that the installation document does not fit."""
    beside = properties('KB Article Number="2"', 'Processor Architecture="x64"')
    own = identity("Package_for_KB2", architecture="amd64")
    servicing = Servicing(identity=own, location="%configsetroot%\\a.cab")
    data = serialize_unattend(Unattend(packages=(servicing,)))
    document = member("a.xml", data, where=PLACE[:1])
    assert list(check(msu(beside, document, packages=PACKAGES))) == []
    third = properties('KB Article Number="3"', 'Processor Architecture="ia64"')
    assert len(list(check(msu(third, document, packages=PACKAGES)))) == 2
