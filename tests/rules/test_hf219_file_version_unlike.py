from dataclasses import replace

import pytest
from make_subjects import (
    COMPONENT,
    FOLDER,
    PLACE,
    VERSION,
    file_of,
    image,
    manifest,
    member,
    package_set,
)

from builder.model.finding import Hit
from builder.model.unpacked import Member
from builder.model.version import FileVersion
from builder.rules.hf219_file_version_unlike import check

DRIVER = manifest(COMPONENT, file_of("mpio.sys"), file_of("mpio.inf"))


def built(version: FileVersion | None) -> Member:
    pe = image(b"", version=version)
    return member(f"{FOLDER}\\mpio.sys", pe=pe)


@pytest.mark.silent
def test_the_version_of_the_component_is_silent() -> None:
    assert str(VERSION) == COMPONENT.version
    assert list(check(package_set(DRIVER, payload=(built(VERSION),)))) == []


def test_files_without_a_version_are_silent() -> None:
    plain = member(f"{FOLDER}\\mpio.inf")
    assert list(check(package_set(DRIVER, payload=(built(None), plain)))) == []


@pytest.mark.exact
def test_another_version_is_one_note() -> None:
    other = built(FileVersion(10, 0, 10240, 16390))
    assert list(check(package_set(DRIVER, payload=(other,)))) == [
        Hit(
            where=PLACE,
            message=(
                "1 program file has another version than the component; "
                "mpio.sys, for one, has 10.0.10240.16390 in 6.0.6001.22375"
            ),
        )
    ]


def test_another_file_is_told_elsewhere() -> None:
    """HF209 reports a digest that differs."""
    described = manifest(COMPONENT, file_of("mpio.sys", b"other"))
    other = built(FileVersion(1, 0, 0, 0))
    assert list(check(package_set(described, payload=(other,)))) == []


@pytest.mark.boundary
def test_the_next_revision_is_another_version() -> None:
    following = VERSION._replace(revision=VERSION.revision + 1)
    assert len(list(check(package_set(DRIVER, payload=(built(following),))))) == 1


def test_a_component_of_a_wrong_name_has_no_version_to_compare() -> None:
    """HF202 reports the name."""
    files = file_of("mpio.sys"), file_of("mpio.inf")
    misnamed = manifest(COMPONENT, *files, file=f"{FOLDER[:-1]}1.manifest")
    other = replace(built(FileVersion(1, 0, 0, 0)), name=f"{FOLDER[:-1]}1\\mpio.sys")
    assert list(check(package_set(misnamed, payload=(other,)))) == []
