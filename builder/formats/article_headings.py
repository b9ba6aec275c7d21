"""Headings of file tables: which architecture and products they speak of."""

import re
from dataclasses import dataclass

from builder.formats import article_facts as facts
from builder.formats.article_blocks import dashed
from builder.formats.article_cells import PLATFORM_WORDS
from builder.formats.article_facts import Line
from builder.model.identity import Architecture

LONGEST = 300
"""In characters; longer lines are no headings."""

_WORD = r"(?P<word>x86|x64|amd64|IA-?64|Itanium|ARM-?64|ARM|32-bit)"
_EXACT = (
    re.compile(
        rf"(?P<products>Windows [^,]*), {_WORD}-based versions?",
        re.ASCII | re.IGNORECASE,
    ),
    re.compile(
        rf"(?:Additional files for|For) all supported {_WORD}-based versions? of "
        r"(?P<products>Windows .*)",
        re.ASCII | re.IGNORECASE,
    ),
)
_NEXT_PRODUCT = re.compile(r"(?:,? and(?: of| for)?|,) (?=Windows )", re.ASCII)
_BASED = re.compile(
    r"\b(x86|x64|amd64|IA-?64|Itanium|ARM-?64|ARM)[- ](?:processor[- ])?based\b"
    r"|\b(32-bit) (?:version|edition|system)",
    re.ASCII | re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:for )?(?:all )?(?:supported )?(?:\(?(?P<first>x86|x64|amd64|IA-?64|Itanium"
    r"|ARM-?64|ARM)\)?(?: (?:versions?|editions?|systems?))?(?: (?:of |for )?Windows"
    r"(?:[^.]|8\.1){1,120})?|Windows(?:[^.,()]|8\.1){1,120},? \(?"
    r"(?P<last>x86|x64|amd64|IA-?64|Itanium|ARM-?64|ARM)\)?"
    r"(?: (?:versions?|editions?|systems?))?)",
    re.ASCII | re.IGNORECASE,
)
_ANY = re.compile(
    r"(?<![\w~.-])(x86|x64|amd64|IA-?64|Itanium|ARM-?64|ARM)(?![\w~.])",
    re.ASCII | re.IGNORECASE,
)
_FILES = re.compile(r"\bfile information\b", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a heading says about the tables below.

    Attributes:
        section: None where it names no architecture, or several.
        products: As printed; empty where it names none.
        label: The line right above the table, where it could be a title.
    """

    section: Architecture | None
    products: tuple[str, ...]
    label: str | None = None

    @property
    def product(self) -> str | None:
        """What the tables below are about, in one line, or None."""
        return ", ".join(self.products) or self.label


def _words(text: str) -> set[Architecture]:
    """Return the architectures that a marked heading names."""
    return {PLATFORM_WORDS[match.casefold()] for match in _ANY.findall(text)}


def read_heading(line: Line) -> Heading | None:
    """Read a line as the heading of tables; None where it is something else.

    Text that the document marks as a heading may say more freely what it is
    about; other text has to be written the way such headings are.
    """
    if not line.text or len(line.text) > LONGEST:
        return None
    text = dashed(line.text).rstrip(": ")
    for pattern in _EXACT:
        match = pattern.fullmatch(text)
        if match is not None:
            return Heading(
                section=PLATFORM_WORDS[match["word"].casefold()],
                products=tuple(_NEXT_PRODUCT.split(match["products"])),
            )
    if text[-1:] in {".", "!", "?", ";"} and not line.is_heading:
        return None
    found = {
        PLATFORM_WORDS[(word or narrow).casefold()]
        for word, narrow in _BASED.findall(text)
    }
    short = _SHORT.fullmatch(text)
    if not found and short is not None:
        found = {PLATFORM_WORDS[(short["first"] or short["last"]).casefold()]}
    if not found and line.is_heading:
        found = _words(text)
    if found or line.is_heading or _names_files(text):
        return Heading(
            section=found.pop() if len(found) == 1 else None,
            products=facts.products(text),
        )
    return None


def is_bare(text: str) -> bool:
    """Tell whether a heading is little more than the name of an architecture.

    So short a line can be what is left of a damaged row.
    """
    text = dashed(text).rstrip(": ")
    return _SHORT.fullmatch(text) is not None and _BASED.search(text) is None


def _names_files(text: str) -> bool:
    """Tell whether a line stands above the file tables of a product."""
    return _FILES.search(text) is not None and bool(facts.products(text))
