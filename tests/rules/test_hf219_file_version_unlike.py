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


def test_the_version_of_the_component_is_silent() -> None:
    assert str(VERSION) == COMPONENT.version
    assert list(check(package_set(DRIVER, payload=(built(VERSION),)))) == []


def test_files_without_a_version_are_silent() -> None:
    plain = member(f"{FOLDER}\\mpio.inf")
    assert list(check(package_set(DRIVER, payload=(built(None), plain)))) == []


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
