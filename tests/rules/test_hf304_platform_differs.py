from dataclasses import replace

import pytest
from make_subjects import FOLDER, PLACE, delivery, entry, facts, image, program

from builder.model.finding import Hit
from builder.model.inventory import PeFacts
from builder.model.machine import IA64
from builder.model.unpacked import Member
from builder.rules.hf304_platform_differs import check

WHERE = (*PLACE, f"{FOLDER}\\mpio.sys")


def with_image(pe: PeFacts | None, *, damage: str | None = None) -> Member:
    seen = replace(facts(size=100, pe=pe), damage=damage)
    return replace(program(), facts=seen)


@pytest.mark.silent
def test_the_promised_platform_is_silent() -> None:
    assert list(check(delivery((entry(), program())))) == []


def test_a_row_without_a_platform_is_silent() -> None:
    made = delivery((entry(platform=None), with_image(image(b"", machine=IA64))))
    assert list(check(made)) == []


@pytest.mark.exact
def test_an_itanium_program_is_reported() -> None:
    made = delivery((entry(), with_image(image(b"", machine=IA64))))
    assert list(check(made)) == [
        Hit(where=WHERE, message="built for IA-64; the article says x86")
    ]


def test_text_is_no_program() -> None:
    assert list(check(delivery((entry(), with_image(None))))) == [
        Hit(where=WHERE, message="no program file; the article says x86")
    ]


@pytest.mark.boundary
def test_a_damaged_program_says_why() -> None:
    assert list(check(delivery((entry(), with_image(None, damage="cut off"))))) == [
        Hit(where=WHERE, message="no program file (cut off); the article says x86")
    ]


def test_a_file_that_the_package_calls_wrong_is_silent() -> None:
    """HF211 reports the machine: one cause, one finding."""
    made = delivery(
        (entry(), with_image(image(b"", machine=IA64))), explained=frozenset({WHERE})
    )
    assert list(check(made)) == []
