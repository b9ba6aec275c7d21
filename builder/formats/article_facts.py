"""Facts that an article states in words: title, products, restart, registry.

The sentences are Microsoft's stock phrases; what none of the known phrases
fits is an error, not a default.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from builder.errors import ArticleError
from builder.model.kb import RegistryChange, Restart

LONGEST_LINE = 8192
"""In characters; facts are not looked for in longer lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an article, without blanks around it.

    Attributes:
        number: 1-based.
        is_heading: The document marks it as a heading.
    """

    number: int
    text: str
    is_heading: bool = False


class Topic(StrEnum):
    """The sections whose sentences are facts for us."""

    PREREQUISITES = "prerequisites"
    RESTART = "restart requirement"
    REPLACEMENT = "replacement information"
    REGISTRY = "registry information"
    APPLIES = "applies to"


_HEADINGS = {
    "prerequisites": Topic.PREREQUISITES,
    "restart requirement": Topic.RESTART,
    "restart requirements": Topic.RESTART,
    "restart information": Topic.RESTART,
    "hotfix replacement information": Topic.REPLACEMENT,
    "update replacement information": Topic.REPLACEMENT,
    "security update replacement information": Topic.REPLACEMENT,
    "replacement information": Topic.REPLACEMENT,
    "update replacement": Topic.REPLACEMENT,
    "registry information": Topic.REGISTRY,
    "applies to": Topic.APPLIES,
}
_OTHER_HEADINGS = frozenset(
    {
        *("article info", "cause", "file information", "download information"),
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
        elif folded in _OTHER_HEADINGS or folded == _ARROW or line.is_heading:
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


_T = TypeVar("_T")


def agreed(claims: Iterable[tuple[_T, int]], what: str) -> _T | None:
    """Return what all claims, each with its line, say; None without claims.

    Raises:
        ArticleError: Two of them contradict each other.
    """
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
    return tuple(p for p in found if not any(o.startswith(f"{p} Serv") for o in found))


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

    said = list(claims())
    if any(value is Restart.POSSIBLE for value, _ in said):
        # "It is not needed.  If files are in use, it may be": the second counts.
        said = [claim for claim in said if claim[0] is not Restart.NONE]
    return _stated(said, Topic.RESTART, lines)


def _stated(
    claims: Iterable[tuple[_T, int]], topic: Topic, lines: Sequence[Line]
) -> _T:
    """Return what all claims about a topic say; there must be one."""
    said = agreed(claims, f"the {topic}")
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


_BULLETIN = re.compile(r"\bMS[0-9]{2}-[0-9]{3}\b", re.ASCII)
_ARTICLE = re.compile(r"(?<![0-9.])(?:KB ?)?([1-9][0-9]{5,6})(?![0-9])", re.ASCII)


def replaces(lines: Sequence[Line] | None, number: int) -> tuple[int, ...]:
    """List the articles whose packages are replaced; bulletins have no number.

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
    if not found and not any(_BULLETIN.search(line.text) for line in lines):
        raise ArticleError("no replaced article is named", line=lines[0].number)
    return tuple(found)


_REPLACED_BY = re.compile(
    r"\b(?:replaced|superseded) (?:by|with) (?:[A-Za-z]{1,12} ){0,6}(?:KB ?)?"
    r"([1-9][0-9]{5,6})(?![0-9])",
    re.ASCII | re.IGNORECASE,
)


def replaced_by(lines: Iterable[Line], number: int) -> tuple[int, ...]:
    """List the articles whose packages replace this one, where a line says so."""
    found = (
        int(digits)
        for line in lines
        if len(line.text) <= LONGEST_LINE
        for digits in _REPLACED_BY.findall(line.text)
    )
    return tuple(dict.fromkeys(other for other in found if other != number))


_MOST_PRODUCTS = 100
_LONGEST_PRODUCT = 200


def applies_to(
    sections: Mapping[Topic, Sequence[Line]], info: Mapping[str, Line]
) -> tuple[str, ...]:
    """List the products that an article without products in its tables names."""
    listed = [
        line.text
        for line in sections.get(Topic.APPLIES, ())
        if len(line.text) <= _LONGEST_PRODUCT and line.text[-1] not in ".:!?"
    ]
    if not listed and "original product version" in info:
        listed = re.split(r",? and |, ", info["original product version"].text)
    kept = (text.strip() for text in listed)
    return tuple(dict.fromkeys(text for text in kept if text))[:_MOST_PRODUCTS]
