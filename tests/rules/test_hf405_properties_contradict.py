from dataclasses import replace

from make_subjects import PLACE, identity, member, msu, mum, package_set

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Member
from builder.rules.hf405_properties_contradict import check

NAME = "a-pkgProperties.txt"
WHERE = (PLACE[0], NAME)
PACKAGES = (package_set(mum(file="update.mum")),)


RIGHT = ('KB Article Number="1"', 'Processor Architecture="x86"')


def properties(*lines: str) -> Member:
    return member(NAME, "\r\n".join(lines).encode(), where=PLACE[:1])


def test_the_right_list_is_silent() -> None:
    beside = properties('KB Article Number="1"', 'Processor Architecture="X86"')
    assert list(check(msu(beside, packages=PACKAGES))) == []


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


def test_people_write_x64() -> None:
    packages = (package_set(mum(identity(architecture="amd64"), file="update.mum")),)
    beside = properties(RIGHT[0], 'Processor Architecture="x64"')
    assert list(check(msu(beside, packages=packages))) == []


def test_metadata_in_a_cabinet_needs_no_list() -> None:
    metadata = member("onepackage.AggregatedMetadata.cab", where=PLACE[:1])
    assert list(check(msu(metadata, packages=PACKAGES))) == []
