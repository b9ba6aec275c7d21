from dataclasses import replace

import pytest
from make_subjects import (
    PLACE,
    file_of,
    identity,
    image,
    manifest,
    member,
    package_set,
)

from builder.model.finding import Hit
from builder.model.identity import keyform
from builder.model.machine import AMD64, I386, IA64
from builder.model.subject import PackageSet
from builder.rules.hf211_machine_differs import check


def pair(architecture: str, machine: int, *, promised: bytes = b"") -> PackageSet:
    own = identity("a", architecture=architecture)
    payload = member(f"{keyform(own)}\\a.sys", pe=image(b"", machine=machine))
    return package_set(manifest(own, file_of("a.sys", promised)), payload=(payload,))


@pytest.mark.silent
@pytest.mark.parametrize(
    ("architecture", "machine"),
    [("x86", I386), ("wow64", I386), ("amd64", AMD64), ("ia64", IA64), ("msil", I386)],
)
def test_machines_that_run_there_are_silent(architecture: str, machine: int) -> None:
    assert list(check(pair(architecture, machine))) == []


def test_a_file_that_is_no_program_is_silent() -> None:
    packages = package_set(
        manifest(identity("a"), file_of("a.inf")),
        payload=(member(f"{keyform(identity('a'))}\\a.inf"),),
    )
    assert list(check(packages)) == []


@pytest.mark.exact
def test_an_itanium_program_in_an_x86_component_is_reported() -> None:
    packages = pair("x86", IA64)
    name = f"{keyform(identity('a'))}\\a.sys"
    assert list(check(packages)) == [
        Hit(
            where=(*PLACE, name),
            message="built for IA-64; the component is x86",
        )
    ]


def test_another_file_than_the_manifest_describes_is_silent() -> None:
    """HF209 reports it: one cause, one finding."""
    assert list(check(pair("x86", IA64, promised=b"other"))) == []


@pytest.mark.boundary
def test_managed_programs_that_say_x86_run_everywhere() -> None:
    own = identity("a", architecture="amd64")
    for machine, hits in ((I386, 0), (IA64, 1)):
        pe = replace(image(b"", machine=machine), is_managed=True)
        payload = member(f"{keyform(own)}\\a.sys", pe=pe)
        packages = package_set(manifest(own, file_of("a.sys", b"")), payload=(payload,))
        assert len(list(check(packages))) == hits


def test_a_folder_may_be_named_like_another_machine() -> None:
    own = identity("a", architecture="amd64")
    for folder, hits in (("I386", 0), ("ia64", 1), ("other", 1)):
        name = f"{folder}\\a.dll"
        payload = member(f"{keyform(own)}\\{name}", pe=image(b"", machine=I386))
        packages = package_set(manifest(own, file_of(name, b"")), payload=(payload,))
        assert len(list(check(packages))) == hits


def test_resources_of_a_language_have_no_code_that_could_run() -> None:
    own = identity("a.Resources", architecture="amd64", language="de-DE")
    for name, hits in (("a.dll.mui", 0), ("A.DLL.MUI", 0), ("a.mui.dll", 1)):
        path = f"{keyform(own)}\\{name}"
        payload = member(path, pe=image(b"", machine=I386))
        packages = package_set(manifest(own, file_of(name, b"")), payload=(payload,))
        assert len(list(check(packages))) == hits
