"""Facts that an article states in words: numbers, products, restart, dates.

The sentences are Microsoft's stock phrases; what none of the known phrases
fits is an error, not a default.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from builder.errors import ArticleError
from builder.model.kb import FileEntry, RegistryChange, Restart

LONGEST_LINE = 8192
"""In characters; facts are not looked for in longer lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an article, without blanks around it.

    Attributes:
        number: 1-based.
    """

    number: int
    text: str


class Topic(StrEnum):
    """The sections whose sentences are facts for us."""

    PREREQUISITES = "prerequisites"
    RESTART = "restart requirement"
    REPLACEMENT = "replacement information"
    REGISTRY = "registry information"


_HEADINGS = {
    "prerequisites": Topic.PREREQUISITES,
    "restart requirement": Topic.RESTART,
    "restart requirements": Topic.RESTART,
    "restart information": Topic.RESTART,
    "hotfix replacement information": Topic.REPLACEMENT,
    "update replacement information": Topic.REPLACEMENT,
    "security update replacement information": Topic.REPLACEMENT,
    "registry information": Topic.REGISTRY,
}
_OTHER_HEADINGS = frozenset(
    {
        *("applies to", "article info", "cause", "file information"),
        *("hotfix information",),
        *("introduction", "keywords", "more information", "properties"),
        *("references", "resolution", "status", "summary", "symptoms"),
        *("update information", "workaround", "installation instructions"),
    }
)
_ARROW = "\N{UPWARDS ARROW} back to the top"


def sections(lines: Iterable[Line]) -> dict[Topic, list[Line]]:
    """Collect the non-empty lines below each heading that we know.

    A section ends at the next known heading or at a link to the top.
    """
    found: dict[Topic, list[Line]] = {}
    topic: Topic | None = None
    for line in lines:
        folded = line.text.casefold().removesuffix(":")
        if folded in _HEADINGS:
            topic = _HEADINGS[folded]
            found.setdefault(topic, [])
        elif folded in _OTHER_HEADINGS or folded == _ARROW:
            topic = None
        elif topic is not None and line.text and len(line.text) <= LONGEST_LINE:
            found[topic].append(line)
    return found


def is_heading(text: str) -> bool:
    """Tell whether a line is a heading that we know, or a link to the top."""
    folded = text.casefold().removesuffix(":")
    return folded in _HEADINGS or folded in _OTHER_HEADINGS or folded == _ARROW


_NOTICE = "notice:"
_LONGEST_TITLE = 500


def title(lines: Iterable[Line]) -> Line:
    """Return the first line that is no archive's notice.

    Raises:
        ArticleError: There is none before the first known heading.
    """
    for line in lines:
        if line.text and not line.text.casefold().startswith(_NOTICE):
            if is_heading(line.text):
                raise ArticleError("there is no title above", line=line.number)
            if len(line.text) > _LONGEST_TITLE:
                raise ArticleError(
                    f"{len(line.text)} characters are too many for a title",
                    line=line.number,
                )
            return line
    raise ArticleError("there is no title", line=1)


_INFO = re.compile(
    r"(article id|revision|created on|published on) {0,8}: {0,8}(.{0,80})",
    re.ASCII | re.IGNORECASE,
)


def info(lines: Iterable[Line]) -> dict[str, Line]:
    """Collect the "Name : value" lines of the article's footer.

    Returns:
        By lower-case name: "article id", "revision", "created on",
        "published on"; the text of each line is the value alone.

    Raises:
        ArticleError: A name has two different values.
    """
    found: dict[str, Line] = {}
    for line in lines:
        match = _INFO.fullmatch(line.text)
        if match is None:
            continue
        name, value = match[1].lower(), match[2].strip()
        first = found.setdefault(name, Line(number=line.number, text=value))
        if first.text != value:
            raise ArticleError(
                f"{match[1]!r} is {value!r}, but {first.text!r} in line {first.number}",
                line=line.number,
            )
    return found


_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def footer_date(line: Line | None) -> date | None:
    """Read a date of the footer, which is written month/day/year.

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
    raise ArticleError(f"{line.text!r} is no date month/day/year", line=line.number)


_ID = re.compile(r"(?:KB ?)?([1-9][0-9]{3,8})", re.ASCII | re.IGNORECASE)
_TITLE_NUMBER = re.compile(
    r"KB ?([1-9][0-9]{3,8})\b|.*\((?:KB ?)?([1-9][0-9]{5,8})\)$", re.ASCII
)
_PACKAGE_NUMBER = re.compile(r"package_(?:[0-9]{1,9}_)?for_kb([1-9][0-9]{3,8})[_~]")


def article_number(
    article_id: Line | None, heading: Line, rows: Iterable[tuple[int, FileEntry]]
) -> int:
    """Find the article's number where it is stated; all places must agree.

    The places are the "Article ID" of the footer, a title that starts with
    "KB967724" or ends in "(967724)", and the names of the packages.  Other
    numbers in a title are other articles.

    Raises:
        ArticleError: No place states it, or two contradict each other.
    """
    claims = [*_stated_numbers(article_id, heading)]
    for line, entry in rows:
        match = _PACKAGE_NUMBER.match(entry.name.casefold())
        if match is not None:
            claims.append((int(match[1]), line))
    number = _agreed(claims, "the article's number")
    if number is None:
        raise ArticleError("nothing states the article's number", line=heading.number)
    return number


