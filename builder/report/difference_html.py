"""Differences as one page; all that was read is escaped."""

from collections.abc import Iterator
from itertools import groupby

from builder.model.change import Change, Difference, Way
from builder.report.difference_text import (
    SIGNS,
    fact_name,
    heading,
    shown_value,
    summary,
    title,
)
from builder.report.html_page import html_page, html_text

_STYLE = """
:root { color-scheme: light dark; }
body { font: 14px/1.4 sans-serif; margin: 2em; }
table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em; }
th, td { border: 1px solid #8888; padding: .2em .5em; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
tr.added > td:first-child { border-left: 4px solid #1a7f37; }
tr.removed > td:first-child { border-left: 4px solid #cf222e; }
tr.changed > td:first-child { border-left: 4px solid #9a6700; }
tr.fact > td:first-child { padding-left: 2em; }
""".strip()


def _change(change: Change) -> Iterator[str]:
    inside = f" ({change.inside:,} parts)" if change.inside else ""
    words = f"{SIGNS[change.way]} {change.way.value}: {title(change)}{inside}"
    yield f'<tr class="{change.way.value}"><td colspan="3">{html_text(words)}</td></tr>'
    if change.way is Way.CHANGED:
        for fact in change.facts:
            cells = (fact_name(fact), shown_value(fact.first), shown_value(fact.second))
            row = "".join(f"<td>{html_text(cell)}</td>" for cell in cells)
            yield f'<tr class="fact">{row}</tr>'


def _table(changes: Iterator[Change]) -> Iterator[str]:
    yield "<table>"
    yield '<thead><tr><th scope="col">Part</th><th scope="col">First</th>'
    yield '<th scope="col">Second</th></tr></thead>'
    yield "<tbody>"
    for change in changes:
        yield from _change(change)
    yield "</tbody>"
    yield "</table>"


def _body(difference: Difference) -> Iterator[str]:
    yield "<main>"
    yield f"<h1>Differences: {html_text(summary(difference))}</h1>"
    yield f"<p>First: {html_text(difference.first)}<br>"
    yield f"Second: {html_text(difference.second)}</p>"
    for sentence in difference.unread:
        yield f"<p>Not compared: {html_text(sentence)}</p>"
    for head, changes in groupby(difference.changes, key=heading):
        yield f"<h2>{html_text(head)}</h2>"
        yield from _table(changes)
    yield "</main>"


def render_difference_html(difference: Difference) -> str:
    """Render a difference as a page of HTML."""
    body = "\n".join(_body(difference))
    return html_page("hotfix diff", style=_STYLE, body=body)
