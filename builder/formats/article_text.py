"""Articles in plain text: glued cells, tabs, aligned columns, a cell per line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.errors import ArticleError
from builder.formats import article_facts as facts
from builder.formats.article_blocks import (
    Block,
    GluedTable,
    Grid,
    GridRow,
    Outline,
    clean,
)
from builder.formats.article_cells import parse_clock, parse_day
from builder.formats.article_columns import Column, header, is_file_table, label, reads
from builder.formats.article_facts import Line
from builder.formats.article_headings import is_bare, read_heading
from builder.formats.rows import LONGEST_ROW, RowError, readings, resembles_row

_GLUED_START = re.compile(r"file name *file ", re.ASCII | re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(file name|file version|file size|date|time|platform|sp requirement"
    r"|service branch)(?: \(utc\))?[ :]{0,8}(\S.{0,1000})",
    re.ASCII | re.IGNORECASE,
)
_GAP = re.compile(r"\t| {2,}")
_RULE = re.compile(r"[-=+| ]{3,}")


@dataclass(frozen=True, slots=True)
class _Found:
    """A table and the index of the first line behind it."""

    block: Block
    end: int


def read_text(text: str) -> Outline:
    """Read plain text; each kind of table is known by how it starts.

    Raises:
        ArticleError: A table is damaged, or a glued row stands outside of any.
    """
    raw = text.split("\n")
    lines = [
        Line(number=number, text=clean(line)) for number, line in enumerate(raw, 1)
    ]
    return Outline(blocks=tuple(_blocks(raw, lines)))


def _blocks(raw: Sequence[str], lines: Sequence[Line]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        found = _table(raw, lines, at)
        if found is not None:
            yield found.block
            at = found.end
            continue
        line = lines[at]
        if resembles_row(line.text) and _is_row(line.text):
            raise ArticleError("a table row outside any table", line=line.number)
        yield line
        at += 1


def _table(raw: Sequence[str], lines: Sequence[Line], at: int) -> _Found | None:
    """Read the table that starts in a line, if one does."""
    text = lines[at].text
    if "ame" not in text and "AME" not in text:
        return None
    if "\t" in raw[at] or "  " in raw[at]:
        found = _spaced(raw, lines, at)
        if found is not None:
            return found
    if _GLUED_START.match(text):
        return _glued(lines, at)
    folded = text[:40].casefold()
    if not folded.startswith("file name"):
        return None
    if label(text) is Column.NAME:
        return _celled(lines, at)
    return _attributes(lines, at)


def _is_row(text: str) -> bool:
    try:
        return bool(readings(text))
    except RowError:
        return False


def is_break(line: Line) -> bool:
    """Tell whether a line ends the table above it."""
    return facts.is_heading(line.text) or read_heading(line) is not None


def _glued(lines: Sequence[Line], start: int) -> _Found:
    """Read a table of glued rows.

    It ends at a heading or a header, or, below an empty line, at anything that
    could not be a row: text that touches the table is taken for a damaged row.
    """
    end, gap = len(lines), False
    for at in range(start + 1, len(lines)):
        text = lines[at].text
        if not text:
            gap = True
            continue
        is_table = _GLUED_START.match(text) or _starts_attributes(lines, at)
        is_end = is_break(lines[at]) and (gap or not is_bare(text))
        if is_table or is_end or (gap and not resembles_row(text)):
            end = at
            break
        gap = False
    body = tuple(line for line in lines[start + 1 : end] if line.text)
    if not body:
        raise ArticleError("this table has no rows", line=lines[start].number)
    return _Found(GluedTable(header=lines[start], body=body), end)


def _spaced(raw: Sequence[str], lines: Sequence[Line], start: int) -> _Found | None:
    """Read a table whose cells are apart by tabs or by two blanks or more."""
    first = _cells(raw[start])
    columns = header(GridRow(line=start + 1, cells=first))
    is_vertical = label(first[0]) is Column.NAME and len(first) > 1 and not columns
    if not is_vertical and not (len(columns) > 2 and is_file_table(columns)):
        return None
    rows: list[GridRow] = []
    end = start
    for end in range(start, len(lines) + 1):
        if end == len(lines):
            break
        cells = _cells(raw[end])
        if not lines[end].text or _RULE.fullmatch(lines[end].text):
            continue
        if len(cells) < 2:
            break
        if "\t" not in raw[end] and not is_vertical and len(cells) < len(columns):
            message = f"this row has {len(cells)} cells, its header {len(columns)}"
            raise ArticleError(message, line=end + 1)
        rows.append(GridRow(line=end + 1, cells=cells))
    return _Found(Grid(rows=tuple(rows)), end)


def _cells(text: str) -> tuple[str, ...]:
    if "\t" in text:
        return tuple(map(clean, text.split("\t")))
    if len(text) > LONGEST_ROW:
        return (clean(text),)
    return tuple(map(clean, _GAP.split(text.strip())))


def _starts_attributes(lines: Sequence[Line], at: int) -> bool:
    match = _ATTRIBUTE.fullmatch(lines[at].text)
    if match is None or match[1].casefold() != "file name":
        return False
    for line in lines[at + 1 : at + 4]:
        if line.text:
            follower = _ATTRIBUTE.fullmatch(line.text)
            return follower is not None and follower[1].casefold() != "file name"
    return False


def _attributes(lines: Sequence[Line], start: int) -> _Found | None:
    """Read files that are listed with one attribute per line."""
    if not _starts_attributes(lines, start):
        return None
    rows: list[GridRow] = []
    seen: set[str] = set()
    end = start
    for end in range(start, len(lines) + 1):
        if end == len(lines):
            break
        line = lines[end]
        match = _ATTRIBUTE.fullmatch(line.text)
        if not line.text:
            continue
        if match is None or is_break(line):
            break
        name = match[1].casefold()
        if name == "file name":
            seen.clear()
        if name in seen:
            break
        seen.add(name)
        rows.append(GridRow(line=line.number, cells=(match[1], match[2].strip())))
    return _Found(Grid(rows=tuple(rows)), end)


def _celled(lines: Sequence[Line], start: int) -> _Found | None:
    """Read a table with one cell per line."""
    places = [start]
    for at in range(start + 1, min(start + 40, len(lines))):
        if lines[at].text:
            if label(lines[at].text) in (None, Column.NAME):
                break
            places.append(at)
    labels = [lines[at].text for at in places]
    head = GridRow(line=lines[start].number, cells=tuple(labels))
    if len(labels) == 1:
        return _paired(lines, start)
    if len(labels) < 4 or not is_file_table(header(head)):
        return None
    rows, end = [head], places[-1] + 1
    while True:
        filled, after = _next(lines, end, len(labels))
        if not filled or is_break(filled[0]) or label(filled[0].text) is Column.NAME:
            break
        row = GridRow(line=filled[0].number, cells=tuple(line.text for line in filled))
        if not _is_celled(head, row):
            if any(reads(parse_day, cell) for cell in row.cells):
                raise ArticleError(
                    "the cells of this row are not those of the header", line=row.line
                )
            break
        rows.append(row)
        end = after
    return _Found(Grid(rows=tuple(rows)), end)


def _next(lines: Sequence[Line], start: int, count: int) -> tuple[list[Line], int]:
    """Return the next lines with text, and the index behind the last of them."""
    found: list[Line] = []
    at = start
    while at < len(lines) and len(found) < count:
        if lines[at].text:
            found.append(lines[at])
        at += 1
    return found, at


def _is_celled(head: GridRow, row: GridRow) -> bool:
    columns = header(head)
    if len(row.cells) < len(columns):
        return False
    dates = [at for at, column in columns.items() if column is Column.DATE]
    times = [at for at, column in columns.items() if column is Column.TIME]
    return all(reads(parse_day, row.cells[at]) for at in dates) and all(
        reads(parse_clock, row.cells[at]) for at in times
    )


def _paired(lines: Sequence[Line], start: int) -> _Found | None:
    """Read files that are listed with labels and values on lines in turn."""
    rows: list[GridRow] = []
    end = start
    while True:
        pair, after = _next(lines, end, 2)
        if len(pair) < 2 or label(pair[0].text) is None or is_break(pair[0]):
            break
        rows.append(GridRow(line=pair[0].number, cells=(pair[0].text, pair[1].text)))
        end = after
    if len(rows) < 3:
        return None
    return _Found(Grid(rows=tuple(rows)), end)
