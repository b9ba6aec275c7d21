"""One HTML document that fetches nothing, and text that stays text in it."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TypeVar

from builder.model.escaped import printable

_LONGEST = 2_000
_ITEM = TypeVar("_ITEM")


def shown(text: str) -> str:
    """Return text that was read as markup: escaped, visible, not too long."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text) - _LONGEST:,} more characters)"
    return escape(printable(text), quote=True)


STEP = "\u25b8"
"""Stands between a container and what lies in it."""


def path_markup(where: Sequence[str]) -> str:
    """Return a path through containers, without the top-level file's own name."""
    step = f'<span class="step"> {STEP} </span>'
    return step.join(
        f"<bdi>{shown(part)}</bdi>" for part in where[1:] or (base_name(where[0]),)
    )


def base_name(path: str) -> str:
    """Return the last part of a path, as the user gave it."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def wide_markup(label: str, kind: str = "wide") -> str:
    """Return the start of what scrolls by itself: keys reach it by its name."""
    return (
        f'<div class="{kind}" role="region" aria-label="{shown(label)}" tabindex="0">'
    )


def bounded(
    items: Iterable[_ITEM], most: int, matters: Callable[[_ITEM], bool]
) -> tuple[list[_ITEM], int]:
    """Keep at most `most` items in their order, those that matter before others.

    Returns:
        The items, and how many are left out.
    """
    first: list[tuple[int, _ITEM]] = []
    others: list[tuple[int, _ITEM]] = []
    count = 0
    for count, item in enumerate(items, start=1):
        kind = first if matters(item) else others
        if len(kind) < most:
            kind.append((count, item))
    kept = sorted([*first, *others[: most - len(first)]], key=lambda pair: pair[0])
    return [item for _, item in kept], count - len(kept)


def data_block(name: str, value: object) -> str:
    """Return JSON in an element that browsers do not run.

    No character of it can end the element or start a comment.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>'


def _resource(name: str) -> str:
    return files("builder.report").joinpath(name).read_text("utf-8").strip()


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def document(title: str, body: Iterable[str], *, runs: bool) -> str:
    """Return a page with our style and, where it `runs`, our script.

    The policy names both by hash: nothing else runs, and nothing is fetched.

    Args:
        title: As text.
        body: As markup.
    """
    style = _resource("page.css")
    script = _resource("page.js") if runs else ""
    policy = f"default-src 'none'; style-src {_source(style)}"
    if runs:
        policy += f"; script-src {_source(script)}"
    policy += "; base-uri 'none'; form-action 'none'"
    head = (
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{shown(title)}</title>",
        f"<style>{style}</style>",
    )
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        *head,
        "</head>",
        "<body>",
    ]
    lines += body
    lines += [f"<script>{script}</script>"] if runs else []
    lines += ["</body>", "</html>", ""]
    return "\n".join(lines)
