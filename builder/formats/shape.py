"""Which shape an article document has, found by content."""

import re
from collections.abc import Callable
from enum import StrEnum

from builder.formats.article_facts import is_heading


class Shape(StrEnum):
    """The shapes of KB articles, in the words of messages."""

    HTML = "HTML page"
    MARKDOWN = "Markdown text"
    DELIMITED = "list with delimiters (CSV or TSV)"
    JSON = "kb.json"
    TEXT = "plain text"


_PAGE = re.compile(
    r"\s{0,2000}(?:<\?xml[^>]{0,200}>\s{0,200})?"
    r"<(?:!doctype\s{1,20}html|html|head|body)\b",
    re.ASCII | re.IGNORECASE,
)
_COMMENTED_PAGE = re.compile(
    r"\s{0,2000}<!--[^\0]{0,4000}?<(?:html|head|body)\b", re.ASCII | re.IGNORECASE
)
_TABLE = re.compile(r"<(?:table|tr|td|th)\b", re.ASCII | re.IGNORECASE)
_MHTML = re.compile(
    r"(?:[A-Za-z-]{1,60}:[^\n]{0,500}\n(?:[ \t][^\n]{0,500}\n){0,8}){0,12}"
    r"mime-version[ \t]*:",
    re.ASCII | re.IGNORECASE,
)
_JSON = re.compile(r"\s*[{\[]")
_DELIMITED = re.compile(
    r'"?(?:file *)?name"?[ \t]*([,;\t])[^\n]{0,80}\b(?:version|size|date|modified)',
    re.ASCII | re.IGNORECASE,
)
_DATE = re.compile(
    r"[,;\t] ?\"?(?:[0-9]{1,2}[-/][A-Za-z0-9]{1,9}[-/][0-9]{2,4}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2})\"?[,;\t ]",
    re.ASCII,
)
_FACTS = re.compile(r"[A-Z][^,;\t]{20,500}\.|article id ?:.{0,200}", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Tell whether a text is a page, or a part of one."""
    if _PAGE.match(text) or _COMMENTED_PAGE.match(text):
        return True
    return _TABLE.search(text) is not None and not _is_markdown(text)


def is_mhtml(text: str) -> bool:
    """Tell whether a text is a saved web archive."""
    return _MHTML.match(text.lstrip()[:20_000]) is not None


def _is_markdown(text: str) -> bool:
    if text.startswith(("---\n", "# ")) or "\n# " in text:
        return True
    return any(
        line.startswith("|") and line.count("|") > 2
        for line in (raw.lstrip("> -\t") for raw in text.split("\n"))
    )


def _is_prose(line: str) -> bool:
    """Tell whether a line is one of an article's text."""
    return is_heading(line) or _FACTS.fullmatch(line) is not None


def _is_list(text: str) -> bool:
    """Tell whether a text is one table: its lines are rows and titles."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or any(map(_is_prose, lines)):
        return False
    header = next(filter(None, map(_DELIMITED.match, lines)), None)
    if header is not None:
        titles = sum(header[1] not in line for line in lines)
        return 3 * titles <= 2 * len(lines)
    dated = sum(_DATE.search(line) is not None for line in lines)
    return dated * 2 > len(lines)


_TESTS: tuple[tuple[Shape, Callable[[str], object]], ...] = (
    (Shape.JSON, _JSON.match),
    (Shape.HTML, is_html),
    (Shape.MARKDOWN, _is_markdown),
    (Shape.DELIMITED, _is_list),
)


def recognise(text: str) -> Shape:
    """Tell the shape of a document by the first test that holds."""
    return next((shape for shape, holds in _TESTS if holds(text)), Shape.TEXT)


_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"%PDF-", "a PDF document"),
    (b"MSCF", "a cabinet"),
    (b"MZ", "a program"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)


def binary_shape(data: bytes) -> str | None:
    """Name a document that is no UTF-8 text by its first bytes, or None."""
    for magic, words in _BINARY:
        if data.startswith(magic):
            return words
    return None
