"""Configurations: what is read, and where each mistake is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.errors import ConfigError
from builder.formats.settings import TABLE, parse_settings
from builder.model.finding import Severity
from builder.model.settings import Ignore, Settings, lies_in
from builder.rules import RULES

WHOLE = b"""\
strict = true
select = ["HF5", "HF301", "file-size-differs"]
trust-anchors = ["keys/root.pem"]

[ignore]
HF503 = "the root is\\n ours"

[per-path-ignore."dist/**"]
stand-in-payload = "demo"

[severity]
HF507 = "warning"
"""


def parsed(data: bytes, table: tuple[str, ...] = ()) -> Settings | None:
    return parse_settings(data, source="hotfix.toml", rules=RULES, table=table)


def test_everything_is_read_with_its_line() -> None:
    assert parsed(WHOLE) == Settings(
        source="hotfix.toml",
        strict=True,
        select=("HF5", "HF301", "file-size-differs"),
        ignores=(
            Ignore(rule="stand-in-payload", reason="demo", path="dist/**", line=9),
            Ignore(rule="HF503", reason="the root is ours", line=6),
        ),
        severities=(("HF507", Severity.WARNING),),
        anchors=("keys/root.pem",),
    )


def test_pyproject_says_the_same_below_its_table() -> None:
    text = b'[project]\nname = "x"\n[tool.hotfix]\nstrict = true\n'
    text += b'[tool.hotfix.ignore]\nHF503 = "ours"\n'
    found = parsed(text, TABLE)
    assert found is not None
    assert found.strict
    assert found.ignores == (Ignore(rule="HF503", reason="ours", line=6),)


@pytest.mark.parametrize("text", [b"", b"[tool]", b"tool = 5", b"[tool.ruff]"])
def test_a_pyproject_without_the_table_says_nothing(text: bytes) -> None:
    assert parsed(text, TABLE) is None


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\nslect = []", 2, "slect is not known; known are strict, select"),
        ("[ignore]\nHF999 = 'x'", 2, "names 'HF999', which is no rule"),
        ("[ignore]\nHF503 = ''", 2, "ignore.HF503 needs a reason"),
        ("[ignore]\n\nHF503 = 1", 3, "ignore.HF503 needs a reason"),
        ("[ignore]\n'' = 'all'", 2, "names '', which is no rule"),
        ("ignore = ['HF503']", 1, "ignore is a list, not a table"),
        ("[per-path-ignore]\n'a' = 'b'", 2, "is a string, not a table"),
        ("[per-path-ignore.'a']\nHF503 = ' '", 2, "needs a reason"),
        ("[severity]\nHF503 = 'fatal'", 2, "'fatal', not one of error, warning, note"),
        ("[severity]\nHF503 = []", 2, "[], not one of error, warning, note"),
        ("strict = 1", 1, "strict is a number, not true or false"),
        ("select = 'HF5'", 1, "select is no list of strings"),
        ("select = [5]", 1, "select is no list of strings"),
        ("select = ['HFX']", 1, "select names 'HFX'"),
        ("trust-anchors = ''", 1, "trust-anchors is no list of strings"),
        ("a = 1\na = 2", 2, "is no TOML"),
        ("[ignore", 1, "is no TOML"),
        ("x = " + "[" * 5_000, None, ""),
    ],
)
def test_every_mistake_has_its_place(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(text.encode())
    assert reason in caught.value.reason
    if line is not None:
        assert caught.value.line == line


def test_what_is_no_utf_8_is_refused() -> None:
    with pytest.raises(ConfigError, match="is not UTF-8"):
        parsed(b"# \xff")


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_an_error_of_ours(data: bytes) -> None:
    with suppress(ConfigError):
        parsed(data)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=4))
def test_any_damage_is_settings_or_an_error_of_ours(
    start: int, end: int, new: bytes
) -> None:
    with suppress(ConfigError):
        parsed(WHOLE[:start] + new + WHOLE[end:])


@pytest.mark.parametrize(
    ("place", "pattern", "expected"),
    [
        ("dist/a.msu", "dist", True),
        ("dist/a.msu", "dist/", True),
        ("dist/a.msu", "./dist/*.msu", True),
        ("dist/x/a.msu", "dist/*.msu", False),
        ("dist/x/a.msu", "dist/**/*.msu", True),
        ("dist/a.msu", "dist/**/*.msu", True),
        ("dist/x/y/a.msu", "**", True),
        ("distant/a.msu", "dist", False),
        ("a.msu!b.cab!update.mum", "a.msu", True),
        ("a.msu!b.cab!update.mum", "a.msu!*.cab", True),
        ("a.msu!b.cab!update.mum", "a.msu!c.cab", False),
        ("a.msu", "?.msu", True),
        ("a+b.msu", "a+b.msu", True),
        ("aab.msu", "a+b.msu", False),
    ],
)
def test_patterns_mean_files_and_what_lies_in_them(
    place: str, pattern: str, *, expected: bool
) -> None:
    assert lies_in(place, pattern) is expected
