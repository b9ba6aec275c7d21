"""Lists of files with delimiters (CSV, TSV), as modern updates publish them."""

import csv
import io

from builder.errors import ArticleError
from builder.formats.article_blocks import Grid, GridRow, Outline, clean

DELIMITERS = (",", "\t", ";", "|")
_LONGEST_CELL = 4096


def delimiter_of(text: str) -> str:
    """Return the delimiter that the first lines hold most of."""
    head = text[:20_000]
    return max(DELIMITERS, key=lambda mark: (head.count(mark), mark == ","))


def read_delimited(text: str) -> Outline:
    """Read a list; its titles stand in rows with one cell.

    Raises:
        ArticleError: Quotes do not match, or a cell is a formula that a
            spreadsheet would run.
    """
    rows: list[GridRow] = []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True
    )
    line = 1
    try:
        for cells in reader:
            if not (line == 1 and cells and cells[0].startswith("sep=")):
                rows.append(GridRow(line=line, cells=_cells(cells, line)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ArticleError(
            f"the delimiters and quotes of this list do not match: {error}", line=line
        ) from error
    return Outline(blocks=(Grid(rows=tuple(rows), is_list=True),))


def _cells(cells: list[str], line: int) -> tuple[str, ...]:
    for cell in cells:
        if _is_formula(cell):
            raise ArticleError(
                f"the cell {cell[:40]!r} is a formula of a spreadsheet", line=line
            )
        if len(cell) > _LONGEST_CELL:
            raise ArticleError(
                f"a cell of {len(cell):,} characters in a list of files", line=line
            )
    return tuple(map(clean, cells)) or ("",)


def _is_formula(cell: str) -> bool:
    text = cell.lstrip()
    if text.startswith("="):
        return True
    return text.startswith(("+", "-", "@")) and any(mark in text for mark in "(|!")
