"""Articles in HTML, as browsers and archives save them.

Scripts and styles are passed over, nothing is fetched, and a table that only
arranges the page is read as the text that it holds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from builder.errors import ArticleError, LimitError
from builder.formats.article_blocks import (
    BREAK,
    Block,
    GluedTable,
    Grid,
    GridRow,
    Outline,
    check_text,
    clean,
    clean_cell,
)
from builder.formats.article_columns import Column, label
from builder.formats.article_facts import Line
from builder.model.limits import Limits

_SKIPPED = frozenset(
    {
        *("script", "style", "template", "noscript", "svg", "math", "select"),
        *("object", "iframe", "nav", "head", "button"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption"})
_BLOCKS = _HEADINGS | frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd"),
        *("details", "div", "dl", "dt", "fieldset", "figure", "footer", "form"),
        *("header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_CELLS = ("td", "th")
_DEEPEST_TABLES = 16
_WIDEST = 64
"""Columns of a table; merged cells may not ask for more."""
_LONGEST_SPAN = 1000
_UNSEEN_LINES = 0xFFFF
"""The parser counts lines no further."""
_SITE = re.compile(r" [-|] (?:Microsoft|Windows)[^-|]{0,40}$")

Element = etree._Element  # noqa: SLF001 - lxml's public name for it


@dataclass(slots=True)
class _Flow:
    """Lines and grids in page order; the line that is being collected."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    line: int = 1
    headings: int = 0
    title: Line | None = None

    def add(self, text: str | None, line: int) -> None:
        if text:
            if not self.parts:
                self.line = line
            self.parts.append(text)

    def end_line(self, *, tag: str = "") -> None:
        text = clean("".join(self.parts))
        self.parts.clear()
        if not text:
            return
        check_text(text, self.line)
        line = Line(number=self.line, text=text, is_heading=self.headings > 0)
        if tag == "h1" and self.title is None:
            self.title = line
        self.blocks.append(line)


def read_html(text: str, *, limits: Limits, first_line: int = 1) -> Outline:
    """Read a page, or a part of one.

    Args:
        first_line: The line of the document that `text` starts on.

    Raises:
        ArticleError: The page cannot be read as a whole.
        LimitError: It has more markup than `limits` allow.
    """
    if text.count("<") + text.count("=") > limits.markup:
        raise LimitError(f"an article may have {limits.markup:,} tags and attributes")
    if "\0" in text:
        line = first_line + text.count("\n", 0, text.index("\0"))
        raise ArticleError("the control character U+0000 is not text", line=line)
    root = _parse(text)
    if root is None:
        return Outline(blocks=())
    flow = _Flow()
    try:
        _walk(root, flow)
    except ArticleError as error:
        error.line = (error.line or 1) + first_line - 1
        raise
    if first_line == 1:
        title = flow.title or _page_title(root)
        return Outline(blocks=tuple(flow.blocks), title=title)
    return Outline(blocks=tuple(_moved(b, first_line - 1) for b in flow.blocks))


def _moved(block: Block, lines: int) -> Block:
    """Return a block of a part as one of the whole document."""
    match block:
        case Line():
            return replace(block, number=block.number + lines)
        case Grid():
            rows = tuple(replace(row, line=row.line + lines) for row in block.rows)
            return replace(block, rows=rows)
        case GluedTable():
            return block  # no page has one


def _parse(text: str) -> Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    # lxml refuses text with an encoding declaration, not bytes with a known one.
    data = text.encode("utf-8", "replace")
    try:
        # None for a page without any element, whatever the stubs say.
        root: Element | None = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ArticleError(f"this HTML cannot be read: {error}", line=1) from error
    for fault in parser.error_log:
        # The parser mends markup, but drops what lies below its limits.
        if fault.type_name == "ERR_RESOURCE_LIMIT" or "depth" in fault.message:
            raise ArticleError("tags nested too deep", line=max(fault.line, 1))
    return root


def _page_title(root: Element) -> Line | None:
    found = root.find(".//title")
    text = clean(found.text or "") if found is not None else ""
    text = _SITE.sub("", text)
    if found is None or not text:
        return None
    check_text(text, _line(found))
    return Line(number=_line(found), text=text)


def _line(element: Element) -> int:
    return min(int(element.sourceline or 1), _UNSEEN_LINES)


