"""Flattened table rows: every way to split one.

In flattened text the cells of a row are glued:
"Mpio.sys6.0.6001.22375107,50412-Feb-200905:44x86".  Read from the right, the
platform, the time and the date have fixed widths; the borders between name,
version and size are not marked, and constraints alone leave many rows with
several readings.  `readings` lists them all; see `builder.formats.settle`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from builder.model.identity import Architecture
from builder.model.kb import LARGEST_SIZE, YEARS
from builder.model.names import unsafe
from builder.model.text import refused
from builder.model.version import FileVersion

LONGEST_ROW = 1024
"""In characters; the longest names of real tables have about 150."""

_LONGEST_NAME = 255
_LONGEST_BRANCH = 200
_PLATFORMS: Mapping[str, Architecture | None] = MappingProxyType(
    {
        "not applicable": None,
        "n/a": None,
        "arm64": Architecture.ARM64,
        "ia-64": Architecture.IA64,
        "ia64": Architecture.IA64,
        "arm": Architecture.ARM,
        "x64": Architecture.AMD64,
        "x86": Architecture.X86,
    }
)
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_DATE = re.compile(r"([0-9]{2})-([A-Z][a-z]{2})-([0-9]{4})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_MOMENT = re.compile(r"[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}[0-9]{2}:[0-9]{2}", re.ASCII)
_LEVEL = re.compile(r"SP[1-9]|RTM|None|Not Applicable|N/A", re.ASCII | re.IGNORECASE)
_NONE = frozenset({"", "none", "not applicable", "n/a"})
_ANY_DATE = re.compile(r"[0-9]-[A-Za-z]{3}-[0-9]{2}")
_NOT_APPLICABLE = re.compile(
    r"not applicable|not versioned|n/a", re.ASCII | re.IGNORECASE
)
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
        branch: The service branch; None for "Not Applicable" or no column.
        sp_requirement: In the same way.
    """

    name: str
    version: FileVersion | None
    size: int
    modified: datetime
    platform: Architecture | None
    branch: str | None = None
    sp_requirement: str | None = None

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
        product: What the heading above the table is about, where it matters.
        note: How the cells came about, for `--explain`.
    """

    line: int
    section: Architecture
    readings: tuple[Reading, ...]
    product: str | None = None
    note: str = "the document keeps its cells apart"


def resembles_row(text: str) -> bool:
    """Tell whether a line holds a date as rows do, so that it may be a row."""
    return len(text) <= LONGEST_ROW and _ANY_DATE.search(text) is not None


def readings(
    text: str,
    *,
    has_platform: bool = True,
    has_level: bool = False,
    has_branch: bool = False,
) -> tuple[Reading, ...]:
    """List every way to split a glued row.

    Its cells are name, version, size, date, time and, as asked for, platform,
    SP requirement and service branch, in this order.

    The constraints: the platform is x86, x64, IA-64 or Not Applicable; the
    time is HH:MM; the day has two digits; version parts are 0 to 65535
    without leading zeros; the size is grouped by commas, has no leading zero
    and fits 32 bits; the name could be a file's.

    Raises:
        RowError: There is no way.
    """
    if len(text) > LONGEST_ROW:
        raise RowError(f"{len(text)} characters are too long for a table row")
    level = branch = platform = None
    if has_level or has_branch:
        text, tail = _split_tail(text)
        text, platform, tail = _platform_before(text, tail, has_platform=has_platform)
        level, branch = _level_and_branch(tail, has_level=has_level)
        if branch is not None and not has_branch:
            raise RowError(f"{_short(tail)} is no SP requirement")
        head = text
    else:
        head, platform = _split_platform(text) if has_platform else (text, None)
    head, modified = _split_time(head)
    found = tuple(
        Reading(
            name=name,
            version=version,
            size=size,
            modified=modified,
            platform=platform,
            branch=branch,
            sp_requirement=level,
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


def _split_tail(text: str) -> tuple[str, str]:
    """Cut a row behind its time, the last one that follows a date."""
    ends = [match.end() for match in _MOMENT.finditer(text)]
    if not ends:
        raise RowError(f"{_short(text[-30:])} holds no date and time")
    return text[: ends[-1]], text[ends[-1] :]


def _platform_before(
    text: str, tail: str, *, has_platform: bool
) -> tuple[str, Architecture | None, str]:
    if not has_platform:
        return text, None, tail
    for word, platform in _PLATFORMS.items():
        if tail[: len(word)].lower() == word:
            return text, platform, tail[len(word) :].strip()
    raise RowError(f"{_short(tail)} does not start with a platform")


def _level_and_branch(tail: str, *, has_level: bool) -> tuple[str | None, str | None]:
    level = _LEVEL.match(tail) if has_level else None
    word = level[0] if level is not None else ""
    branch = tail[len(word) :].strip()
    if len(branch) > _LONGEST_BRANCH or refused(branch) is not None:
        raise RowError(f"{_short(tail)} is no service branch")
    return (
        None if word.lower() in _NONE else word,
        None if branch.lower() in _NONE else branch,
    )


def _split_time(text: str) -> tuple[str, datetime]:
    time = _TIME.fullmatch(text[-5:])
    if time is None:
        raise RowError(f"{_short(text[-5:])} before the platform is no time HH:MM")
    date = _DATE.fullmatch(text[-16:-5])
    if date is None or date[2] not in MONTHS:
        raise RowError(f"{_short(text[-16:-5])} before the time is no date DD-Mon-YYYY")
    day, month, year = int(date[1]), MONTHS.index(date[2]) + 1, int(date[3])
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
