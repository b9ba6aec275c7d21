"""Raw tables -> rows: cells read, dates agreed upon, architectures found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from builder.errors import ArticleError
from builder.formats.article_cells import (
    Day,
    is_absent,
    joined,
    parse_clock,
    parse_day,
    parse_name,
    parse_platform,
    parse_size,
    parse_version,
    quoted,
    split_moment,
)
from builder.formats.article_columns import Column
from builder.formats.article_tables import RawRow, RawTable
from builder.formats.rows import Reading, Row, RowError, readings
from builder.model.identity import Architecture
from builder.model.kb import PLATFORMS

_LONGEST_WORD = 200


def article_rows(
    tables: Sequence[RawTable], *, section: Architecture | None = None
) -> list[Row]:
    """Read the rows of all tables of an article.

    Args:
        section: Of tables whose headings name no architecture.

    Raises:
        ArticleError: A cell cannot be read, dates are ambiguous, or nothing
            names the architecture of a row.
    """
    order = _Order()
    for table in tables:
        for raw in table.rows:
            order.learn(_date(raw)[0], raw)
    found: list[Row] = []
    for table in tables:
        rows = list(_glued(table) if table.glued else _celled(table, order))
        given = table.heading.section or section
        product = table.heading.product
        for row, place in zip(rows, _sections(table, rows, given), strict=True):
            found.append(replace(row, section=place, product=product))
    return _with_products_that_matter(found)


def _with_products_that_matter(rows: Sequence[Row]) -> list[Row]:
    """Keep products only where one architecture has tables for several."""
    known: dict[Architecture, dict[frozenset[str], str]] = {}
    for row in rows:
        if row.product is not None:
            parts = frozenset(row.product.split(", "))
            known.setdefault(row.section, {}).setdefault(parts, row.product)
    if all(len(products) < 2 for products in known.values()):
        return [replace(row, product=None) for row in rows]
    return [
        row
        if row.product is None
        else replace(
            row, product=known[row.section][frozenset(row.product.split(", "))]
        )
        for row in rows
    ]


@dataclass(slots=True)
class _Order:
    """Which of day and month stands first in dates of numbers alone.

    Attributes:
        day_first: The line of a date whose first number is no month.
        month_first: The line of one whose second number is no month.
    """

    day_first: int | None = None
    month_first: int | None = None

    def learn(self, day: Day, row: RawRow) -> None:
        if day.month_first is None:
            self.day_first = self.day_first or row.line
        elif day.day_first is None:
            self.month_first = self.month_first or row.line
        if self.day_first is not None and self.month_first is not None:
            raise ArticleError(
                f"this date and that of line "
                f"{min(self.day_first, self.month_first)} have day and month in "
                "different places",
                line=max(self.day_first, self.month_first),
            )


def _date(row: RawRow) -> tuple[Day, str]:
    """Return the date of a row and the text of its time."""
    cells = row.cells
    date, clock = cells.get(Column.DATE), cells.get(Column.TIME)
    if date is None or clock is None:
        date, clock = split_moment(cells.get(Column.MOMENT) or date or "")
    try:
        return parse_day(date), clock
    except RowError as error:
        raise _located(error, row) from error


def _located(error: RowError, row: RawRow) -> ArticleError:
    name = row.cells.get(Column.NAME, "")
    return ArticleError(f"the row of {quoted(name)}: {error}", line=row.line)


def _celled(table: RawTable, order: _Order) -> Iterator[Row]:
    for row in table.rows:
        try:
            reading = _reading(row, order)
        except RowError as error:
            raise _located(error, row) from error
        note = row.note or "the document keeps its cells apart"
        yield Row(
            line=row.line, section=Architecture.X86, readings=(reading,), note=note
        )


def _reading(row: RawRow, order: _Order) -> Reading:
    cells = row.cells
    day, clock = _date(row)
    date = day.month_first if order.day_first is None else day.day_first
    if day.day_first != day.month_first and order.day_first == order.month_first:
        raise RowError(
            "day and month of the date may be swapped, and no other row decides"
        )
    assert date is not None  # noqa: S101 - learned from every row
    return Reading(
        name=parse_name(cells[Column.NAME]),
        version=parse_version(cells.get(Column.VERSION, "")),
        size=parse_size(cells[Column.SIZE]),
        modified=joined(date, parse_clock(clock)),
        platform=parse_platform(cells.get(Column.PLATFORM, "")),
        branch=_word(cells.get(Column.BRANCH, "")),
        sp_requirement=_word(cells.get(Column.LEVEL, "")),
    )


def _word(text: str) -> str | None:
    text = " ".join(text.split())
    if is_absent(text):
        return None
    if len(text) > _LONGEST_WORD:
        raise RowError(f"{quoted(text)} is too long for its column")
    return text


def _glued(table: RawTable) -> Iterator[Row]:
    columns = frozenset(table.columns)
    for line in table.glued:
        try:
            found = readings(
                line.text,
                has_platform=Column.PLATFORM in columns,
                has_level=Column.LEVEL in columns,
                has_branch=Column.BRANCH in columns,
            )
        except RowError as error:
            raise ArticleError(f"no table row: {error}", line=line.number) from error
        yield Row(
            line=line.number,
            section=Architecture.X86,
            readings=found,
            note="its glued cells can be read in one way only",
        )


def _sections(
    table: RawTable, rows: Sequence[Row], given: Architecture | None
) -> Iterator[Architecture]:
    """Yield the architecture of each row: its heading's, or what it says itself."""
    said = [_said(row) for row in rows]
    shared = {architecture for architecture in said if architecture is not None}
    for row, own in zip(rows, said, strict=True):
        found = given or own or (next(iter(shared)) if len(shared) == 1 else None)
        if found is None:
            if not shared:
                raise ArticleError(
                    "no heading names the architecture of this table", line=table.line
                )
            raise ArticleError(
                "no heading names the architecture of this table, and nothing in "
                f"the row of {row.readings[0].name} does",
                line=row.line,
            )
        yield found


def _said(row: Row) -> Architecture | None:
    names = {named(reading.name) for reading in row.readings}
    name = names.pop() if len(names) == 1 else None
    return name or row.readings[0].platform


def named(name: str) -> Architecture | None:
    """Return the architecture in the name of a package or a component."""
    folded = name.casefold()
    word = ""
    if folded.endswith(".manifest"):
        word = folded.partition("_")[0]
    elif folded.endswith(".mum") and folded.count("~") == 4:
        word = folded.split("~")[2]
    return next((arch for arch in PLATFORMS if arch.value == word), None)


def check_sections(rows: Iterable[tuple[Row, Reading]]) -> None:
    """Refuse a row whose platform or name contradicts its section's heading.

    Raises:
        ArticleError: It does.
    """
    for row, reading in rows:
        said = {
            "the platform column": reading.platform,
            "the name": named(reading.name),
        }
        for what, architecture in said.items():
            if architecture not in {None, *PLATFORMS[row.section]}:
                raise ArticleError(
                    f"{what} says {architecture}, but {reading.name} stands in the "
                    f"{row.section.word} section",
                    line=row.line,
                )
