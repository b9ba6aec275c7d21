"""Comparisons for people: the article's table with a mark before each cell."""

from collections.abc import Iterator

from builder.model.comparison import Cell, Comparison, Mark, Row
from builder.model.escaped import printable

MARKS = {
    Mark.EQUAL: "=",
    Mark.DIFFERS: "!",
    Mark.MISSING: "-",
    Mark.UNLISTED: "+",
    Mark.UNCHECKED: "?",
}
LEGEND = (
    "= equal   ! differs: article -> observed   - missing   + not in the article   "
    "? not checkable"
)
_WIDEST = 64


def _cell(cell: Cell) -> str:
    shown = cell.promised if cell.promised is not None else (cell.observed or "")
    if cell.mark is Mark.DIFFERS:
        shown = f"{cell.promised} -> {cell.observed}"
    return f"{MARKS[cell.mark]} {printable(shown)}"


def _table(rows: list[Row]) -> Iterator[str]:
    """Yield aligned lines; a cell that is too wide pushes the others aside."""
    lines = [[_cell(cell) for cell in row.cells] for row in rows]
    columns = max(len(line) for line in lines)
    widths = [
        max((len(line[at]) for line in lines if at < len(line)), default=0)
        for at in range(columns)
    ]
    widths = [min(width, _WIDEST) for width in widths]
    for row, line in zip(rows, lines, strict=True):
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=False))
        yield "  " + "  ".join(padded).rstrip()
        for note in row.notes:
            yield f"      {printable(note)}"
        for cell in row.cells:
            if cell.odd is not None or cell.reason is not None:
                words = cell.odd or f"not checkable: {cell.reason}"
                yield f"      {cell.column}: {printable(words)}"


def sections(comparison: Comparison) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows in runs of one section, with its title."""
    run: list[Row] = []
    for row in comparison.rows:
        if run and _title(run[0]) != _title(row):
            yield _title(run[0]), run
            run = []
        run.append(row)
    if run:
        yield _title(run[0]), run


def _title(row: Row) -> str:
    if row.mark is Mark.UNLISTED:
        return f"{row.section}: not in the article".removeprefix(": ")
    return row.section + (f": {row.product}" if row.product else "")


def summary(comparison: Comparison) -> str:
    """Count the rows of each kind, in one line."""
    words = (
        (Mark.EQUAL, "equal"),
        (Mark.DIFFERS, "differ"),
        (Mark.MISSING, "missing"),
        (Mark.UNLISTED, "not in the article"),
        (Mark.UNCHECKED, "not checkable"),
    )
    counts = (f"{comparison.count(mark):,} {word}" for mark, word in words)
    return ", ".join(counts)


def table_lines(comparison: Comparison) -> Iterator[str]:
    """Yield a comparison as lines without line ends."""
    yield f"{printable(comparison.promised)} beside {printable(comparison.observed)}"
    yield f"  times: {printable(comparison.times)}"
    yield from (f"  note: {printable(note)}" for note in comparison.notes)
    yield f"  {LEGEND}"
    for title, rows in sections(comparison):
        yield f"  {printable(title)}"
        yield from (f"  {line}" for line in _table(rows))
    yield f"  rows: {summary(comparison)}"


def render_table(comparison: Comparison) -> str:
    """Render a comparison as text with a final line end."""
    return "".join(f"{line}\n" for line in table_lines(comparison))
