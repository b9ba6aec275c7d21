import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    file_of,
    manifest,
    member,
    package_set,
)

from builder.model.finding import Hit
from builder.rules.hf208_payload_absent import check

DRIVER = manifest(COMPONENT, file_of("I386\\Mpio.sys", line=12))


@pytest.mark.silent
def test_a_file_in_its_folder_is_silent_in_any_case() -> None:
    payload = member(f"{FOLDER.upper()}/i386/MPIO.SYS")
    assert list(check(package_set(DRIVER, payload=(payload,)))) == []


@pytest.mark.exact
def test_a_file_elsewhere_is_absent() -> None:
    packages = package_set(DRIVER, payload=(member("mpio.sys"),))
    assert list(check(packages)) == [
        Hit(
            where=(*PLACE, f"{FOLDER}.manifest"),
            message=(
                f"{FOLDER}\\i386\\mpio.sys is not in the package; it lies at mpio.sys"
            ),
            line=12,
            is_moved=True,
        )
    ]


@pytest.mark.boundary
def test_another_file_of_the_name_is_not_it() -> None:
    other = member("mpio.sys", b"other")
    (hit,) = check(package_set(DRIVER, payload=(other,)))
    assert hit.message.endswith(" is not in the package")


def test_a_file_of_another_name_with_its_bytes_is_where_it_lies() -> None:
    driver = manifest(COMPONENT, file_of("mpio.sys", b"bytes"))
    renamed = member(f"{FOLDER}\\Renamed.sys", b"bytes")
    (hit,) = check(package_set(driver, payload=(renamed,)))
    assert hit.message.endswith(f"; it lies at {renamed.name}")
    named = member("x\\mpio.sys", b"bytes")
    (hit,) = check(package_set(driver, payload=(renamed, named)))
    assert hit.message.endswith(f"; it lies at {named.name}")


def test_the_folder_of_a_renamed_manifest_is_that_of_its_identity() -> None:
    """HF202 reports the name: one cause, one finding."""
    driver = manifest(COMPONENT, file_of("mpio.sys"), file="renamed.manifest")
    payload = member(f"{FOLDER}\\mpio.sys")
    assert list(check(package_set(driver, payload=(payload,)))) == []
    (hit,) = check(package_set(driver))
    assert hit.message == "renamed\\mpio.sys is not in the package"


def test_a_file_deeper_in_its_folder_may_have_been_published_so() -> None:
    driver = manifest(COMPONENT, file_of("mpio.sys", b"bytes"))
    for name, is_moved in (
        (f"{FOLDER}\\I386\\MPIO.SYS", False),
        (f"{FOLDER}\\I386\\other.sys", True),
        ("other\\mpio.sys", True),
    ):
        (hit,) = check(package_set(driver, payload=(member(name, b"bytes"),)))
        assert hit.is_moved is is_moved
    (hit,) = check(package_set(driver))
    assert not hit.is_moved
