"""An article's table beside what was found: a mark for each cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What became of one cell, or of a row as a whole."""

    EQUAL = "equal"
    DIFFERS = "differs"
    MISSING = "missing"
    UNLISTED = "unlisted"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the article's table beside what was observed.

    Attributes:
        column: As articles print it, such as "File size".
        promised: As articles print it; None in a row that the article lacks.
        observed: In the same way; None where nothing was observed.
        reason: Why the cell is not checkable.
        odd: Who is wrong, where several independent facts agree.
    """

    column: str
    promised: str | None
    observed: str | None
    mark: Mark
    reason: str | None = None
    odd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the article, or a file that it does not list.

    Attributes:
        section: The architecture that the row stands under, as a word.
        product: What the row's table is about, where that matters.
        cells: The name first.
        notes: What else is known, such as what a name's key proves.
    """

    section: str
    product: str | None
    mark: Mark
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name as the article prints it, or else as it was found."""
        first = self.cells[0]
        return first.promised or first.observed or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The whole table.

    Attributes:
        promised: What the table comes from, such as "KB967724".
        observed: What stands beside it, such as a path through containers.
        times: Which reading of the observed times fits.
        rows: Those of the article in its order, then the others.
        notes: Why less was compared than could be.
    """

    promised: str
    observed: str
    times: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def count(self, mark: Mark) -> int:
        """Count the rows of one kind."""
        return sum(row.mark is mark for row in self.rows)

    @property
    def is_clean(self) -> bool:
        """No cell differs and no row is missing; what is extra is no fault."""
        return not self.count(Mark.DIFFERS) and not self.count(Mark.MISSING)

    def odd(self) -> Iterator[tuple[Row, Cell]]:
        """Yield the cells of which it is known who is wrong."""
        for row in self.rows:
            for cell in row.cells:
                if cell.odd is not None:
                    yield row, cell
