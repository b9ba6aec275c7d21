from dataclasses import replace

import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    identity,
    manifest,
    mum,
    package_set,
    reference,
)

from builder.model.finding import Hit
from builder.model.package import Component, Dependency
from builder.rules.hf204_component_absent import check


@pytest.mark.silent
def test_a_component_with_its_manifest_is_silent() -> None:
    root = mum(None, reference(COMPONENT, kind="driver"), file="update.mum")
    assert list(check(package_set(root, manifest()))) == []


@pytest.mark.exact
def test_an_absent_driver_is_named() -> None:
    root = mum(None, reference(COMPONENT, kind="driver", line=19), file="update.mum")
    assert list(check(package_set(root))) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message=f"refers to {FOLDER}.manifest, which is not in the package",
            line=19,
        )
    ]


def test_what_a_deployment_installs_is_looked_for() -> None:
    deployment = manifest(identity("d" * 32), installs=(COMPONENT,), file="d.manifest")
    assert list(check(package_set(deployment))) == [
        Hit(
            where=(*PLACE, "d.manifest"),
            message=f"refers to {FOLDER}.manifest, which is not in the package",
            line=7,
        )
    ]


def test_an_absent_package_is_another_rules() -> None:
    root = mum(None, reference(identity("Package_for_KB1_sc")), file="update.mum")
    assert list(check(package_set(root))) == []


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("kind", "language", "hits"),
    [("install", "neutral", 1), ("prerequisite", "neutral", 0), ("install", "*", 0)],
)
def test_only_what_is_installed_in_one_language_is_looked_for(
    kind: str, language: str, hits: int
) -> None:
    target = replace(COMPONENT, language=language)
    dependency = Dependency(identity=target, dependency_type=kind, line=7)
    value = Component(identity=identity("d"), files=(), dependencies=(dependency,))
    deployment = replace(manifest(identity("d")), value=value)
    assert len(list(check(package_set(deployment)))) == hits
