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
from builder.model.subject import delta_target
from builder.rules import hf208_payload_absent as hf208
from builder.rules.hf413_payload_elsewhere import check

DRIVER = manifest(COMPONENT, file_of("mpio.sys"), file_of("mpio.inf"))
INF = member(f"{FOLDER}\\mpio.inf")


@pytest.mark.silent
def test_files_in_their_place_are_silent() -> None:
    payload = (member(f"{FOLDER}\\mpio.sys"), INF)
    assert list(check(package_set(DRIVER, payload=payload))) == []


def test_a_missing_file_without_deltas_is_silent() -> None:
    """HF208 reports it."""
    packages = package_set(DRIVER, payload=(INF,))
    assert list(check(packages)) == []
    assert len(list(hf208.check(packages))) == 1


@pytest.mark.exact
def test_deltas_in_place_of_a_file_are_one_note() -> None:
    deltas = [member(f"{FOLDER}\\{kind}\\Mpio.sys") for kind in "fr"]
    packages = package_set(DRIVER, payload=(*deltas, INF))
    assert list(hf208.check(packages)) == []
    assert list(check(packages)) == [
        Hit(
            where=PLACE,
            message="1 of 2 payload files lie in deltas and were not compared",
        )
    ]


def test_an_index_of_a_psf_explains_all_that_is_absent() -> None:
    packages = package_set(DRIVER, payload=(member("express.psf.cix.xml", b"<a/>"),))
    assert list(hf208.check(packages)) == []
    (hit,) = check(packages)
    assert hit.message.startswith("2 of 2 payload files lie beside the package")


@pytest.mark.boundary
def test_only_known_folders_hold_deltas() -> None:
    assert delta_target("a\\f\\b.dll") == "a\\b.dll"
    assert delta_target("a\\n\\i386\\b.dll") == "a\\i386\\b.dll"
    assert delta_target("a\\x\\b.dll") is None
    assert delta_target("a\\f") is None
    assert delta_target("f\\b.dll") is None
