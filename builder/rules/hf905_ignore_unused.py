"""An entry of the configuration ignores nothing.

What it checks: each entry of `ignore` and `per-path-ignore` in hotfix.toml or
pyproject.toml left out at least one finding of the files that were given; an
entry for paths is asked only where such paths were given.

Why it matters: what it was written for has been mended, or has another name
now.  As it stands, it will hide the next fault of its kind.

How to fix it: remove the entry, or give the files that it was written for.

Source: this project; the reasons are part of what a person reviews.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.settings import UnusedIgnores
from builder.rules.core import Rule


def check(unused: UnusedIgnores) -> Iterator[Hit]:
    """Yield each entry, at its line."""
    for ignore in unused.ignores:
        place = "" if ignore.path is None else f" below {ignore.path!r}"
        yield Hit(
            where=(unused.source,),
            message=f"{ignore.rule}{place} ignores nothing of what was given; "
            f"its reason was: {ignore.reason}",
            line=ignore.line,
        )


RULE = Rule(
    id="HF905",
    name="ignore-unused",
    severity=Severity.NOTE,
    subject=UnusedIgnores,
    check=check,
    since="0.1",
    page=__doc__,
)
