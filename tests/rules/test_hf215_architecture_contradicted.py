from dataclasses import replace

import pytest
from make_subjects import (
    COMPONENT,
    PLACE,
    identity,
    manifest,
    mum,
    package_set,
    reference,
)

from builder.model.finding import Hit
from builder.model.package import Applicable, Package, Parent, Update
from builder.model.subject import Document, SchemaFault
from builder.rules.hf215_architecture_contradicted import check

PARENT = replace(identity("Microsoft-Windows-Foundation-Package"), line=6)


def with_parent(architecture: str, own: str = "x86") -> Document:
    document = mum(identity(architecture=own), file="update.mum")
    parent = Parent(identities=(replace(PARENT, architecture=architecture),), line=5)
    assert isinstance(document.value, Package)
    return replace(document, value=replace(document.value, parents=(parent,)))


@pytest.mark.silent
def test_one_architecture_throughout_is_silent() -> None:
    documents = with_parent("x86"), manifest()
    assert list(check(package_set(*documents))) == []


@pytest.mark.exact
def test_a_parent_of_another_architecture_is_told() -> None:
    assert list(check(package_set(with_parent("amd64")))) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message=(
                "refers to Microsoft-Windows-Foundation-Package for amd64; "
                "this is for x86"
            ),
            line=6,
        )
    ]


def component(own: str, other: str) -> Document:
    identities = (identity("a", architecture=other),)
    condition = Applicable(identities=identities, target="updateComponent")
    document = mum(identity(architecture=own))
    update = Update(name="u", references=(), applicable=(condition,))
    assert isinstance(document.value, Package)
    return replace(document, value=replace(document.value, updates=(update,)))


BESIDE = [
    ("x86", "msil"),
    ("amd64", "wow64"),
    ("amd64", "x86"),
    ("amd64", "msil"),
    ("ia64", "wow64"),
    ("ia64", "x86"),
    ("arm64", "arm"),
    ("arm64", "x86"),
    ("arm64", "arm64.x86"),
    ("arm64", "amd64"),
    ("AMD64", "WOW64"),
]
NEVER = [
    ("x86", "amd64"),
    ("x86", "wow64"),
    ("amd64", "ia64"),
    ("amd64", "arm64"),
    ("arm", "x86"),
    ("arm64", "ia64"),
    ("ia64", "amd64"),
]


@pytest.mark.parametrize(("own", "other"), BESIDE)
def test_components_that_run_beside_are_silent(own: str, other: str) -> None:
    assert list(check(package_set(component(own, other)))) == []


@pytest.mark.parametrize(("own", "other"), NEVER)
def test_components_that_do_not_run_are_told(own: str, other: str) -> None:
    assert len(list(check(package_set(component(own, other))))) == 1


def test_packages_and_drivers_have_one_architecture() -> None:
    other = identity("other", architecture="x86")
    own = identity(architecture="amd64")
    root = mum(own, reference(other), file="update.mum")
    assert len(list(check(package_set(root, mum(other))))) == 1


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("own", "parent", "hits"),
    [
        ("wow64", "amd64", 0),
        ("wow64", "arm64", 0),
        ("arm64.x86", "arm64", 0),
        ("amd64", "wow64", 0),
        ("wow64", "x86", 1),
        ("arm64.x86", "wow64", 1),
        ("arm64", "amd64", 1),
    ],
)
def test_packages_for_an_emulation_go_with_the_system(
    own: str, parent: str, hits: int
) -> None:
    assert len(list(check(package_set(with_parent(parent, own))))) == hits


def test_a_driver_is_never_for_an_emulation() -> None:
    other = identity("a.inf", architecture="wow64")
    brings = reference(other, kind="driver")
    root = mum(identity(architecture="amd64"), brings, file="update.mum")
    assert len(list(check(package_set(root, manifest(other))))) == 1


def test_what_is_absent_is_told_elsewhere() -> None:
    other = identity("other", architecture="amd64")
    assert list(check(package_set(mum(None, reference(other))))) == []


def test_unknown_architectures_are_told_elsewhere() -> None:
    assert list(check(package_set(component("x87", "x86")))) == []
    assert list(check(package_set(component("x86", "x87")))) == []


def test_what_the_schema_refuses_is_told_elsewhere() -> None:
    fault = SchemaFault(line=6, path="/assembly", message="is wrong")
    document = replace(with_parent("amd64"), faults=(fault,))
    assert list(check(package_set(document))) == []


def test_a_wow64_deployment_installs_its_own() -> None:
    deployment = replace(COMPONENT, name="d" * 32, architecture="amd64")
    twin = replace(COMPONENT, architecture="wow64")
    packages = package_set(manifest(deployment, installs=(twin,)), manifest(twin))
    assert list(check(packages)) == []


@pytest.mark.parametrize("other", ["amd64", "x86", "msil", "wow64", "arm64"])
def test_a_wow64_package_may_name_what_it_runs_beside(other: str) -> None:
    assert list(check(package_set(component("wow64", other)))) == []
    assert len(list(check(package_set(component("wow64", "arm"))))) == 1
