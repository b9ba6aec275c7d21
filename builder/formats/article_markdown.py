"""Articles in Markdown: pipe tables, headings, a head between lines of dashes."""

import html
import re
from collections.abc import Sequence

from builder.formats.article_blocks import (
    BREAK,
    Block,
    Grid,
    GridRow,
    Outline,
    check_text,
    clean,
    clean_cell,
)
from builder.formats.article_facts import LONGEST_LINE, Line
from builder.formats.article_html import read_html
from builder.model.limits import Limits

_PIPE = re.compile(r"(?<!\\)\|")
_RULE_CELL = re.compile(r" *:?-+:? *")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*$")
_MARKER = re.compile(r"(?:[-*+]|[0-9]{1,3}[.)])[ \t]+")
_LINK = re.compile(
    r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,500}(?:\([^()]{0,100}\))?[^()]{0,200}\)"
)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--.{0,300}?-->")
_EMPHASIS = re.compile(r"(?<!\w)_([^_]{1,200})_(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST_CELL = 1024


def read_markdown(text: str, *, limits: Limits) -> Outline:
    """Read an article in Markdown; tables in HTML inside of it are read, too.

    Raises:
        ArticleError: A table inside cannot be read.
        LimitError: It has more markup than `limits` allow.
    """
    lines = text.split("\n")
    at, title, reviewed = _front_matter(lines)
    top: Line | None = None
    blocks: list[Block] = []
    while at < len(lines):
        line = lines[at].strip("\t >")
        if line.lower().startswith("<table"):
            end = _table_end(lines, at)
            part = "\n".join(lines[at:end])
            inner = read_html(part, limits=limits, first_line=at + 1)
            blocks.extend(inner.blocks)
        elif _is_row(lines, at):
            end = at
            while end < len(lines) and "|" in lines[end]:
                end += 1
            blocks.append(_grid(lines, at, end))
        else:
            end = at + 1
            found = _line(line, end)
            if top is None and found.is_heading and lines[at].startswith("# "):
                top = found
            blocks.append(found)
        at = end
    first = next((b for b in blocks if isinstance(b, Line) and b.is_heading), None)
    return Outline(blocks=tuple(blocks), title=top or title or first, reviewed=reviewed)


def _front_matter(lines: Sequence[str]) -> tuple[int, Line | None, Line | None]:
    """Read the head of the document; return where the text starts."""
    if not lines or lines[0].strip() != "---":
        return 0, None, None
    title = reviewed = None
    for at, line in enumerate(lines[1:200], start=1):
        name, _, value = line.partition(":")
        value = clean(value).strip("\"'")
        if line.strip() == "---":
            return at + 1, title, reviewed
        if name == "title" and value:
            title = Line(number=at + 1, text=value[:LONGEST_LINE])
        elif name == "ms.date" and value:
            reviewed = Line(number=at + 1, text=value[:80])
    return 0, None, None


def _table_end(lines: Sequence[str], start: int) -> int:
    for at in range(start, len(lines)):
        if "</table" in lines[at].lower():
            return at + 1
    return len(lines)


def _is_row(lines: Sequence[str], at: int) -> bool:
    line = lines[at].strip("\t >")
    if line.startswith("|") and "|" in line[1:]:
        return True
    has_rule = at + 1 < len(lines) and _is_rule(lines[at + 1])
    return "|" in line and has_rule


def _is_rule(line: str) -> bool:
    return "|" in line and all(
        _RULE_CELL.fullmatch(cell) for cell in _split(line.strip("\t >"))
    )


def _split(line: str) -> list[str]:
    """Split a row at its pipes; those at both ends only frame it."""
    cells = _PIPE.split(line.strip())
    if cells and not cells[0].strip():
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return cells or [""]


def _grid(lines: Sequence[str], start: int, end: int) -> Grid:
    rows = []
    for at in range(start, end):
        if _is_rule(lines[at]):
            continue
        cells = tuple(_cell(cell) for cell in _split(lines[at].strip("\t >")))
        for cell in cells:
            check_text(cell.replace(BREAK, " "), at + 1)
        rows.append(GridRow(line=at + 1, cells=cells))
    return Grid(rows=tuple(rows))


def _cell(text: str) -> str:
    text = text.strip()
    if len(text) > _LONGEST_CELL:
        return text
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(BREAK, text))
    if len(text) > 2 and text[0] == text[-1] == "`":
        return clean_cell(text.strip("`"))
    return clean_cell(_plain(text).strip("*"))


def _plain(text: str) -> str:
    """Take away what marks emphasis, links and escapes."""
    if "[" in text:
        text = _LINK.sub(r"\1", text)
    if "**" in text:
        text = text.replace("**", "")
    if "&" in text:
        text = html.unescape(text)
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _line(text: str, number: int) -> Line:
    if len(text) > LONGEST_LINE:
        return Line(number=number, text=text)
    heading = _HEADING.fullmatch(text)
    is_heading = heading is not None
    if heading is not None:
        text = heading[2]
    else:
        text = _MARKER.sub("", text, count=1) if _MARKER.match(text) else text
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    if "_" in text:
        text = _EMPHASIS.sub(r"\1", text)
    text = clean(_plain(text))
    check_text(text, number)
    return Line(number=number, text=text, is_heading=is_heading and bool(text))
