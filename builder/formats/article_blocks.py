"""What the readers of all shapes make of an article: lines and grids of cells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.errors import ArticleError
from builder.formats.article_facts import Line
from builder.model.text import refused

BREAK = "\n"
"""Stands in a cell for a forced line break, such as <br/>."""

_INVISIBLE = {ord(c): None for c in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}
_BLANKS = {ord(c): " " for c in "\t\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000"}
_WORD = re.compile(r"[^ \t\n\r]+")
"""Other control characters are no blanks: they have to be found, and refused."""
_DASHES = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A row of cells; a merged cell stands first and leaves the others empty.

    Attributes:
        line: 1-based; where the row starts.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table whose cells the document keeps apart.

    Attributes:
        is_list: The whole document is one table, as lists with delimiters are.
    """

    rows: tuple[GridRow, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GluedTable:
    """A table whose cells flattened text has glued: header and rows."""

    header: Line
    body: tuple[Line, ...]


Block = Line | Grid | GluedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An article as its reader hands it on.

    Attributes:
        title: What the document marks as its title, or None.
        reviewed: The text of a date that its head gives, or None.
    """

    blocks: tuple[Block, ...]
    title: Line | None = None
    reviewed: Line | None = None


def clean(text: str) -> str:
    """Return a text with plain blanks, one at a time, and nothing invisible."""
    if not text.isascii():
        text = text.translate(_INVISIBLE).translate(_BLANKS)
    return " ".join(_WORD.findall(text))


def clean_cell(text: str) -> str:
    """Clean a cell; forced line breaks stay."""
    text = text.strip(BREAK + " ")
    if BREAK not in text:
        return clean(text)
    return BREAK.join(clean(part) for part in text.split(BREAK)).strip(BREAK + " ")


def dashed(text: str) -> str:
    """Return a text with every kind of hyphen and dash as "-"."""
    return text.translate(_DASHES)


def check_text(text: str, line: int) -> None:
    """Refuse characters that no fact may contain.

    Raises:
        ArticleError: There is one.
    """
    found = refused(text)
    if found is not None:
        raise ArticleError(
            f"the control character U+{ord(found[0]):04X} is not text", line=line
        )


def prose(blocks: Iterable[Block]) -> list[Line]:
    """Return the lines that stand outside of tables."""
    return [block for block in blocks if isinstance(block, Line)]
