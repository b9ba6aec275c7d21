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
from builder.report.markup import document, shown


def _change(change: Change) -> Iterator[str]:
    inside = f" ({change.inside:,} parts)" if change.inside else ""
    words = f"{SIGNS[change.way]} {change.way.value}: {title(change)}{inside}"
    yield f'<tr class="{change.way.value}"><td colspan="3">{shown(words)}</td></tr>'
    if change.way is Way.CHANGED:
        for fact in change.facts:
            cells = (fact_name(fact), shown_value(fact.first), shown_value(fact.second))
            row = "".join(f"<td>{shown(cell)}</td>" for cell in cells)
            yield f'<tr class="fact">{row}</tr>'


def _table(changes: Iterator[Change]) -> Iterator[str]:
    yield '<table class="changes">'
    yield '<thead><tr><th scope="col">Part</th><th scope="col">First</th>'
    yield '<th scope="col">Second</th></tr></thead>'
    yield "<tbody>"
    for change in changes:
        yield from _change(change)
    yield "</tbody>"
    yield "</table>"


def _body(difference: Difference) -> Iterator[str]:
    yield "<main>"
    yield f"<h1>Differences: {shown(summary(difference))}</h1>"
    yield f"<p>First: {shown(difference.first)}<br>"
    yield f"Second: {shown(difference.second)}</p>"
    for sentence in difference.unread:
        yield f"<p>Not compared: {shown(sentence)}</p>"
    for head, changes in groupby(difference.changes, key=heading):
        yield f"<h2>{shown(head)}</h2>"
        yield from _table(changes)
    yield "</main>"


def render_difference_html(difference: Difference) -> str:
    """Render a difference as a page of HTML."""
    return document("hotfix diff", _body(difference), runs=False)
