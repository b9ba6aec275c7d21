"""Flattened table rows: every way to split one, and the evidence that decides.

In flattened text the cells of a row are glued:
"Mpio.sys6.0.6001.22375107,50412-Feb-200905:44x86".  Read from the right, the
platform, the time and the date have fixed widths; the borders between name,
version and size are not marked, and constraints alone leave many rows with
several readings.  `readings` lists them all; `settle` keeps, row by row, the
one that the rest of the article supports, and never picks without support.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from builder.errors import ArticleError
from builder.model.identity import Architecture
from builder.model.kb import LARGEST_SIZE, YEARS
from builder.model.names import unsafe
from builder.model.text import refused
from builder.model.version import FileVersion

LONGEST_ROW = 1024
"""In characters; the longest names of real tables have about 150."""

_LONGEST_NAME = 255
_PLATFORMS: Mapping[str, Architecture | None] = MappingProxyType(
    {
        "not applicable": None,
        "ia-64": Architecture.IA64,
        "x64": Architecture.AMD64,
        "x86": Architecture.X86,
    }
)
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DATE = re.compile(r"([0-9]{2})-([A-Z][a-z]{2})-([0-9]{4})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_ANY_DATE = re.compile(r"[0-9]-[A-Za-z]{3}-[0-9]{2}")
_NOT_APPLICABLE = re.compile(r"not applicable", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")
_GROUPS = re.compile(r"[0-9]+(?:,[0-9]{3})*")
_SIZE = re.compile(r"0|[1-9][0-9]{0,2}(?:,[0-9]{3})*")


class RowError(ValueError):
    """A text is no table row; the message says which cell is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to split a row.

    Attributes:
        version: None for "Not Applicable".
        size: In bytes.
        modified: In UTC, to the minute.
        platform: None for "Not Applicable".
    """

    name: str
    version: FileVersion | None
    size: int
    modified: datetime
    platform: Architecture | None

    @property
    def folded(self) -> str:
        """The name as it is compared."""
        return self.name.casefold()

    def __str__(self) -> str:
        version = "Not Applicable" if self.version is None else str(self.version)
        return f"{self.name} | {version} | {self.size:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row before it is settled.

    Attributes:
        line: 1-based, in the article.
        section: The architecture of the table that the row stands in.
        readings: Every way to read it; shapes that keep their cells have one.
    """

    line: int
    section: Architecture
    readings: tuple[Reading, ...]


def resembles_row(text: str) -> bool:
    """Tell whether a line holds a date as rows do, so that it may be a row."""
    return len(text) <= LONGEST_ROW and _ANY_DATE.search(text) is not None


def readings(text: str) -> tuple[Reading, ...]:
    """List every way to split a glued row of six cells.

    The constraints: the platform is x86, x64, IA-64 or Not Applicable; the
    time is HH:MM; the day has two digits; version parts are 0 to 65535
    without leading zeros; the size is grouped by commas, has no leading zero
    and fits 32 bits; the name could be a file's.

    Raises:
        RowError: There is no way.
    """
    if len(text) > LONGEST_ROW:
        raise RowError(f"{len(text)} characters are too long for a table row")
    head, platform = _split_platform(text)
    head, modified = _split_time(head)
    found = tuple(
        Reading(
            name=name, version=version, size=size, modified=modified, platform=platform
        )
        for name, version, size in (*_without_version(head), *_with_version(head))
        if is_name(name) and size <= LARGEST_SIZE
    )
    if not found:
        raise RowError(f"{_short(head)} is no name, version and size")
    return found


