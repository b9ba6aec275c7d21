from dataclasses import replace

import pytest
from make_subjects import PLACE, container, member

from builder.model.finding import Hit
from builder.rules.hf401_member_name_unsafe import check


@pytest.mark.silent
@pytest.mark.parametrize(
    "name",
    ["update.mum", "a\\b.sys", "a/b.sys", ".hidden", "a b", "..a", "console", "com10"],
)
def test_plain_names_are_silent(name: str) -> None:
    assert list(check(container(member(name)))) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("..\\a", "the part '..'"),
        ("a/../b", "the part '..'"),
        (".", "the part '.'"),
        ("\\a", "an empty part, so a root or a doubled separator"),
        ("a//b", "an empty part, so a root or a doubled separator"),
        ("C:\\a", "the character ':'"),
        ("a\\b:c", "the character ':'"),
        ("a?", "the character '?'"),
        ("a\x1f", "the character '\\x1f'"),
        ("a.", "the part 'a.' ends in '.'"),
        ("a \\b", "the part 'a ' ends in ' '"),
        ("NUL", "the reserved device name 'NUL'"),
        ("com1.txt", "the reserved device name 'com1.txt'"),
    ],
)
def test_unsafe_names_are_told_why(name: str, reason: str) -> None:
    assert list(check(container(member(name)))) == [
        Hit(where=(*PLACE, name), message=f"unsafe name: {reason}", is_moved=True)
    ]


def test_a_file_given_alone_may_have_any_name() -> None:
    alone = replace(container(member("C:\\a.mum")), is_cabinet=False)
    assert list(check(alone)) == []


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("plain", "unsafe"),
    [
        ("a\x20b", "a\x1fb"),
        ("a~", "a\x7f"),
        ("com10", "com9"),
        ("lpt", "lpt0"),
        ("conin", "conin$"),
        ("nul1.txt", "nul.1.txt"),
        ("...a", "..."),
        ("a.b", "b."),
        ("a b", "b "),
    ],
)
def test_the_last_plain_name_and_the_first_unsafe_one(plain: str, unsafe: str) -> None:
    assert list(check(container(member(plain)))) == []
    assert len(list(check(container(member(unsafe))))) == 1
