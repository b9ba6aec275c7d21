"""File tables among the blocks of an article: what stands above, raw cells.

Horizontal tables have a header row, which may be repeated or stand on two
levels; vertical ones have one attribute per row and a file per column.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.errors import ArticleError
from builder.formats import article_facts as facts
from builder.formats.article_blocks import BREAK, Block, GluedTable, Grid, GridRow
from builder.formats.article_cells import parse_clock, parse_day, parse_size
from builder.formats.article_columns import (
    Column,
    check_columns,
    glued_columns,
    guessed,
    header,
    is_file_table,
    label,
    reads,
)
from builder.formats.article_facts import Line
from builder.formats.article_headings import Heading, read_heading

_GROUP = re.compile(r"[0-9]{3}", re.ASCII)
_FIRST_GROUP = re.compile(r"[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """The cells of one file, as text.

    Attributes:
        note: How they came about, for `--explain`; empty for the usual way.
    """

    line: int
    cells: Mapping[Column, str]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A file table with what stands above it.

    Attributes:
        line: Of the header.
        glued: The rows of a table of flattened text; `rows` is empty then.
        columns: In the order of the header; of glued tables only.
    """

    line: int
    heading: Heading
    rows: tuple[RawRow, ...] = ()
    glued: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()


_NOTHING = Heading(section=None, products=())


@dataclass(slots=True)
class _Above:
    """What the lines so far say about the next table."""

    heading: Heading = _NOTHING

    def read(self, line: Line) -> None:
        if not line.text:
            return
        heading = read_heading(line)
        known = self.heading
        if heading is not None:
            if heading.section is not None and not heading.products:
                heading = replace(heading, products=known.products)
            self.heading = heading
        elif facts.is_heading(line.text):
            self.heading = _NOTHING
        else:
            is_label = len(line.text) <= 120 and line.text[-1] not in ".!?;:"
            self.heading = replace(known, label=line.text if is_label else None)


def raw_tables(blocks: Iterable[Block]) -> Iterator[RawTable]:
    """Find the file tables, in article order; other tables are left out.

    Raises:
        ArticleError: A table is one of files and cannot be read as such.
    """
    above = _Above()
    for block in blocks:
        match block:
            case Line():
                above.read(block)
            case GluedTable():
                yield RawTable(
                    line=block.header.number,
                    heading=above.heading,
                    glued=block.body,
                    columns=glued_columns(block.header),
                )
                # Flattened text does not mark its headings: each is for one table.
                above = _Above()
            case Grid():
                yield from _Scan(above=above, is_list=block.is_list).tables(block.rows)


@dataclass(slots=True, kw_only=True)
class _Scan:
    """One pass over the rows of a grid.

    Attributes:
        columns: Of the header above, which holds below titles as well.
    """

    above: _Above
    is_list: bool
    columns: dict[int, Column] = field(default_factory=dict)
    start: int = 0

    def tables(self, rows: Iterable[GridRow]) -> Iterator[RawTable]:
        """Yield a table for each run of rows between titles."""
        run: list[GridRow] = []
        for row in rows:
            if not any(row.cells):
                continue
            title = self._title(row)
            if title is None:
                run.append(row)
                continue
            yield from self._run(run)
            run = []
            self.above.read(title)
        yield from self._run(run)

    def _title(self, row: GridRow) -> Line | None:
        """Return the only cell of a row as a line; a file alone is a damaged row."""
        filled = [at for at, cell in enumerate(row.cells) if cell]
        if len(filled) != 1 or label(row.cells[filled[0]]) is not None:
            return None
        text = row.cells[filled[0]]
        if self.columns.get(filled[0]) is Column.NAME and is_file_table(self.columns):
            name = text.replace(BREAK, "")
            if " " not in name and "." in name[:-1]:
                raise ArticleError("all cells but the name are empty", line=row.line)
        return Line(number=row.line, text=text.replace(BREAK, " "))

    def _run(self, rows: list[GridRow]) -> Iterator[RawTable]:
        if not rows:
            return
        if _is_vertical(rows):
            found = tuple(_vertical(rows))
            yield RawTable(line=rows[0].line, heading=self.above.heading, rows=found)
            return
        found = tuple(self._records(rows))
        if found:
            yield RawTable(
                line=self.start or rows[0].line, heading=self.above.heading, rows=found
            )

    def _records(self, rows: Iterable[GridRow]) -> Iterator[RawRow]:
        for row in rows:
            columns = header(row)
            if columns or (self.is_list and not self.columns):
                is_header = bool(columns)
                columns = columns or guessed(row)
                check_columns(columns, row.line)
                self.columns, self.start = columns, row.line
                if is_header:
                    continue
            if is_file_table(self.columns):
                yield _record(row, self.columns)
            else:
                _refuse_unknown(row)