def is_name(name: str) -> bool:
    """Tell whether `name` could be the name of a file in a table."""
    return (
        0 < len(name) <= _LONGEST_NAME
        and name[0] != " "
        and not any(separator in name for separator in "/\\")
        and unsafe(name) is None
        and refused(name) is None
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _split_platform(text: str) -> tuple[str, Architecture | None]:
    for word, platform in _PLATFORMS.items():
        if text[-len(word) :].lower() == word:
            return text[: -len(word)], platform
    raise RowError(f"{_short(text[-14:])} does not end in a platform")


def _split_time(text: str) -> tuple[str, datetime]:
    time = _TIME.fullmatch(text[-5:])
    if time is None:
        raise RowError(f"{_short(text[-5:])} before the platform is no time HH:MM")
    date = _DATE.fullmatch(text[-16:-5])
    if date is None or date[2] not in _MONTHS:
        raise RowError(f"{_short(text[-16:-5])} before the time is no date DD-Mon-YYYY")
    day, month, year = int(date[1]), _MONTHS.index(date[2]) + 1, int(date[3])
    if year not in YEARS:
        raise RowError(f"the year {year} is not one of 1980 to 2107")
    try:
        modified = datetime(year, month, day, int(time[1]), int(time[2]), tzinfo=UTC)
    except ValueError as error:
        raise RowError(f"there is no {date[0]}") from error
    return text[:-16], modified


def _number(size: str) -> int:
    return int(size.replace(",", ""))


def _without_version(head: str) -> Iterator[tuple[str, None, int]]:
    for match in _NOT_APPLICABLE.finditer(head):
        size = head[match.end() :]
        if _SIZE.fullmatch(size):
            yield head[: match.start()], None, _number(size)


def _with_version(head: str) -> Iterator[tuple[str, FileVersion, int]]:
    stem = head.rstrip("0123456789.,")
    parts = head[len(stem) :].rsplit(".", 3)
    if len(parts) != 4 or not all(map(_NUMBER.fullmatch, parts[1:3])):
        return
    first, minor, build, last = parts
    for name, major in _splits(first, range(1, 6)):
        if not _NUMBER.fullmatch(major):
            continue
        for revision, size in _last_splits(last):
            numbers = tuple(map(int, (major, minor, build, revision)))
            if max(numbers) <= 0xFFFF:
                yield stem + name, FileVersion(*numbers), _number(size)


def _splits(text: str, tails: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Yield head and tail for each length of the tail that leaves them digits."""
    for tail in tails:
        if tail <= len(text):
            yield text[:-tail], text[-tail:]


def _last_splits(text: str) -> Iterator[tuple[str, str]]:
    if not _GROUPS.fullmatch(text):
        return
    first, comma, rest = text.partition(",")
    for revision, start in _splits(first, range(1, 4)):
        size = start + comma + rest
        if _NUMBER.fullmatch(revision) and _SIZE.fullmatch(size):
            yield revision, size


def settle(rows: Iterable[Row]) -> tuple[Reading, ...]:
    """Find the one reading of each row that the article supports.

    Evidence comes from rows that can be read in one way only: a name that
    another row settles, a version that another row settles, and a version in
    the name of a component manifest.  Rows of one name that are still open
    are compared with each other: a name and version that all of them share
    is evidence too.  Where two kinds of evidence contradict each other, or
    support several readings, nothing is settled.

    Raises:
        ArticleError: A row keeps several readings; all of them are named.
    """
    rows = tuple(rows)
    closed = [row.readings[0] for row in rows if len(row.readings) == 1]
    names = {reading.folded for reading in closed}
    versions = {reading.version for reading in closed if reading.version is not None}
    versions.update(_manifest_versions(closed))
    kept = [
        _supported(
            row.readings,
            [reading for reading in row.readings if reading.folded in names],
            [reading for reading in row.readings if reading.version in versions],
        )
        for row in rows
    ]
    shared = _shared(kept)
    return tuple(
        _only(row, open_readings, shared)
        for row, open_readings in zip(rows, kept, strict=True)
    )


def _manifest_versions(closed: Iterable[Reading]) -> Iterator[FileVersion]:
    for reading in closed:
        parts = reading.folded.removesuffix(".manifest").rsplit("_", 3)
        if reading.folded.endswith(".manifest") and len(parts) == 4:
            try:
                yield FileVersion.parse(parts[1])
            except ValueError:
                continue


def _supported(
    every: tuple[Reading, ...], *supports: list[Reading]
) -> tuple[Reading, ...]:
    kept = every
    for support in supports:
        if support:
            kept = tuple(reading for reading in kept if reading in support)
    return kept or every


def _shared(kept: Iterable[tuple[Reading, ...]]) -> set[tuple[str, FileVersion | None]]:
    """Name and version pairs that every open row of that name could have."""
    rows = Counter[str]()
    pairs = Counter[tuple[str, FileVersion | None]]()
    for open_readings in kept:
        if len(open_readings) > 1:
            found = {(reading.folded, reading.version) for reading in open_readings}
            pairs.update(found)
            rows.update({name for name, _ in found})
    return {
        pair for pair, count in pairs.items() if count == rows[pair[0]] and count > 1
    }


def _only(
    row: Row,
    kept: tuple[Reading, ...],
    shared: set[tuple[str, FileVersion | None]],
) -> Reading:
    if len(kept) > 1:
        common = [r for r in kept if (r.folded, r.version) in shared]
        kept = tuple(common) if len(common) == 1 else kept
    if len(kept) == 1:
        return kept[0]
    ways = "; ".join(map(str, row.readings))
    raise ArticleError(
        f"the row can be read in {len(row.readings)} ways and nothing else in the "
        f"article decides: {ways}",
        line=row.line,
    )
