"""KB articles in any of their shapes -> what they promise.

The reader of a shape hands on lines and tables (`builder.formats.
article_blocks`); what the cells say, which evidence decides, what contradicts
each other and what the sentences state is judged once, for all shapes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.errors import ArticleError, LimitError
from builder.formats import article_facts as facts
from builder.formats import article_info as about
from builder.formats.article_blocks import Outline, prose
from builder.formats.article_branches import branches
from builder.formats.article_decode import decode
from builder.formats.article_delimited import read_delimited
from builder.formats.article_facts import Line, Topic
from builder.formats.article_headings import read_heading
from builder.formats.article_html import read_html
from builder.formats.article_markdown import read_markdown
from builder.formats.article_rows import article_rows, check_sections
from builder.formats.article_tables import RawTable, raw_tables
from builder.formats.article_text import read_text
from builder.formats.buffer import Buffer
from builder.formats.rows import Reading, Row
from builder.formats.settle import NO_EVIDENCE, Evidence, Settled, settle_rows
from builder.formats.shape import Shape, recognise
from builder.formats.spec import parse_spec
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec, Provenance
from builder.model.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is known from elsewhere about a document that does not say it.

    Attributes:
        number: Of the article; one that the document states has to agree.
        guess: A number to take where the document states none, such as that
            of the file's name.
        section: The architecture of tables whose headings name none.
    """

    number: int | None = None
    guess: int | None = None
    section: Architecture | None = None


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """An article whose tables are read and whose rows may still be open.

    Attributes:
        rows: In article order; of a kb.json there are none to explain.
    """

    shape: Shape
    rows: tuple[Settled, ...]
    _outline: Outline | None
    _tables: tuple[RawTable, ...]
    _given: Given
    _sha256: str
    _spec: KbSpec | None = None

    def specification(self) -> KbSpec:
        """Return the facts.

        Raises:
            ArticleError: A row is ambiguous, a fact is missing, or facts
                contradict each other.
        """
        if self._spec is not None or self._outline is None:
            assert self._spec is not None  # noqa: S101 - one of the two is there
            return self._spec
        settled = tuple(_settled(self.rows))
        check_sections(settled)
        entries = tuple((row.line, _entry(row, reading)) for row, reading in settled)
        return _specification(self, self._outline, entries)

    @property
    def given(self) -> Given:
        """What the caller knows besides."""
        return self._given

    @property
    def sha256(self) -> str:
        """Of the bytes of the document."""
        return self._sha256

    @property
    def products(self) -> tuple[str, ...]:
        """The products of the file tables, each once."""
        return tuple(
            dict.fromkeys(p for table in self._tables for p in table.heading.products)
        )


def read_article(
    data: Buffer,
    *,
    limits: Limits = DEFAULT_LIMITS,
    evidence: Evidence = NO_EVIDENCE,
    given: Given = NOTHING_GIVEN,
) -> Reader:
    """Read the tables of an article; the shape is found by content.

    Args:
        data: UTF-8, with or without a byte order mark, any line ends; HTML may
            declare windows-1252.
        limits: `text` bounds the document.
        evidence: What a package shows, for rows that can be read in many ways.

    Raises:
        ArticleError: There is no file table, or one that cannot be read;
            `line` is the place.
        SpecError: The document is JSON, but no kb.json.
        LimitError: The document has more than `limits.text` bytes or more
            lines than `limits.members`.
    """
    if len(data) > limits.text:
        raise LimitError(f"{len(data):,} bytes; an article may have {limits.text:,}")
    data = bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    text = decode(data)
    if text.count("\n") >= limits.members:
        raise LimitError(f"an article may have {limits.members:,} lines")
    shape = recognise(text)
    if shape is Shape.JSON:
        return Reader(
            shape=shape,
            rows=(),
            _outline=None,
            _tables=(),
            _given=given,
            _sha256=sha256,
            _spec=parse_spec(data, limits=limits),
        )
    outline = _outline(shape, text, limits)
    tables = tuple(raw_tables(outline.blocks))
    rows = article_rows(tables, section=given.section)
    if not rows:
        raise ArticleError(f"there is no table of files in this {shape}")
    return Reader(
        shape=shape,
        rows=settle_rows(rows, evidence),
        _outline=outline,
        _tables=tables,
        _given=given,
        _sha256=sha256,
    )


