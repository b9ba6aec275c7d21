from make_subjects import PLACE, member, msu

from builder.model.finding import Hit
from builder.rules.hf406_stand_in_payload import LABEL, check

NAME = "a-pkgProperties.txt"


def test_a_list_without_the_label_is_silent() -> None:
    beside = member(NAME, b'Language="ALL"', where=PLACE[:1])
    assert list(check(msu(beside))) == []


def test_a_damaged_list_is_silent() -> None:
    """HF405 reports it."""
    assert list(check(msu(member(NAME, b"what", where=PLACE[:1])))) == []


def test_the_label_is_shown() -> None:
    beside = member(NAME, f'{LABEL}="yes"'.encode(), where=PLACE[:1])
    assert list(check(msu(beside))) == [
        Hit(where=(PLACE[0], NAME), message="stand-in payload: yes")
    ]