def _refuse_unknown(row: GridRow) -> None:
    """Refuse a table that looks like one of files and whose header is unknown."""
    cells = [cell for cell in row.cells[:12] if cell and len(cell) <= 40]
    if (
        len(cells) >= 4
        and any(reads(parse_day, cell) for cell in cells)
        and any(reads(parse_clock, cell) for cell in cells)
        and any(reads(parse_size, cell) for cell in cells)
    ):
        raise ArticleError(
            "this row has a size, a date and a time, but no table header that is "
            "known stands above",
            line=row.line,
        )


def _record(row: GridRow, columns: Mapping[int, Column]) -> RawRow:
    cells, note = row.cells, ""
    extra = [at for at in range(len(cells)) if at not in columns and cells[at]]
    if extra and max(extra) > max(columns):
        cells, note = _rejoined(row, columns)
    return RawRow(
        line=row.line,
        cells={
            column: cells[at] if at < len(cells) else ""
            for at, column in columns.items()
            if column is not Column.OTHER
        },
        note=note,
    )


def _rejoined(
    row: GridRow, columns: Mapping[int, Column]
) -> tuple[tuple[str, ...], str]:
    """Join a size that its own commas have split over cells.

    Raises:
        ArticleError: That does not explain the cells that are too many.
    """
    cells = row.cells
    while cells and not cells[-1]:
        cells = cells[:-1]
    size = next(at for at, column in columns.items() if column is Column.SIZE)
    extra = len(cells) - 1 - max(columns)
    groups = cells[size + 1 : size + 1 + extra]
    if (
        len(groups) == extra
        and _FIRST_GROUP.fullmatch(cells[size])
        and all(map(_GROUP.fullmatch, groups))
    ):
        joined = ",".join((cells[size], *groups))
        kept = (*cells[:size], joined, *cells[size + 1 + extra :])
        return kept, f"the size was joined from {extra + 1} cells"
    raise ArticleError(
        f"this row has {len(cells)} cells, its header {max(columns) + 1}", line=row.line
    )


def _is_vertical(rows: Sequence[GridRow]) -> bool:
    """Tell whether a grid has one attribute per row.

    Its first row then pairs "File name" with no other label, and the next row
    starts with a label.
    """
    if len(rows) < 3 or len(rows[0].cells) < 2:
        return False
    first, second = rows[0].cells, rows[1].cells
    return (
        label(first[0]) is Column.NAME
        and not any(label(cell) for cell in first[1:] if cell)
        and label(second[0]) not in (None, Column.NAME)
    )


def _vertical(rows: Sequence[GridRow]) -> Iterator[RawRow]:
    """Yield the files of a vertical table, block by block."""
    block: list[GridRow] = []
    for row in rows:
        if label(row.cells[0]) is Column.NAME and block:
            yield from _block(block)
            block = []
        block.append(row)
    yield from _block(block)


def _block(rows: Sequence[GridRow]) -> Iterator[RawRow]:
    width = max(at for at, cell in enumerate(rows[0].cells) if cell)
    attributes: dict[Column, GridRow] = {}
    for row in rows:
        column = label(row.cells[0])
        if column is None or (column in attributes and column is not Column.OTHER):
            words = "is no attribute that is known" if column is None else "is doubled"
            raise ArticleError(f"{row.cells[0][:40]!r} {words}", line=row.line)
        if any(row.cells[width + 1 :]):
            raise ArticleError("this row has more cells than files", line=row.line)
        attributes[column] = row
    check_columns(dict(enumerate(attributes)), rows[0].line)
    if Column.SIZE not in attributes:
        raise ArticleError("this file has neither size nor date", line=rows[0].line)
    for at in range(1, width + 1):
        yield RawRow(
            line=rows[0].line,
            cells={
                column: row.cells[at] if at < len(row.cells) else ""
                for column, row in attributes.items()
            },
            note="one attribute per row",
        )