def _stated_numbers(
    article_id: Line | None, heading: Line
) -> Iterator[tuple[int, int]]:
    if article_id is not None:
        match = _ID.fullmatch(article_id.text)
        if match is None:
            raise ArticleError(
                f"the Article ID {article_id.text!r} is no number",
                line=article_id.number,
            )
        yield int(match[1]), article_id.number
    match = _TITLE_NUMBER.match(heading.text)
    if match is not None:
        yield int(match[1] or match[2]), heading.number


_T = TypeVar("_T")


def _agreed(claims: Iterable[tuple[_T, int]], what: str) -> _T | None:
    """Return what all claims say, or None without claims."""
    first: tuple[_T, int] | None = None
    for value, line in claims:
        if first is None:
            first = value, line
        elif value != first[0]:
            raise ArticleError(
                f"{what} is {value} here, but {first[0]} in line {first[1]}", line=line
            )
    return None if first is None else first[0]


_PRODUCT = re.compile(
    r"\b(Windows (?:Server 20[0-9]{2}(?: R2)?|Vista|XP|2000|RT(?: 8\.1)?"
    r"|7|8\.1|8|10|11))(?![0-9A-Za-z])(?: (?:Service Pack |SP)([1-9])(?![0-9]))?",
    re.ASCII,
)
_NO = re.compile(r"\b(?:no|none|not)\b", re.ASCII | re.IGNORECASE)


def products(text: str) -> tuple[str, ...]:
    """List the Windows products that a sentence names, in its order.

    "Windows Vista SP2" and "Windows Vista Service Pack 2 (SP2)" are both
    given as "Windows Vista Service Pack 2".
    """
    found = (
        f"{base} Service Pack {level}" if level else base
        for base, level in _PRODUCT.findall(text)
    )
    return tuple(dict.fromkeys(found))


def prerequisites(lines: Sequence[Line]) -> tuple[str, ...]:
    """List the products that the section names.

    Raises:
        ArticleError: There is text, but neither a product nor a "no".
    """
    text = "\n".join(line.text for line in lines)
    found = products(text)
    if not found and lines and not _NO.search(text):
        raise ArticleError(
            "the prerequisites name no product that is known", line=lines[0].number
        )
    return found


def _sentences(lines: Iterable[Line], *words: str) -> Iterator[tuple[str, int]]:
    """Yield each sentence with one of the words, in lower case between blanks."""
    for line in lines:
        for sentence in line.text.lower().split("."):
            if any(word in sentence for word in words):
                yield f" {sentence} ", line.number


_NEGATION = re.compile(r"\bnot\b|n[\u2019\']t\b|\bno\b")
_DUTY = re.compile(r"\b(?:have to|has to|must|requires?|required|needs?)\b")
_MAYBE = re.compile(r"\b(?:may|might|could|if|unless|except)\b")


def restart(lines: Sequence[Line]) -> Restart:
    """Judge what the section says about restarting the computer.

    Raises:
        ArticleError: It says nothing that is known, or two different things.
    """

    def claims() -> Iterator[tuple[Restart, int]]:
        for sentence, line in _sentences(lines, "restart", "reboot"):
            if " chance " in sentence or " avoid " in sentence:
                continue  # advice about the restart that another sentence names
            if _MAYBE.search(sentence):
                yield Restart.POSSIBLE, line
            elif _NEGATION.search(sentence):
                yield Restart.NONE, line
            elif _DUTY.search(sentence):
                yield Restart.REQUIRED, line

    return _stated(claims(), Topic.RESTART, lines)


def _stated(
    claims: Iterable[tuple[_T, int]], topic: Topic, lines: Sequence[Line]
) -> _T:
    """Return what all claims about a topic say; there must be one."""
    said = _agreed(claims, f"the {topic}")
    if said is None:
        raise ArticleError(
            f"the {topic} is not stated in words that are known",
            line=lines[0].number if lines else None,
        )
    return said


def registry(lines: Sequence[Line] | None) -> RegistryChange | None:
    """Judge whether the registry has to be changed; None without the section.

    Raises:
        ArticleError: It says nothing that is known, or two different things.
    """
    if lines is None:
        return None

    def claims() -> Iterator[tuple[RegistryChange, int]]:
        for sentence, line in _sentences(lines, "registry"):
            if _NEGATION.search(sentence):
                yield RegistryChange.NONE, line
            elif _DUTY.search(sentence):
                yield RegistryChange.REQUIRED, line

    return _stated(claims(), Topic.REGISTRY, lines)


_ARTICLE = re.compile(r"(?<![0-9.])(?:KB ?)?([1-9][0-9]{5,6})(?![0-9])", re.ASCII)


def replaces(lines: Sequence[Line] | None, number: int) -> tuple[int, ...]:
    """List the articles whose packages are replaced.

    Raises:
        ArticleError: Nothing known is said, or a "not" stands beside numbers,
            or the article replaces itself.
    """
    if lines is None:
        return ()
    claims = (
        (_NEGATION.search(sentence) is None, line)
        for sentence, line in _sentences(lines, "replace", "supersede")
    )
    if not _stated(claims, Topic.REPLACEMENT, lines):
        lines = [line for line in lines if _ARTICLE.search(line.text)]
        if lines:
            raise ArticleError(
                "an article is named, but nothing is said to be replaced",
                line=lines[0].number,
            )
        return ()
    found = {
        int(digits): line.number
        for line in lines
        for digits in _ARTICLE.findall(line.text)
    }
    if number in found:
        raise ArticleError("the article replaces itself", line=found[number])
    if not found:
        raise ArticleError("no replaced article is named", line=lines[0].number)
    return tuple(found)
