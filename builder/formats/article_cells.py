"""Cells of file tables: what the text of one cell says.

Explicit forms only, and an English month table: a form that is not listed is
an error that quotes the cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from builder.formats.article_blocks import BREAK, dashed
from builder.formats.rows import MONTHS, RowError, is_name
from builder.model.identity import Architecture
from builder.model.kb import LARGEST_SIZE, YEARS
from builder.model.version import FileVersion

ABSENT = frozenset(
    {
        *("", "-", "--", "n/a", "na", "n.a.", "none", "not applicable"),
        *("not available", "not versioned", "no version", "unversioned"),
    }
)
"""Words, folded, with which articles say that there is none."""

PLATFORM_WORDS: Mapping[str, Architecture] = MappingProxyType(
    {
        **dict.fromkeys(("x86", "i386", "x32", "32-bit"), Architecture.X86),
        **dict.fromkeys(("x64", "amd64", "x86-64", "x86_64"), Architecture.AMD64),
        **dict.fromkeys(("ia-64", "ia64", "itanium"), Architecture.IA64),
        "arm": Architecture.ARM,
        **dict.fromkeys(("arm64", "arm-64"), Architecture.ARM64),
    }
)
"""What platform columns and headings call an architecture, folded."""

_VERSION = re.compile(
    r"([0-9]{1,5})([.,]) ?([0-9]{1,5})\2 ?([0-9]{1,5})(?:\2 ?([0-9]{1,5}))?"
    r"(?![0-9.,])(?= ?\(| |$)",
    re.ASCII,
)
_SIZE = re.compile(r"([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,10})(?: ?bytes?)?", re.ASCII)
_NAMED_DATE = re.compile(
    r"([0-9]{1,2})[- ]([^\W\d_]{3,12})\.?[- ,] ?([0-9]{4}|[0-9]{2})"
)
_SPELLED_DATE = re.compile(r"([^\W\d_]{3,12})\.? ([0-9]{1,2}), ?([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", re.ASCII)
_NUMBER_DATE = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([ap])\.?m\.?)?(?: ?utc)?",
    re.ASCII | re.IGNORECASE,
)
_CLOCK_START = re.compile(r"[ T](?=[0-9]{1,2}:[0-9]{2})", re.ASCII)
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH_WORDS: Mapping[str, int] = MappingProxyType(
    {
        **{word.casefold(): number for number, word in enumerate(MONTHS, start=1)},
        **{word: number for number, word in enumerate(_LONG_MONTHS, start=1)},
        "sept": 9,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date as printed: one reading, or two where day and month may swap.

    Attributes:
        day_first: The reading day/month/year; None where no such day exists.
        month_first: The reading month/day/year, in the same way.
    """

    day_first: date | None
    month_first: date | None


def quoted(text: str) -> str:
    """Return a cell for a message."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def is_absent(text: str) -> bool:
    """Tell whether a cell says that there is nothing to say."""
    return text.casefold() in ABSENT


def parse_name(text: str) -> str:
    """Read the name of a file; line breaks inside are no part of it.

    Raises:
        RowError: No file can be called so.
    """
    name = text.replace(BREAK, "")
    if not is_name(name):
        raise RowError(f"{quoted(name)} is no name of a file")
    return name


def parse_version(text: str) -> FileVersion | None:
    """Read a version; text after it is dropped, a fourth part that is absent is 0.

    Raises:
        RowError: It is neither a version nor a word for none.
    """
    text = text.replace(BREAK, " ")
    if is_absent(text):
        return None
    match = _VERSION.match(text)
    if match is not None:
        major, _, minor, build, revision = match.groups()
        numbers = tuple(map(int, (major, minor, build, revision or "0")))
        if max(numbers) <= 0xFFFF:
            return FileVersion(*numbers)
    raise RowError(f"{quoted(text)} is no file version")


def parse_size(text: str) -> int:
    """Read a size in bytes, with or without groups and the word "bytes".

    Raises:
        RowError: It is none, is given in larger units, or has over 32 bits.
    """
    match = _SIZE.fullmatch(text.casefold())
    if match is None:
        raise RowError(f"{quoted(text)} is no file size in bytes")
    size = int(match[1].replace(",", "").replace(" ", ""))
    if size > LARGEST_SIZE:
        raise RowError(f"the file size {quoted(text)} is above 4 GiB")
    return size


def parse_platform(text: str) -> Architecture | None:
    """Read a platform.

    Raises:
        RowError: It is neither a platform nor a word for none.
    """
    if is_absent(text):
        return None
    word = dashed(text.casefold()).removesuffix("-based")
    if word not in PLATFORM_WORDS:
        raise RowError(f"{quoted(text)} is no platform")
    return PLATFORM_WORDS[word]


def parse_day(text: str) -> Day:
    """Read a date.

    Raises:
        RowError: It is none of the known forms, or no such day exists.
    """
    text = dashed(text)
    match = _NUMBER_DATE.fullmatch(text)
    if match is not None:
        first, second, year = int(match[1]), int(match[3]), _year(match[4])
        day = Day(
            day_first=_date(year, second, first), month_first=_date(year, first, second)
        )
        if day.day_first is None and day.month_first is None:
            raise RowError(f"there is no date {quoted(text)}")
        return day
    found = _unambiguous(text)
    return Day(day_first=found, month_first=found)


def _unambiguous(text: str) -> date:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _NAMED_DATE.fullmatch(text):
        year, month, day = _year(match[3]), _month(match[2]), int(match[1])
    elif match := _SPELLED_DATE.fullmatch(text):
        year, month, day = _year(match[3]), _month(match[1]), int(match[2])
    else:
        raise RowError(f"{quoted(text)} is no date in a known form")
    found = _date(year, month, day)
    if found is None:
        raise RowError(f"there is no date {quoted(text)}")
    return found


def _month(word: str) -> int:
    number = _MONTH_WORDS.get(word.casefold())
    if number is None:
        raise RowError(
            f"{quoted(word)} is no English month; only articles in English are read"
        )
    return number


def _year(digits: str) -> int:
    """Two digits are 1980 to 2079: no file of a package is older."""
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (1900 if int(digits) >= 80 else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        raise RowError(f"the year {year} is not one of 1980 to 2107")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_clock(text: str) -> time:
    """Read a time of day in UTC, with or without seconds, AM or PM.

    Raises:
        RowError: It is none.
    """
    match = _CLOCK.fullmatch(text)
    if match is not None:
        hour, half = int(match[1]), (match[4] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half:
            hour = 24
        try:
            return time(hour, int(match[2]), int(match[3] or 0), tzinfo=UTC)
        except ValueError:
            pass
    raise RowError(f"{quoted(text)} is no time of day")


def split_moment(text: str) -> tuple[str, str]:
    """Split a cell that holds date and time together."""
    text = text.replace(BREAK, " ")
    clock = _CLOCK_START.search(text)
    if clock is None:
        return text, ""
    tail = text[clock.start() + 1 :]
    return text[: clock.start()].rstrip(" ,"), tail.removesuffix("Z").strip()


def joined(day: date, clock: time) -> datetime:
    """Return the moment that a date and a time name."""
    return datetime.combine(day, clock)
