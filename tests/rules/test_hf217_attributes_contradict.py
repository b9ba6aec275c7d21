from dataclasses import replace

import pytest
from make_subjects import PLACE, file_of, identity, manifest, mum, package_set

from builder.model.finding import Hit
from builder.model.package import Applicable, Package, Parent, Reference, Update
from builder.model.subject import Document, SchemaFault
from builder.rules.hf217_attributes_contradict import check

ROOT = mum(file="update.mum")
DRIVER = identity("mpio.inf")


def changed(document: Document, **changes: object) -> Document:
    assert isinstance(document.value, Package)
    value = replace(document.value, **changes)  # type: ignore[arg-type]  # any field
    return replace(document, value=value)


def driver(inf: str, name: str = "mpio.inf") -> Document:
    reference = Reference(kind="driver", identity=identity(name), inf=inf, line=9)
    update = Update(name="u", references=(reference,))
    return changed(mum(), updates=(update,))


@pytest.mark.silent
def test_one_release_type_is_silent() -> None:
    assert list(check(package_set(ROOT, mum(identity("Package_1"))))) == []


@pytest.mark.exact
def test_another_release_type_is_told() -> None:
    child = changed(mum(identity("Package_1")), release_type="Update")
    assert list(check(package_set(ROOT, child))) == [
        Hit(
            where=child.member.where,
            message="releaseType is Update; that of Package_for_KB1 is Hotfix",
        )
    ]


def test_a_feature_that_the_package_carries_has_a_type_of_its_own() -> None:
    feature = changed(mum(identity("Feature")), release_type="Feature Pack")
    (hit,) = check(package_set(ROOT, feature))
    assert hit.message.startswith("releaseType is Feature Pack")
    feature = changed(feature, identifier="Feature")
    assert list(check(package_set(ROOT, feature))) == []


@pytest.mark.parametrize(
    ("build_type", "release_type", "hits"),
    [("release", "Update", 0), ("release", "Feature Pack", 1), (None, "Update", 1)],
)
def test_parts_of_a_cumulative_update_are_updates(
    build_type: str | None, release_type: str, hits: int
) -> None:
    """A Security Update of Windows 11 has parts that are of the type Update."""
    own = identity("Package_1", build_type=build_type)
    child = changed(mum(own), release_type=release_type)
    assert len(list(check(package_set(ROOT, child)))) == hits


def test_a_document_that_the_schema_refuses_is_told_elsewhere() -> None:
    fault = SchemaFault(line=4, path="/assembly/package", message="is wrong")
    child = changed(mum(identity("Package_1"), faults=(fault,)), release_type="Updat")
    assert list(check(package_set(ROOT, child))) == []


def test_a_hidden_parent_is_told() -> None:
    parent = Parent(identities=(identity("p"),), integrate="hidden", line=5)
    assert list(check(package_set(changed(ROOT, parents=(parent,))))) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message="a parent is integrated as hidden",
            line=5,
        )
    ]


@pytest.mark.parametrize(
    "document", [driver("mpio.inf"), driver("MPIO.inf"), driver("a.inf", "dual_a.inf")]
)
def test_the_inf_of_the_driver_is_silent(document: Document) -> None:
    assert list(check(package_set(document))) == []


def test_another_inf_is_told() -> None:
    document = driver("other.inf")
    assert list(check(package_set(document))) == [
        Hit(
            where=document.member.where,
            message="the driver mpio.inf has the INF other.inf",
            line=9,
        )
    ]


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("name", "marked"), [("MPIO.inf", "a.inf"), ("a.inf", "a.inf")]
)
def test_a_driver_brings_the_file_that_is_its_inf(name: str, marked: str) -> None:
    document = driver("mpio.inf")
    right = replace(file_of("mpio.inf"), is_inf=True)
    assert list(check(package_set(document, manifest(DRIVER, right)))) == []
    wrong = replace(file_of(name), is_inf=name == marked)
    (hit,) = check(package_set(document, manifest(DRIVER, wrong)))
    assert hit == Hit(
        where=document.member.where,
        message="the driver mpio.inf brings no mpio.inf that is marked as INF",
        line=9,
    )


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("name", "identifier", "link", "hits"),
    [
        ("Package_for_KB967724", "KB967724", 967724, 0),
        ("Package_for_KB967724", None, 967724, 0),
        ("Foundation", "KB967724_BF", 967724, 0),
        ("Foundation", "Foundation", 967725, 0),
        ("Package_for_KB967724", "KB967724", 967725, 1),
        ("Foundation", "KB967724", 967725, 1),
        ("Package_for_KB967724", "KB967725", 967724, 0),  # HF212
    ],
)
def test_the_link_leads_to_the_article(
    name: str, identifier: str | None, link: int, hits: int
) -> None:
    document = mum(identity(name), identifier=identifier)
    support = f"http://support.microsoft.com/?kbid={link}"
    changed_one = changed(document, support_information=support)
    assert len(list(check(package_set(changed_one)))) == hits


@pytest.mark.boundary
def test_a_root_against_all_the_others_is_the_one_that_is_told() -> None:
    root = changed(ROOT, release_type="Update")
    one, two = (mum(identity(f"Package_{n}")) for n in (1, 2))
    assert list(check(package_set(root, one, two))) == [
        Hit(
            where=root.member.where,
            message="releaseType is Update; that of all others is Hotfix",
        )
    ]
    assert [hit.where for hit in check(package_set(root, one))] == [one.member.where]
    odd = changed(two, release_type="Security Update")
    found = [hit.where for hit in check(package_set(root, one, odd))]
    assert found == [one.member.where, odd.member.where]


def test_the_condition_of_a_driver_names_the_driver() -> None:
    def asking(name: str, kind: str = "driver") -> Document:
        brought = Reference(kind=kind, identity=identity("mpio.inf"), line=9)
        asked = (identity(name, line=7),)
        condition = Applicable(identities=asked, target="updateDriver")
        update = Update(name="u", references=(brought,), applicable=(condition,))
        return changed(mum(), updates=(update,))

    assert list(check(package_set(asking("MPIO.inf")))) == []
    assert list(check(package_set(asking("mpio.in")))) == [
        Hit(
            where=mum().member.where,
            message="the update u asks for mpio.in, which is not the driver that it "
            "brings",
            line=7,
        )
    ]
    assert list(check(package_set(asking("mpio.in", "component")))) == []
