"""Which shape an article document has, found by content."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum


class Shape(StrEnum):
    """The shapes of KB articles, in the words of error messages."""

    FLATTENED = "flattened text"
    HTML = "an HTML page"
    MHTML = "a saved web archive (MHTML)"
    MARKDOWN = "Markdown"
    DELIMITED = "a list with delimiters (CSV or TSV)"
    JSON = "JSON"
    VERTICAL = "text with one attribute per line"
    CELLS = "text with one table cell per line"
    UNKNOWN = "text without a file table"


_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|tr|td|th|div)\b",
    re.ASCII | re.IGNORECASE,
)
_MHTML = re.compile(r"mime-version\s*:", re.ASCII | re.IGNORECASE)
_JSON = re.compile(r"\s*[{\[]")
_GLUED = re.compile(r"file name *(?:file version|file size)", re.ASCII | re.IGNORECASE)
_DELIMITED = re.compile(
    r'"?file name"? *[,;\t] *"?file (?:version|size)', re.ASCII | re.IGNORECASE
)
_VERTICAL = re.compile(
    r"file (?:version|size)[ :]*(?:[0-9]|not )", re.ASCII | re.IGNORECASE
)


def _is_markdown(line: str) -> bool:
    return line.lstrip("> -\t").startswith("|") and line.count("|") > 2


_TESTS: tuple[tuple[Shape, Callable[[str, Sequence[str]], object]], ...] = (
    (Shape.JSON, lambda text, _: _JSON.match(text)),
    (Shape.MHTML, lambda text, _: _MHTML.match(text.lstrip())),
    (Shape.HTML, lambda text, _: _HTML.search(text)),
    (Shape.DELIMITED, lambda _, lines: any(map(_DELIMITED.match, lines))),
    (Shape.MARKDOWN, lambda _, lines: any(map(_is_markdown, lines))),
    (Shape.FLATTENED, lambda _, lines: any(map(_GLUED.match, lines))),
    (
        Shape.CELLS,
        lambda _, lines: {"file name", "file size"} <= set(map(str.casefold, lines)),
    ),
    (Shape.VERTICAL, lambda _, lines: any(map(_VERTICAL.match, lines))),
)


def recognise(text: str) -> Shape:
    """Tell the shape of a document by the first test that holds.

    The answer for a mixture is a guess about its author's tool, good enough
    for an error message: only FLATTENED is read, and its reader checks again.
    """
    lines = [line.strip() for line in text.split("\n")]
    for shape, holds in _TESTS:
        if holds(text, lines):
            return shape
    return Shape.UNKNOWN


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
