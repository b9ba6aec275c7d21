"""Comparisons as one page: nothing to fetch, nothing that runs."""

from collections.abc import Iterator

from builder.model.comparison import Cell, Comparison, Mark, Row
from builder.report.html_page import html_page, html_text
from builder.report.table_text import LEGEND, MARKS, sections, summary

_STYLE = """
body { font: 14px/1.4 sans-serif; margin: 2em; color: #1b1b1b; }
table { border-collapse: collapse; margin: .5em 0 1.5em; }
th, td { border: 1px solid #bbb; padding: .2em .5em; text-align: left; }
th { background: #eee; }
td.differs { background: #fbd5d5; }
td.missing { background: #fde7c8; }
td.unlisted { background: #dbe8fb; }
td.unchecked { background: #eee; }
td.notes { border: 0; color: #555; padding-left: 2em; }
""".strip()


def _cell(cell: Cell) -> str:
    shown = cell.promised if cell.promised is not None else (cell.observed or "")
    text = html_text(shown)
    if cell.mark is Mark.DIFFERS:
        observed = html_text(cell.observed or "")
        text = f"<del>{html_text(cell.promised or '')}</del> <ins>{observed}</ins>"
    return f'<td class="{cell.mark.value}">{MARKS[cell.mark]} {text}</td>'


def _remarks(row: Row) -> Iterator[str]:
    yield from row.notes
    for cell in row.cells:
        if cell.odd is not None:
            yield f"{cell.column}: {cell.odd}"
        elif cell.reason is not None:
            yield f"{cell.column}: not checkable: {cell.reason}"


def _rows(rows: list[Row]) -> Iterator[str]:
    widest = max(rows, key=lambda row: len(row.cells))
    heads = "".join(f"<th>{html_text(cell.column)}</th>" for cell in widest.cells)
    yield f"<tr>{heads}</tr>"
    for row in rows:
        yield f"<tr>{''.join(map(_cell, row.cells))}</tr>"
        remarks = "<br>".join(map(html_text, _remarks(row)))
        if remarks:
            yield f'<tr><td class="notes" colspan="{len(widest.cells)}">{remarks}</td>'
            yield "</tr>"


def _comparison(comparison: Comparison) -> Iterator[str]:
    title = f"{comparison.promised} beside {comparison.observed}"
    yield f"<h1>{html_text(title)}</h1>"
    yield f"<p>Times: {html_text(comparison.times)}.</p>"
    for note in comparison.notes:
        yield f"<p>Note: {html_text(note)}.</p>"
    for head, rows in sections(comparison):
        yield f"<h2>{html_text(head)}</h2>"
        yield "<table>"
        yield from _rows(rows)
        yield "</table>"
    yield f"<p>Rows: {html_text(summary(comparison))}.</p>"


def render_tables_html(comparisons: tuple[Comparison, ...]) -> str:
    """Render comparisons as a page of HTML; all that was read is escaped."""
    body = "\n".join(line for one in comparisons for line in _comparison(one))
    legend = f"<p>{html_text(LEGEND)}</p>"
    return html_page("hotfix compare", style=_STYLE, body=f"{body}\n{legend}")
