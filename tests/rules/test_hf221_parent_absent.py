from dataclasses import replace

import pytest
from make_subjects import PLACE, identity, manifest, mum

from builder.model.finding import Hit
from builder.model.package import Package, Parent
from builder.model.subject import Document, SchemaFault
from builder.rules.hf221_parent_absent import check

PARENT = Parent(identities=(identity("Microsoft-Windows-Foundation-Package"),))


def update(**changes: object) -> Document:
    document = mum(identity("Package_for_KB1", line=3), file="update.mum")
    assert isinstance(document.value, Package)
    value = replace(document.value, **changes)  # type: ignore[arg-type]  # any field
    return replace(document, value=value)


@pytest.mark.silent
def test_an_update_with_a_parent_is_silent() -> None:
    assert list(check(update(parents=(PARENT,)))) == []


@pytest.mark.silent
def test_a_manifest_is_silent() -> None:
    assert list(check(manifest())) == []


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("changes", "hits"),
    [
        ({"release_type": "Security Update"}, 1),
        ({"release_type": "HotFix"}, 1),
        ({"release_type": "OnDemand Pack"}, 0),
        ({"release_type": "Service Pack"}, 0),
        ({"release_type": None}, 0),
        ({"identifier": "Windows Foundation"}, 0),
        ({"identity": identity("Package_1_for_KB1", build_type="release")}, 0),
    ],
)
def test_updates_alone_need_a_parent(changes: dict[str, object], hits: int) -> None:
    assert len(list(check(update(**changes)))) == hits


def test_a_document_that_the_schema_refuses_is_told_elsewhere() -> None:
    fault = SchemaFault(path="/assembly/package", message="no", line=4)
    assert list(check(replace(update(), faults=(fault,)))) == []


@pytest.mark.exact
def test_an_update_without_a_parent_is_told() -> None:
    assert list(check(update())) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message="Package_for_KB1 has no parent: it is for any system",
            line=3,
        )
    ]
