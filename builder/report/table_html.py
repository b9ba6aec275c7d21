"""Comparisons as markup: the article's table with a mark for each cell."""

from collections.abc import Iterator

from builder.model.comparison import Cell, Comparison, Mark, Row
from builder.report.markup import bounded, document, shown, wide_markup
from builder.report.table_text import MARKS, sections, summary
from builder.report.text import counted

MOST_ROWS = 3_000
"""Of one comparison; rows that are not equal go first."""

_WORDS = {
    Mark.EQUAL: "equal",
    Mark.DIFFERS: "differs",
    Mark.MISSING: "missing",
    Mark.UNLISTED: "not in the article",
    Mark.UNCHECKED: "not checkable",
}


def _cell(cell: Cell, tag: str) -> str:
    promised, observed = shown(cell.promised or ""), shown(cell.observed or "")
    text = promised if cell.promised is not None else observed
    if cell.mark is Mark.DIFFERS:
        text = (
            f'<span class="off">the article says </span><del>{promised}</del> '
            f'<span class="off">, found </span><ins>{observed}</ins>'
        )
    mark = f'<span class="mark" aria-hidden="true">{MARKS[cell.mark]}</span>'
    word = "" if cell.mark is Mark.EQUAL else _WORDS[cell.mark]
    said = f'<span class="off">{word}: </span>' if word else ""
    scope = ' scope="row"' if tag == "th" else ""
    return f'<{tag}{scope} class="{cell.mark.value}">{mark}{said}{text}</{tag}>'


def _remarks(row: Row) -> Iterator[str]:
    yield from row.notes
    for cell in row.cells:
        if cell.odd is not None:
            yield f"{cell.column}: {cell.odd}"
        elif cell.reason is not None:
            yield f"{cell.column}: not checkable: {cell.reason}"


def _rows(rows: list[Row]) -> Iterator[str]:
    widest = max(len(row.cells) for row in rows)
    heads = next(row.cells for row in rows if len(row.cells) == widest)
    names = "".join(f'<th scope="col">{shown(cell.column)}</th>' for cell in heads)
    yield f"<thead><tr>{names}</tr></thead><tbody>"
    for row in rows:
        cells = "".join(
            _cell(cell, "td" if at else "th") for at, cell in enumerate(row.cells)
        )
        cells += "<td></td>" * (widest - len(row.cells))
        yield f'<tr class="{row.mark.value}">{cells}</tr>'
        remarks = "<br>".join(map(shown, _remarks(row)))
        if remarks:
            yield (
                f'<tr class="{row.mark.value}"><td class="remark" '
                f'colspan="{widest}">{remarks}</td></tr>'
            )
    yield "</tbody>"


def _kept(comparison: Comparison) -> tuple[set[int], int]:
    rows, left_out = bounded(
        comparison.rows, MOST_ROWS, lambda row: row.mark is not Mark.EQUAL
    )
    return set(map(id, rows)), left_out


def comparison_markup(comparison: Comparison, *, level: int) -> Iterator[str]:
    """Yield one comparison as lines of markup.

    Args:
        level: Of its heading, from 1.
    """
    title = f"{shown(comparison.promised)} beside {shown(comparison.observed)}"
    yield f'<h{level} class="path">{title}</h{level}>'
    times = shown(comparison.times)
    yield f"<p>Rows: {shown(summary(comparison))}. Times: {times}.</p>"
    for note in comparison.notes:
        yield f'<p class="note">{shown(note)}.</p>'
    kept, left_out = _kept(comparison)
    for number, (head, run) in enumerate(sections(comparison), start=1):
        rows = [row for row in run if id(row) in kept]
        if rows:
            name = shown(head)
            yield wide_markup(f"Table {number}: {head} in {comparison.observed}")
            yield f'<table class="kb"><caption>{name}</caption>'
            yield from _rows(rows)
            yield "</table></div>"
    if left_out:
        yield f'<p class="note">{counted(left_out, "equal row")} not shown.</p>'


def legend_markup() -> str:
    """Return what the marks mean."""
    items = "".join(
        f'<li class="{mark.value}"><span class="mark" aria-hidden="true">'
        f"{MARKS[mark]}</span>{_WORDS[mark]}</li>"
        for mark in Mark
    )
    return f'<ul class="legend">{items}</ul>'


def render_tables_html(comparisons: tuple[Comparison, ...]) -> str:
    """Render comparisons as a page of HTML; all that was read is escaped."""
    body = ["<main>", "<h1>The article beside what was found</h1>", legend_markup()]
    for comparison in comparisons:
        body += comparison_markup(comparison, level=2)
    return document("hotfix compare", [*body, "</main>"], runs=False)
