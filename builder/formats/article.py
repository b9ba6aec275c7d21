"""KB articles: the flattened text of a page -> what it promises.

Only flattened text is read so far.  Other shapes are recognised and refused
by name.  A reader of another shape yields the same `Line` and `Row` values,
so that evidence, contradictions and facts are judged once, here.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from builder.errors import ArticleError, LimitError
from builder.formats import article_facts as facts
from builder.formats.article_facts import Line, Topic
from builder.formats.buffer import Buffer
from builder.formats.rows import Row, RowError, readings, resembles_row, settle
from builder.formats.shape import Shape, binary_shape, recognise
from builder.model.identity import Architecture
from builder.model.kb import PLATFORMS, FileEntry, KbSpec, Provenance
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.text import refused

_SECTION_WORDS = {
    "x86": Architecture.X86,
    "x64": Architecture.AMD64,
    "ia-64": Architecture.IA64,
    "ia64": Architecture.IA64,
    "itanium": Architecture.IA64,
}
_BASED = r"(?P<word>x86|x64|IA-?64|Itanium)-based versions?"
_HEADINGS = (
    re.compile(rf"(?P<products>Windows [^,]*), {_BASED}", re.ASCII | re.IGNORECASE),
    re.compile(
        rf"(?:Additional files for|For) all supported {_BASED} of "
        r"(?P<products>Windows .*)",
        re.ASCII | re.IGNORECASE,
    ),
)
_LONGEST_HEADING = 500
_NEXT_PRODUCT = re.compile(r"(?:,? and(?: of)?|,) (?=Windows )", re.ASCII)
_HEADER_START = re.compile(r"file name *file ", re.ASCII | re.IGNORECASE)
_COLUMN = re.compile(
    r"(file name|file version|file size|date|time|platform)(?: \(utc\))?", re.ASCII
)
_EXPECTED = ("file name", "file version", "file size", "date", "time", "platform")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """A heading of a file table."""

    section: Architecture
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A file table: its heading, its header line and the lines below."""

    heading: _Heading
    header: Line
    body: tuple[Line, ...]


