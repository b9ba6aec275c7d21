from make_subjects import PLACE, identity, member, msu, mum, package_set

from builder.model.finding import Hit
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
        Hit(where=WHERE, message='has no "KB Article Number"'),
        Hit(where=WHERE, message='has no "Processor Architecture"'),
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
