from dataclasses import replace

import pytest
from make_subjects import COMPONENT, PLACE, file_of, manifest

from builder.model.finding import Hit, Severity
from builder.rules.hf220_destination_unsafe import check


def found(name: str = "a.dll", destination: str | None = None) -> list[str]:
    file = replace(file_of(name), destination_path=destination)
    return [hit.message for hit in check(manifest(COMPONENT, file))]


@pytest.mark.silent
@pytest.mark.parametrize(
    "destination",
    [
        None,
        "",
        "$(runtime.system32)\\",
        "$(runtime.system32)",
        "$(runtime.system32)\\en-US\\",
        "$(runtime.system32)\\\\doubled\\\\",
        "$(runtime.programFiles)/Example/",
        "$(runtime.windows)\\..hidden\\a..b\\c..",
        "Fonts\\",
    ],
)
def test_a_macro_and_what_lies_below_it_are_silent(destination: str | None) -> None:
    assert found(destination=destination) == []


@pytest.mark.silent
@pytest.mark.parametrize("name", ["a.dll", "I386\\UNIDRV.DLL", "..a", "a..", "a b"])
def test_a_name_may_have_folders(name: str) -> None:
    assert found(name) == []


@pytest.mark.boundary
@pytest.mark.parametrize(
    "destination",
    [
        "..",
        "..\\",
        "$(runtime.system32)\\..",
        "$(runtime.system32)\\..\\",
        "$(runtime.system32)/../",
        "$(runtime.system32)\\a\\..\\b",
    ],
)
def test_a_destination_does_not_climb(destination: str) -> None:
    (message,) = found(destination=destination)
    assert message.endswith("which climbs out of its folder")


@pytest.mark.boundary
@pytest.mark.parametrize(
    "destination",
    [
        "C:\\Windows\\",
        "c:",
        "\\\\server\\share\\",
        "//server/share",
        "$(runtime.system32)\\C:\\",
    ],
)
def test_a_destination_is_no_fixed_place(destination: str) -> None:
    (message,) = found(destination=destination)
    assert message.endswith("which leads to a fixed place")


@pytest.mark.boundary
@pytest.mark.parametrize("destination", ["\\Windows\\", "\\", "/etc"])
def test_the_root_of_a_drive_is_a_warning(destination: str) -> None:
    """Nobody was seen to write so, and nothing that was read forbids it."""
    file = replace(file_of("a.dll"), destination_path=destination)
    (hit,) = check(manifest(COMPONENT, file))
    assert hit.severity is Severity.WARNING
    assert hit.message.endswith("which starts at the root of a drive")


@pytest.mark.exact
def test_the_destination_is_shown() -> None:
    file = replace(file_of("a.dll", line=7), destination_path="C:\\")
    assert list(check(manifest(COMPONENT, file, file="x.manifest"))) == [
        Hit(
            where=(*PLACE, "x.manifest"),
            message="a.dll is installed to C:\\, which leads to a fixed place",
            line=7,
        )
    ]


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("..\\a.dll", "climbs out of its folder"),
        ("x\\..\\..\\a.dll", "climbs out of its folder"),
        ("\\a.dll", "starts at the root of a drive"),
        ("C:a.dll", "leads to a fixed place"),
        ("a.dll:evil", "names a stream"),
    ],
)
def test_the_name_is_shown(name: str, how: str) -> None:
    assert found(name) == [f"a file is installed as {name}, which {how}"]
