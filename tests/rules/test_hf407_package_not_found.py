from dataclasses import replace

import pytest
from make_subjects import PLACE, container, member, mum, package_set

from builder.errors import CabError
from builder.model.finding import Hit, Severity
from builder.model.subject import Opened, PackageSet
from builder.model.unpacked import Container, Kind
from builder.model.vouched import Yields
from builder.rules.hf407_package_not_found import RULE, check

DAMAGE = CabError("cut off")


def opened(*containers: Container, packages: tuple[PackageSet, ...] = ()) -> Opened:
    return Opened(containers=containers, packages=packages)


@pytest.mark.silent
def test_a_file_with_a_package_is_silent() -> None:
    packages = (package_set(mum()),)
    assert list(check(opened(container(), packages=packages))) == []


def test_a_document_given_alone_is_silent() -> None:
    alone = replace(container(member("a.cat")), is_cabinet=False)
    assert list(check(opened(alone))) == []


@pytest.mark.boundary
def test_damage_explains_it() -> None:
    """HF001 reports the damage."""
    assert list(check(opened(replace(container(), damage=DAMAGE)))) == []
    assert list(check(opened(container(member("a", damage=DAMAGE))))) == []


@pytest.mark.exact
def test_a_cabinet_of_other_things_is_reported() -> None:
    assert list(check(opened(container(member("a.dll"))))) == [
        Hit(where=PLACE, message="holds no .mum: this is no servicing package")
    ]


@pytest.mark.exact
def test_a_package_in_a_folder_of_it_is_told() -> None:
    members = member("x\\a.inf"), member("x\\Update.mum")
    message = "holds no .mum but in folders (x\\Update.mum): judge the folder"
    assert list(check(opened(container(*members)))) == [
        Hit(where=PLACE, message=message)
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a.cat", "A.INF", "setup.exe"), "a driver (A.INF)"),
        (("setup.exe", "x64\\a.msi"), "a program to install (x64\\a.msi)"),
        (("a.msp",), "a patch of a program (a.msp)"),
        (("a.dll", "setup.exe"), "a program (setup.exe)"),
    ],
)
def test_what_it_is_instead_is_told(names: tuple[str, ...], words: str) -> None:
    members = (member(name) for name in names)
    message = f"holds no .mum: this is no servicing package, but {words}"
    assert list(check(opened(container(*members)))) == [
        Hit(where=PLACE, message=message)
    ]


def waiting(reason: str | None, place: str = "a.msu") -> Opened:
    inner = replace(member("a.wim"), kind=Kind.CABINET, waits=reason)
    return opened(replace(container(inner), where=(place,)))


def test_a_container_that_is_not_decoded_is_a_warning() -> None:
    (hit,) = check(waiting("LZMS is not decoded"))
    assert hit.severity is Severity.WARNING
    assert hit.message == "holds no .mum that could be read: LZMS is not decoded"


def test_what_only_update_services_read_does_not_count() -> None:
    (hit,) = check(waiting("only update services", "WSUSSCAN.cab"))
    assert hit.severity is None


def test_nobodys_signature_makes_it_a_package() -> None:
    assert RULE.yields is Yields.NEVER
