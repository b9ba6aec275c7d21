from dataclasses import replace

from make_subjects import PLACE, container, member, mum, package_set

from builder.errors import CabError
from builder.model.finding import Hit
from builder.model.subject import Opened, PackageSet
from builder.model.unpacked import Container
from builder.rules.hf407_package_not_found import check

DAMAGE = CabError("cut off")


def opened(*containers: Container, packages: tuple[PackageSet, ...] = ()) -> Opened:
    return Opened(containers=containers, packages=packages)


def test_a_file_with_a_package_is_silent() -> None:
    packages = (package_set(mum()),)
    assert list(check(opened(container(), packages=packages))) == []


def test_a_document_given_alone_is_silent() -> None:
    alone = replace(container(member("a.cat")), is_cabinet=False)
    assert list(check(opened(alone))) == []


def test_damage_explains_it() -> None:
    """HF001 reports the damage."""
    assert list(check(opened(replace(container(), damage=DAMAGE)))) == []
    assert list(check(opened(container(member("a", damage=DAMAGE))))) == []


def test_a_cabinet_of_other_things_is_reported() -> None:
    assert list(check(opened(container(member("a.dll"))))) == [
        Hit(where=PLACE, message="holds no .mum: this is no servicing package")
    ]
