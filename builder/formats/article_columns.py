"""Columns of file tables: header cells in any order, or one glued header."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from builder.errors import ArticleError
from builder.formats.article_blocks import BREAK, GridRow
from builder.formats.article_cells import parse_clock, parse_day, parse_size
from builder.formats.article_facts import Line
from builder.formats.rows import RowError


class Column(StrEnum):
    """The columns of file tables, in the words of messages."""

    NAME = "file name"
    VERSION = "file version"
    SIZE = "file size"
    DATE = "date"
    TIME = "time"
    MOMENT = "date and time"
    PLATFORM = "platform"
    LEVEL = "SP requirement"
    BRANCH = "service branch"
    OTHER = "another column"


LABELS: Mapping[str, Column] = MappingProxyType(
    {
        **dict.fromkeys(("file name", "filename", "name", "file"), Column.NAME),
        **dict.fromkeys(("file version", "version", "fileversion"), Column.VERSION),
        **dict.fromkeys(("file size", "size", "filesize", "length"), Column.SIZE),
        **dict.fromkeys(("date", "file date", "modified date"), Column.DATE),
        **dict.fromkeys(("time", "file time", "modified time"), Column.TIME),
        **dict.fromkeys(("date and time", "date/time", "modified"), Column.MOMENT),
        **dict.fromkeys(("modifiedtime", "date time", "date & time"), Column.MOMENT),
        **dict.fromkeys(("date modified", "last modified"), Column.MOMENT),
        **dict.fromkeys(("platform", "processor", "cpu"), Column.PLATFORM),
        **dict.fromkeys(("architecture", "processor architecture"), Column.PLATFORM),
        **dict.fromkeys(("sp requirement", "sp requirements", "sp"), Column.LEVEL),
        **dict.fromkeys(("service pack", "service pack requirement"), Column.LEVEL),
        **dict.fromkeys(("service branch", "branch", "servicebranch"), Column.BRANCH),
        **dict.fromkeys(("sha1", "sha-1", "sha256", "sha-256", "md5"), Column.OTHER),
        **dict.fromkeys(
            ("hash", "file hash", "sha1 hash", "sha256 hash"), Column.OTHER
        ),
        **dict.fromkeys(("sha-1 hash", "sha-256 hash", "md5 hash"), Column.OTHER),
        **dict.fromkeys(
            ("file identifier", "language", "folder", "path"), Column.OTHER
        ),
    }
)
_FOREIGN = re.compile(
    "|".join(
        (
            *(r"dateiname", r"nom d[ue] fichier", r"nombre de(?:l)? archivo"),
            *(r"nome (?:do|de) (?:arquivo|ficheiro)", r"nome (?:del )?file"),
            *(r"bestandsnaam", r"nazwa pliku", r"název souboru", r"filnamn"),
            *(r"filnavn", r"tiedoston? ?nimi", r"dosya ad[\u0131i]", r"имя файла"),
            *(r"ファイル名", r"文件名", r"檔案名稱", r"파일 이름"),
        )
    )
)
_NOTE = re.compile(r" ?\((?:utc|bytes|in bytes|gmt)\)|[*:†]+")


def label(cell: str) -> Column | None:
    """Return the column that a header cell names, or None."""
    return None if len(cell) > 60 else _label(cell)


@lru_cache(maxsize=512)
def _label(cell: str) -> Column | None:
    return LABELS.get(_NOTE.sub("", cell.replace(BREAK, " ").casefold()).strip())


def header(row: GridRow) -> dict[int, Column]:
    """Return the columns that a header row names; empty if it is none.

    Raises:
        ArticleError: The header is not in English, or names a column twice.
    """
    labels = [label(cell) for cell in row.cells]
    known = {column for column in labels if column is not None}
    if Column.NAME not in known or len(known) < 2:
        if _FOREIGN.search(" ".join(row.cells[:12]).casefold()[:600]):
            raise ArticleError(
                "this table header is not in English; only articles in English are "
                "read",
                line=row.line,
            )
        return {}
    columns: dict[int, Column] = {}
    for at, column in enumerate(labels):
        if at in columns or (column is None and not row.cells[at]):
            continue
        if column is Column.MOMENT and _has_time_next(labels, row, at):
            columns |= {at: Column.DATE, at + 1: Column.TIME}
        elif column is None or column is Column.OTHER:
            columns[at] = Column.OTHER
        elif column in columns.values():
            raise ArticleError(f"two columns are called {column}", line=row.line)
        else:
            columns[at] = column
    return columns


def _has_time_next(labels: Sequence[Column | None], row: GridRow, at: int) -> bool:
    """Tell whether a label for date and time stands over two columns."""
    if at + 1 >= len(labels):
        return False
    return labels[at + 1] is Column.MOMENT or (
        not row.cells[at + 1] and at + 2 < len(labels)
    )


def is_file_table(columns: Mapping[int, Column]) -> bool:
    """Tell whether columns are those of a table of files."""
    return Column.NAME in columns.values() and Column.SIZE in columns.values()


def check_columns(columns: Mapping[int, Column], line: int) -> None:
    """Refuse a file table without size, date or time; lists of hashes may pass.

    Raises:
        ArticleError: One of them is missing.
    """
    known = set(columns.values())
    has_date = bool(known & {Column.DATE, Column.MOMENT})
    if Column.SIZE not in known and not has_date:
        return
    has_time = bool(known & {Column.TIME, Column.MOMENT})
    missing = [
        word
        for word, is_there in (
            ("file size", Column.SIZE in known),
            ("date", has_date),
            ("time", has_time),
        )
        if not is_there
    ]
    if missing:
        raise ArticleError(
            f"this table of files has no column for {' and '.join(missing)}", line=line
        )


def guessed(row: GridRow) -> dict[int, Column]:
    """Name the columns of a list without a header by what its first row holds."""
    columns: dict[int, Column] = {0: Column.NAME}
    tests: tuple[tuple[Column, Callable[[str], object]], ...] = (
        (Column.DATE, parse_day),
        (Column.TIME, parse_clock),
    )
    for at, cell in enumerate(row.cells[1:12], start=1):
        for column, parse in tests:
            if column not in columns.values() and reads(parse, cell):
                columns[at] = column
    if Column.TIME not in columns.values():
        return {}
    rest = [at for at in range(1, len(row.cells)) if at not in columns]
    sizes = [at for at in rest if reads(parse_size, row.cells[at])]
    if not sizes:
        return {}
    columns[sizes[0]] = Column.SIZE
    others = [at for at in rest if at != sizes[0] and row.cells[at]]
    columns |= dict(zip(others, (Column.VERSION, Column.PLATFORM), strict=False))
    return dict(sorted(columns.items()))


def reads(parse: Callable[[str], object], cell: str) -> bool:
    """Tell whether a cell holds what `parse` reads."""
    try:
        parse(cell)
    except RowError:
        return False
    return bool(cell)


_GLUED = re.compile(
    r"(file name|file version|file size|date|time|platform|sp requirement"
    r"|service branch)(?: \(utc\))?",
    re.ASCII,
)
_ORDER = (
    *(Column.NAME, Column.VERSION, Column.SIZE, Column.DATE, Column.TIME),
    *(Column.PLATFORM, Column.LEVEL, Column.BRANCH),
)


def glued_columns(header: Line) -> tuple[Column, ...]:
    """Read the glued header of a table of flattened text.

    Raises:
        ArticleError: A column is not known, or the columns stand in an order
            in which glued cells cannot be told apart.
    """
    if len(header.text) > 500:
        raise ArticleError("this table header is too long", line=header.number)
    labels: list[Column] = []
    rest = header.text.lower()
    while rest:
        match = _GLUED.match(rest)
        if match is None:
            raise ArticleError(
                f"the column {rest[:40]!r} is not read in glued text",
                line=header.number,
            )
        labels.append(LABELS[match[1]])
        rest = rest[match.end() :].lstrip()
    if tuple(labels[:5]) != _ORDER[:5] or labels != sorted(labels, key=_ORDER.index):
        raise ArticleError(
            f"the columns are {', '.join(labels)}; glued tables are read in the "
            f"order {', '.join(_ORDER)} only, the last three where they exist",
            line=header.number,
        )
    return tuple(labels)
