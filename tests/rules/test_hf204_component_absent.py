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
from builder.rules.hf204_component_absent import check


def test_a_component_with_its_manifest_is_silent() -> None:
    root = mum(None, reference(COMPONENT, kind="driver"), file="update.mum")
    assert list(check(package_set(root, manifest()))) == []


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
