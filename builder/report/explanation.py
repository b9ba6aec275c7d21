"""How each row of an article was read, for `hotfix parse --explain`."""

from collections.abc import Iterable, Iterator

from builder.formats.rows import Reading
from builder.formats.settle import Settled
from builder.model.escaped import printable


def _cells(reading: Reading) -> str:
    platform = "Not Applicable" if reading.platform is None else reading.platform.word
    words = [str(reading), f"{reading.modified:%Y-%m-%d %H:%M}", platform]
    words += [w for w in (reading.sp_requirement, reading.branch) if w is not None]
    return " | ".join(words)


def _lines(settled: Settled) -> Iterator[str]:
    row, reading = settled.row, settled.reading
    place = f"line {row.line}: {row.section.word}: "
    if reading is None:
        yield f"{place}ambiguous, {len(row.readings)} readings, nothing decides"
    else:
        yield f"{place}{_cells(reading)}"
        yield f"  because {settled.reason}"
    for other in row.readings:
        if other != reading:
            yield f"  {'or' if reading is None else 'not'} {other}"


def render_explanation(rows: Iterable[Settled]) -> str:
    """Render the rows with their reasons, and a count; a final line end."""
    rows = tuple(rows)
    lines = [printable(line) for settled in rows for line in _lines(settled)]
    several = sum(len(settled.row.readings) > 1 for settled in rows)
    still_open = sum(settled.reading is None for settled in rows)
    lines.append(
        f"{len(rows):,} rows; {several:,} had several readings, "
        f"{still_open:,} still have"
    )
    return "".join(f"{line}\n" for line in lines)
