"""What an article says of itself beside labels: its number, revision, dates."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from builder.errors import ArticleError
from builder.formats.article_facts import LONGEST_LINE, Line, agreed
from builder.model.kb import FileEntry

_INFO = re.compile(
    r"(article id|revision|created on|published on|last review|original kb number"
    r"|kb number|original product version) {0,8}: {0,8}(.{0,200})",
    re.ASCII | re.IGNORECASE,
)
_LAST_REVIEW = re.compile(
    r"article id ?: ?(?P<id>[0-9]{4,9}) ?- ?last review ?: ?(?P<date>[^-]{4,40}?) ?- ?"
    r"revision ?: ?(?P<revision>[0-9.]{1,12})(?![0-9.]).{0,200}",
    re.ASCII | re.IGNORECASE,
)


def info(lines: Iterable[Line]) -> dict[str, Line]:
    """Collect the "Name : value" lines of the article's footer.

    Returns:
        By lower-case name: "article id", "revision", "created on",
        "published on", "last review" and others; the text of each line is the
        value alone.

    Raises:
        ArticleError: A name has two different values.
    """
    found: dict[str, Line] = {}
    for line in lines:
        for name, value in _info(line.text):
            folded = name.lower()
            first = found.setdefault(folded, Line(number=line.number, text=value))
            if first.text != value:
                raise ArticleError(
                    f"{name!r} is {value!r}, but {first.text!r} in line {first.number}",
                    line=line.number,
                )
    return found


def _info(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > LONGEST_LINE or ":" not in text:
        return
    match = _LAST_REVIEW.fullmatch(text)
    if match is not None:
        yield "Article ID", match["id"]
        yield "Last Review", match["date"]
        yield "Revision", match["revision"]
        return
    match = _INFO.fullmatch(text)
    if match is not None and match[2].strip():
        value = match[2].strip()
        if match[1].lower() == "article id":
            value = value.partition(" - ")[0]  # "Article ID: 950001 - View products"
        yield match[1], value


def has_article_id(info: Mapping[str, Line]) -> bool:
    """Tell whether the document names the article's number beside a label."""
    return any(name in info for name in _ID_LABELS)


_SPELLED = re.compile(r"([A-Za-z]{3,9}) ([0-9]{1,2}), ([0-9]{4})", re.ASCII)
_SPELLED_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def footer_date(line: Line | None) -> date | None:
    """Read a date of the footer, spelled out or written month/day/year.

    The footer does not say its order.  It is taken as American because the
    archive and its articles are; where the first number is above 12 the
    document contradicts that, and nothing is guessed.  These dates say where
    a specification came from and reach no package.

    Raises:
        ArticleError: The text is no such date.
    """
    if line is None or not line.text:
        return None
    match = _US_DATE.fullmatch(line.text)
    if match is not None:
        month, day, year = map(int, match.groups())
        try:
            return date(year, month, day)
        except ValueError:
            pass
    match = _SPELLED.fullmatch(line.text)
    if match is not None and match[1].casefold() in _SPELLED_MONTHS:
        month = _SPELLED_MONTHS.index(match[1].casefold()) + 1
        try:
            return date(int(match[3]), month, int(match[2]))
        except ValueError:
            pass
    raise ArticleError(f"{line.text!r} is no date month/day/year", line=line.number)


_ID = re.compile(r"(?:KB ?)?([1-9][0-9]{3,8})", re.ASCII | re.IGNORECASE)
_TITLE_NUMBER = re.compile(
    r"KB ?([1-9][0-9]{3,8})\b|.*\((?:KB ?)?([1-9][0-9]{5,8})\)$", re.ASCII
)
_PACKAGE_NUMBER = re.compile(r"package_(?:[0-9]{1,9}_)?for_kb([1-9][0-9]{3,8})[_~]")


_ID_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "article id": "Article ID",
        "original kb number": "original KB number",
        "kb number": "KB number",
    }
)


def stated_number(
    info: Mapping[str, Line],
    heading: Line | None,
    rows: Iterable[tuple[int, FileEntry]],
) -> int | None:
    """Find the article's number where it is stated; all places must agree.

    The places are the "Article ID" of the footer, a title that starts with
    "KB967724" or ends in "(967724)", and the names of the packages.  Other
    numbers in a title are other articles.

    Raises:
        ArticleError: Two places contradict each other.
    """
    claims = [*_stated_numbers(info, heading)]
    for line, entry in rows:
        match = _PACKAGE_NUMBER.match(entry.name.casefold())
        if match is not None:
            claims.append((int(match[1]), line))
    return agreed(claims, "the article's number")


def _stated_numbers(
    info: Mapping[str, Line], heading: Line | None
) -> Iterator[tuple[int, int]]:
    for name in _ID_LABELS:
        if name in info:
            line = info[name]
            match = _ID.fullmatch(line.text)
            if match is None:
                raise ArticleError(
                    f"the {_ID_LABELS[name]} {line.text!r} is no number",
                    line=line.number,
                )
            yield int(match[1]), line.number
    if heading is not None:
        match = _TITLE_NUMBER.match(heading.text)
        if match is not None:
            yield int(match[1] or match[2]), heading.number