def parse_article(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> KbSpec:
    """Read the flattened text of a KB article.

    Each row is split by constraints and, where these leave several readings,
    by the evidence of the other rows; see `builder.formats.rows`.

    Args:
        data: UTF-8, with or without a byte order mark, any line ends.
        limits: `text` bounds the document.

    Returns:
        Facts only; rows in article order, times in UTC.

    Raises:
        ArticleError: Another shape, an unreadable or ambiguous row, a fact
            that is missing, or facts that contradict each other; `line` is
            the place.
        LimitError: The document has more than `limits.text` bytes or more
            lines than `limits.members`.
    """
    if len(data) > limits.text:
        raise LimitError(f"{len(data):,} bytes; an article may have {limits.text:,}")
    data = bytes(data)
    if data.count(b"\n") + data.count(b"\r") > limits.members:
        raise LimitError(f"an article may have {limits.members:,} lines")
    text = _decode(data)
    shape = recognise(text)
    if shape is not Shape.FLATTENED:
        raise ArticleError(
            f"this is {shape}; articles are read as flattened text only, so far"
        )
    lines = [
        Line(number=number, text=line.replace("\t", " ").strip(" "))
        for number, line in enumerate(text.split("\n"), 1)
    ]
    tables = tuple(_tables(lines))
    return _specification(lines, tables, sha256=hashlib.sha256(data).hexdigest())


def _decode(data: bytes) -> str:
    binary = binary_shape(data)
    if binary is not None:
        raise ArticleError(f"this is {binary}, not an article in UTF-8 text", offset=0)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(
            "this is not UTF-8 text",
            line=data.count(b"\n", 0, error.start) + 1,
            offset=error.start,
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    for number, line in enumerate(text.split("\n"), 1):
        found = refused(line.replace("\t", " "))
        if found is not None:
            raise ArticleError(
                f"the control character U+{ord(found[0]):04X} is not text", line=number
            )
    return text


def _tables(lines: Sequence[Line]) -> Iterator[_Table]:
    """Find the tables; a row outside of them is an error, not lost."""
    heading: _Heading | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not _HEADER_START.match(line.text):
            heading = _heading(line.text) or heading
            if resembles_row(line.text) and _is_row(line.text):
                raise ArticleError("a table row outside any table", line=line.number)
            continue
        _check_header(line)
        if heading is None:
            raise ArticleError(
                "no heading names the architecture of this table", line=line.number
            )
        end = _table_end(lines, at)
        body = tuple(line for line in lines[at:end] if line.text)
        if not body:
            raise ArticleError("this table has no rows", line=line.number)
        yield _Table(heading=heading, header=line, body=body)
        heading, at = None, end


def _table_end(lines: Sequence[Line], start: int) -> int:
    """Find the first line after a table.

    That is a heading or a header, or, below an empty line, anything that
    could not be a row: text that touches the table is taken for a damaged row.
    """
    gap = False
    for at in range(start, len(lines)):
        text = lines[at].text
        if not text:
            gap = True
            continue
        if _HEADER_START.match(text) or facts.is_heading(text) or _heading(text):
            return at
        if gap and not resembles_row(text):
            return at
        gap = False
    return len(lines)


def _heading(text: str) -> _Heading | None:
    if len(text) > _LONGEST_HEADING:
        return None
    for pattern in _HEADINGS:
        match = pattern.fullmatch(text.removesuffix(":"))
        if match is not None:
            return _Heading(
                section=_SECTION_WORDS[match["word"].lower()],
                products=tuple(_NEXT_PRODUCT.split(match["products"])),
            )
    return None


def _is_above_tables(line: Line) -> bool:
    return not _HEADER_START.match(line.text) and _heading(line.text) is None


def _check_header(line: Line) -> None:
    """Refuse tables with other columns than the six that are read so far."""
    if len(line.text) > _LONGEST_HEADING:
        raise ArticleError("this table header is too long", line=line.number)
    labels = []
    rest = line.text.lower()
    while rest:
        match = _COLUMN.match(rest)
        if match is None:
            raise ArticleError(
                f"the column {rest[:40]!r} is not read, so far", line=line.number
            )
        labels.append(match[1])
        rest = rest[match.end() :].lstrip()
    if tuple(labels) != _EXPECTED:
        raise ArticleError(
            f"the columns are {', '.join(labels)}; only tables of "
            f"{', '.join(_EXPECTED)} are read, so far",
            line=line.number,
        )


def _is_row(text: str) -> bool:
    try:
        return bool(readings(text))
    except RowError:
        return False


def _row(line: Line, section: Architecture) -> Row:
    try:
        found = readings(line.text)
    except RowError as error:
        raise ArticleError(f"no table row: {error}", line=line.number) from error
    return Row(line=line.number, section=section, readings=found)


def _entries(tables: Iterable[_Table]) -> tuple[tuple[int, FileEntry], ...]:
    """Settle all rows of an article; refuse those that contradict each other.

    Returns:
        The line of each row, and the row, in article order.
    """
    rows = [
        _row(line, table.heading.section) for table in tables for line in table.body
    ]
    entries = []
    lines: dict[tuple[Architecture, str, str], int] = {}
    for row, reading in zip(rows, settle(rows), strict=True):
        entry = FileEntry(
            architecture=row.section,
            name=reading.name,
            size=reading.size,
            modified=reading.modified,
            version=reading.version,
            platform=reading.platform,
        )
        first = lines.setdefault(entry.key, row.line)
        if first != row.line:
            raise ArticleError(
                f"{entry.name} has a row in this section already: line {first}",
                line=row.line,
            )
        _check_section(entry, row.line)
        entries.append((row.line, entry))
    return tuple(entries)


def _check_section(entry: FileEntry, line: int) -> None:
    """Refuse a row whose platform or name contradicts its section's heading."""
    said = {"the platform column": entry.platform, "the name": _named(entry.name)}
    for what, architecture in said.items():
        if architecture not in {None, *PLATFORMS[entry.architecture]}:
            raise ArticleError(
                f"{what} says {architecture}, but {entry.name} stands in the "
                f"{entry.architecture.word} section",
                line=line,
            )


def _named(name: str) -> Architecture | None:
    """Return the architecture in the name of a package or a component."""
    folded = name.casefold()
    word = ""
    if folded.endswith(".manifest"):
        word = folded.partition("_")[0]
    elif folded.endswith(".mum") and folded.count("~") == 4:
        word = folded.split("~")[2]
    return next((arch for arch in PLATFORMS if arch.value == word), None)


def _specification(
    lines: Sequence[Line], tables: Sequence[_Table], *, sha256: str
) -> KbSpec:
    entries = _entries(tables)
    title = facts.title(takewhile(_is_above_tables, lines))
    info = facts.info(lines)
    number = facts.article_number(info.get("article id"), title, entries)
    sections = facts.sections(lines)
    revision = info.get("revision")
    return KbSpec(
        number=number,
        title=title.text,
        applies_to=tuple(
            dict.fromkeys(name for table in tables for name in table.heading.products)
        ),
        prerequisites=facts.prerequisites(sections.get(Topic.PREREQUISITES, [])),
        restart=facts.restart(sections.get(Topic.RESTART, [])),
        replaces=facts.replaces(sections.get(Topic.REPLACEMENT), number),
        registry=facts.registry(sections.get(Topic.REGISTRY)),
        source=Provenance(
            article=number if "article id" in info else None,
            revision=(revision and revision.text) or None,
            created=facts.footer_date(info.get("created on")),
            published=facts.footer_date(info.get("published on")),
            sha256=sha256,
        ),
        files=tuple(entry for _, entry in entries),
    )
