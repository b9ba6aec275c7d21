from dataclasses import replace

import pytest
from make_subjects import FOLDER, PLACE, container, member, mum, package_set

from builder.formats.facts import observe
from builder.formats.stand_in import LABEL as PAYLOAD_LABEL
from builder.model.finding import Hit
from builder.model.subject import Opened
from builder.model.unpacked import Member
from builder.rules.hf406_stand_in_payload import LABEL, check

NAME = "a-pkgProperties.txt"


def beside(data: bytes) -> Opened:
    outer = container(member(NAME, data, where=PLACE[:1]), where=PLACE[:1])
    return Opened(containers=(outer,), packages=())


def payload(name: str, data: bytes) -> Member:
    return replace(member(f"{FOLDER}\\{name}"), facts=observe([data]))


@pytest.mark.silent
def test_a_list_without_the_label_is_silent() -> None:
    assert list(check(beside(b'Language="ALL"'))) == []


def test_a_damaged_list_is_silent() -> None:
    """HF405 reports it."""
    assert list(check(beside(b"what"))) == []


@pytest.mark.exact
def test_the_label_is_shown() -> None:
    assert list(check(beside(f'{LABEL}="yes"'.encode()))) == [
        Hit(where=(PLACE[0], NAME), message="stand-in payload: yes")
    ]


def test_labelled_payload_is_counted_once_for_a_package() -> None:
    files = (
        payload("a.inf", b"; " + PAYLOAD_LABEL.encode()),
        payload("b.inf", PAYLOAD_LABEL.encode()),
        payload("c.inf", b"; real"),
    )
    packages = package_set(mum(), payload=files)
    made = Opened(containers=(packages.container,), packages=(packages,))
    assert list(check(made)) == [
        Hit(where=PLACE, message="2 of 3 payload files are labelled stand-ins")
    ]


@pytest.mark.boundary
def test_real_payload_is_silent() -> None:
    packages = package_set(mum(), payload=(payload("c.inf", b"; real"),))
    made = Opened(containers=(packages.container,), packages=(packages,))
    assert list(check(made)) == []