def parse_article(
    data: Buffer,
    *,
    limits: Limits = DEFAULT_LIMITS,
    evidence: Evidence = NO_EVIDENCE,
    given: Given = NOTHING_GIVEN,
) -> KbSpec:
    """Read a KB article in any shape; see `read_article`.

    Returns:
        Facts only; rows in article order, times in UTC.

    Raises:
        ArticleError: An unreadable or ambiguous row, a fact that is missing,
            or facts that contradict each other; `line` is the place.
        SpecError: The document is JSON, but no kb.json.
        LimitError: It is larger than `limits` allow.
    """
    reader = read_article(data, limits=limits, evidence=evidence, given=given)
    return reader.specification()


def _outline(shape: Shape, text: str, limits: Limits) -> Outline:
    match shape:
        case Shape.HTML:
            return read_html(text, limits=limits)
        case Shape.MARKDOWN:
            return read_markdown(text, limits=limits)
        case Shape.DELIMITED:
            return read_delimited(text)
        case _:
            return read_text(text)


def _settled(rows: Sequence[Settled]) -> Iterator[tuple[Row, Reading]]:
    for settled in rows:
        if settled.reading is None:
            raise ArticleError(settled.reason, line=settled.row.line)
        yield settled.row, settled.reading


def _entry(row: Row, reading: Reading) -> FileEntry:
    return FileEntry(
        architecture=row.section,
        name=reading.name,
        size=reading.size,
        modified=reading.modified,
        version=reading.version,
        platform=reading.platform,
        branch=reading.branch,
        sp_requirement=reading.sp_requirement,
        product=row.product,
    )


def _specification(
    reader: Reader, outline: Outline, entries: tuple[tuple[int, FileEntry], ...]
) -> KbSpec:
    lines = prose(outline.blocks)
    title = outline.title or _first_line(reader, lines, entries[0][0])
    info = about.info(lines)
    number = _number(reader.given, about.stated_number(info, title, entries), title)
    sections = facts.sections(lines)
    restart = sections.get(Topic.RESTART)
    revision = info.get("revision")
    reviewed = info.get("last review") or outline.reviewed
    return KbSpec(
        number=number,
        title=f"KB{number}" if title is None else title.text,
        applies_to=reader.products or facts.applies_to(sections, info),
        prerequisites=facts.prerequisites(sections.get(Topic.PREREQUISITES, [])),
        restart=None if restart is None else facts.restart(restart),
        replaces=facts.replaces(sections.get(Topic.REPLACEMENT), number),
        registry=facts.registry(sections.get(Topic.REGISTRY)),
        source=Provenance(
            article=number if about.has_article_id(info) else None,
            revision=(revision and revision.text) or None,
            created=about.footer_date(info.get("created on")),
            published=about.footer_date(info.get("published on")),
            sha256=reader.sha256,
            reviewed=about.footer_date(reviewed),
        ),
        files=tuple(entry for _, entry in entries),
        replaced_by=facts.replaced_by(lines, number),
        branches=branches(outline.blocks),
    )


def _number(given: Given, stated: int | None, title: Line | None) -> int:
    if given.number is not None and stated not in (None, given.number):
        raise ArticleError(f"the article is KB{stated}, not KB{given.number}")
    number = given.number or stated or given.guess
    if number is None:
        raise ArticleError(
            "nothing states the article's number",
            line=title.number if title is not None else 1,
        )
    return number


def _first_line(reader: Reader, lines: Sequence[Line], end: int) -> Line | None:
    """Return the first line above the tables; a list of files has no title."""
    if reader.shape is Shape.DELIMITED:
        return None

    def above() -> Iterator[Line]:
        for line in lines:
            if line.number >= end or read_heading(line) is not None:
                return
            yield line

    return facts.title(above())
