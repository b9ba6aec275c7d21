from dataclasses import replace

import pytest
from make_subjects import (
    FOLDER,
    PLACE,
    VERSION,
    delivery,
    entry,
    facts,
    image,
    program,
)

from builder.model.finding import Hit
from builder.model.inventory import PeFacts
from builder.model.machine import IA64
from builder.model.unpacked import Member
from builder.model.version import FileVersion
from builder.rules.hf302_file_version_differs import check

WHERE = (*PLACE, f"{FOLDER}\\mpio.sys")
NEXT = FileVersion(6, 0, 6001, 22376)


def with_image(pe: PeFacts | None) -> Member:
    return replace(program(), facts=facts(size=100, pe=pe))


@pytest.mark.silent
def test_the_promised_version_is_silent() -> None:
    assert list(check(delivery((entry(), program())))) == []


def test_a_row_without_a_version_is_silent() -> None:
    assert list(check(delivery((entry(version=None), program())))) == []


def test_a_file_that_could_not_be_read_is_silent() -> None:
    assert list(check(delivery((entry(), replace(program(), facts=None))))) == []


@pytest.mark.boundary
def test_the_next_revision_is_reported() -> None:
    made = delivery((entry(), with_image(image(b"", version=NEXT))))
    assert list(check(made)) == [
        Hit(where=WHERE, message=f"version {NEXT}; the article says {VERSION}")
    ]


@pytest.mark.exact
def test_no_version_is_reported_with_its_reason() -> None:
    pe = replace(image(b"", version=None), version_damage="it is cut off")
    assert list(check(delivery((entry(), with_image(pe))))) == [
        Hit(
            where=WHERE,
            message=f"no version (it is cut off); the article says {VERSION}",
        )
    ]


def test_text_in_place_of_a_versioned_file_is_reported() -> None:
    made = delivery((entry(platform=None), with_image(None)))
    assert list(check(made)) == [
        Hit(where=WHERE, message=f"no version; the article says {VERSION}")
    ]


def test_another_platform_explains_another_version() -> None:
    """HF304 reports the platform."""
    pe = image(b"", machine=IA64, version=NEXT)
    assert list(check(delivery((entry(), with_image(pe))))) == []