def _tag(element: Element) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def _walk(root: Element, flow: _Flow) -> None:
    """Turn the page into blocks, in its order, without recursion."""
    tables = 0
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = _tag(element)
        if event == "start":
            if tag in _BLOCKS:
                flow.end_line()
            flow.headings += tag in _HEADINGS
            if tag == "table":
                tables += 1
                if tables > _DEEPEST_TABLES:
                    raise ArticleError("tables nested too deep", line=_line(element))
                if _add_table(element, flow):
                    walker.skip_subtree()
            elif not tag or tag in _SKIPPED:
                walker.skip_subtree()
            else:
                flow.add(element.text, _line(element))
            continue
        tables -= tag == "table"
        if tag in _BLOCKS:
            flow.end_line(tag=tag)
        flow.headings -= tag in _HEADINGS
        flow.add(element.tail, _line(element))
    flow.end_line()


def _add_table(table: Element, flow: _Flow) -> bool:
    """Add a table as a grid, unless it only arranges the page."""
    has_inner = next(table.iterdescendants("table"), None) is not None
    grid = _grid(table)
    if has_inner and not any(
        label(row.cells[0]) is Column.NAME for row in grid.rows if row.cells
    ):
        return False
    flow.blocks.append(grid)
    if has_inner:
        flow.blocks.extend(_grid(inner) for inner in table.iterdescendants("table"))
    return True


@dataclass(slots=True)
class _Span:
    """A merged cell that reaches into the rows below."""

    text: str
    rows: int


def _grid(table: Element) -> Grid:
    """Read the cells of a table; those of tables inside are not its own."""
    rows: list[GridRow] = []
    spans: dict[int, _Span] = {}
    for line, cells in _own_rows(table):
        row: list[str] = []
        for text, width, height in cells:
            if spans:
                _fill(row, spans)
            if height > 1:
                spans[len(row)] = _Span(text=text, rows=height - 1)
            row += [text, *[""] * (width - 1)]
            if len(row) > _WIDEST:
                raise ArticleError(
                    f"a table with more than {_WIDEST} columns", line=line
                )
        _fill(row, spans)
        for cell in row:
            check_text(cell.replace(BREAK, " "), line)
        rows.append(GridRow(line=line, cells=tuple(row) or ("",)))
    return Grid(rows=tuple(rows))


def _fill(row: list[str], spans: dict[int, _Span]) -> None:
    """Put the merged cells from above where the row has come to."""
    while len(row) in spans:
        at = len(row)
        span = spans[at]
        span.rows -= 1
        if not span.rows:
            del spans[at]
        row.append(span.text)


_Cell = tuple[str, int, int]


@dataclass(slots=True)
class _Rows:
    """The row and the cell that are being collected."""

    line: int
    cells: list[_Cell] = field(default_factory=list)
    parts: list[str] | None = None

    def open(self, element: Element, tag: str) -> None:
        if self.parts is None and not self.cells:
            self.line = _line(element)
        if tag in _CELLS:
            self.parts = []
        elif self.parts is not None and tag in _BLOCKS:
            self.parts.append(BREAK)
        self.add(element.text)

    def add(self, text: str | None) -> None:
        if self.parts is not None and text:
            self.parts.append(text.replace("\n", " "))

    def close(self, element: Element, tag: str) -> None:
        if tag in _CELLS and self.parts is not None:
            width = _number(element, "colspan", _WIDEST)
            height = _number(element, "rowspan", _LONGEST_SPAN)
            self.cells.append((clean_cell("".join(self.parts)), width, height))
            self.parts = None
        elif self.parts is not None and tag in _BLOCKS and tag != "br":
            self.parts.append(BREAK)
        self.add(element.tail)


def _own_rows(table: Element) -> Iterator[tuple[int, list[_Cell]]]:
    """Yield the line and the cells of each row: text, width, height."""
    rows = _Rows(line=_line(table))
    walker = etree.iterwalk(table, events=("start", "end"))
    for event, element in walker:
        tag = _tag(element)
        is_foreign = tag == "table" and element is not table
        if event == "end":
            if tag in ("tr", "table") and rows.cells and not is_foreign:
                yield rows.line, rows.cells
                rows = _Rows(line=rows.line)
            if element is not table:
                rows.close(element, tag)
        elif is_foreign or tag in _SKIPPED or not tag:
            walker.skip_subtree()
        else:
            rows.open(element, tag)
            if tag in _CELLS and (text := _plain_text(element)) is not None:
                rows.add(text)
                walker.skip_subtree()


def _plain_text(cell: Element) -> str | None:
    """Return what the only paragraph of a cell holds; None for other cells.

    Most cells of saved pages are such, and walking over them is slow.
    """
    if len(cell) != 1 or (cell[0].tail or "").strip():
        return None
    only = cell[0]
    return only.text or "" if only.tag == "p" and not len(only) else None


def _number(element: Element, name: str, limit: int) -> int:
    text = element.get(name)
    if text is None:
        return 1
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return 1
    return max(1, min(int(text), limit))
