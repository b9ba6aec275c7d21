"""HF905: an entry that ignores nothing."""

import pytest

from builder.model.finding import Hit
from builder.model.settings import Ignore, UnusedIgnores
from builder.rules.hf905_ignore_unused import check


@pytest.mark.silent
def test_nothing_unused_is_silent() -> None:
    assert list(check(UnusedIgnores(source="hotfix.toml", ignores=()))) == []


@pytest.mark.exact
def test_each_unused_entry_is_shown_at_its_line_with_its_reason() -> None:
    ignores = (
        Ignore(rule="HF503", reason="ours", line=3),
        Ignore(rule="HF5", reason="demo", path="dist/**", line=9),
    )
    assert list(check(UnusedIgnores(source="hotfix.toml", ignores=ignores))) == [
        Hit(
            where=("hotfix.toml",),
            message="HF503 ignores nothing of what was given; its reason was: ours",
            line=3,
        ),
        Hit(
            where=("hotfix.toml",),
            message="HF5 below 'dist/**' ignores nothing of what was given; "
            "its reason was: demo",
            line=9,
        ),
    ]


@pytest.mark.boundary
@pytest.mark.parametrize("path", [None, "**", "dist/**"])
def test_a_path_is_shown_where_one_was_written(path: str | None) -> None:
    entry = Ignore(rule="HF503", reason="ours", path=path, line=1)
    (hit,) = check(UnusedIgnores(source="hotfix.toml", ignores=(entry,)))
    assert (" below " in hit.message) == (path is not None)
