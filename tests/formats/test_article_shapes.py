"""One table in every shape: it comes back, or an ambiguity names it."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_article import HEADER
from render_article import NUMBER, SHAPES, cells, sectioned

from builder.errors import ArticleError, HotfixError
from builder.formats.article import Given, parse_article
from builder.formats.article_text import read_text
from builder.formats.spec import serialize_spec
from builder.model.identity import Architecture
from builder.model.kb import PLATFORMS, FileEntry
from builder.model.names import unsafe
from builder.model.version import FileVersion

GIVEN = Given(number=NUMBER)
SECTIONS = (Architecture.X86, Architecture.AMD64, Architecture.IA64)

part = st.integers(0, 0xFFFF)
names = st.from_regex(
    r"[A-Za-z][A-Za-z0-9_~-]{0,12}(?:\.[a-z0-9]{1,8}){1,2}", fullmatch=True
).filter(lambda name: unsafe(name) is None)


@st.composite
def entries(draw: st.DrawFn) -> FileEntry:
    section = draw(st.sampled_from(SECTIONS))
    platforms = sorted(PLATFORMS[section])
    return FileEntry(
        architecture=section,
        name=draw(names),
        size=draw(st.integers(0, 0xFFFFFFFF) | st.integers(0, 3000)),
        modified=draw(
            st.datetimes(
                datetime(1980, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
                datetime(2107, 12, 31),  # noqa: DTZ001 - as above
                timezones=st.just(UTC),
            )
        ).replace(second=0, microsecond=0),
        version=draw(st.none() | st.builds(FileVersion, part, part, part, part)),
        platform=draw(st.sampled_from([None, *platforms])),
    )


tables = st.lists(entries(), min_size=1, max_size=6)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@given(tables)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_in_any_shape_comes_back(shape: str, made: list[FileEntry]) -> None:
    sections = sectioned(made)
    expected = tuple(entry for rows in sections.values() for entry in rows)
    data = SHAPES[shape](sections)
    try:
        found = parse_article(data, given=GIVEN).files
    except ArticleError as error:
        refusal = error
    else:
        if shape == "flattened":
            assert [_printed(row) for row in found] == [_printed(r) for r in expected]
        else:
            assert found == expected
        return
    # Glued cells may leave several readings; then the right one is named.
    assert shape == "flattened", refusal
    assert "ways" in refusal.reason
    assert refusal.line is not None
    entry = _entry_of(expected, data.decode().split("\n")[refusal.line - 1])
    name, version, size, *_ = cells(entry)
    assert f"{name} | {version} | {size}" in refusal.reason


def _printed(entry: FileEntry) -> str:
    """Glued cells say no more than this, where a sibling supports a border."""
    return "".join(cells(entry))


def _entry_of(made: tuple[FileEntry, ...], line: str) -> FileEntry:
    return next(entry for entry in made if _printed(entry) == line)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("count", [906, 1000])
def test_every_row_of_a_long_table_is_exact(shape: str, count: int) -> None:
    made = [
        FileEntry(
            architecture=SECTIONS[n % 3],
            name=f"file{n}.dll" if n % 4 else f"file{n}.mum",
            size=900_000 + n,
            modified=datetime(2012, 1 + n % 12, 1 + n % 28, n % 24, n % 60, tzinfo=UTC),
            version=FileVersion(6, 1, 7601, 21000 + n % 100) if n % 4 else None,
            platform=SECTIONS[n % 3] if n % 4 else None,
        )
        for n in range(count)
    ]
    sections = sectioned(made)
    expected = tuple(entry for rows in sections.values() for entry in rows)
    data = SHAPES[shape](sections)
    begin = time.process_time()
    found = parse_article(data, given=GIVEN).files
    seconds = time.process_time() - begin
    assert found == expected
    assert seconds < 1  # 0.2 on an idle machine; see docs/articles.md


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_time_grows_with_the_table(shape: str) -> None:
    def seconds(count: int) -> float:
        made = [
            FileEntry(
                architecture=Architecture.AMD64,
                name=f"file{n}.dll",
                size=900_000 + n,
                modified=datetime(2012, 1, 9, tzinfo=UTC),
                version=FileVersion(6, 1, 7601, 21000),
                platform=Architecture.AMD64,
            )
            for n in range(count)
        ]
        data = SHAPES[shape](sectioned(made))
        begin = time.process_time()
        assert len(parse_article(data, given=GIVEN).files) == count
        return time.process_time() - begin

    small, large = seconds(1_000), seconds(8_000)
    assert large < 20 * small


def test_a_specification_is_an_article_too() -> None:
    data = SHAPES["html"](sectioned([FILE]))
    spec = parse_article(data)
    assert parse_article(serialize_spec(spec)) == spec


FILE = FileEntry(
    architecture=Architecture.X86,
    name="a.inf",
    size=1,
    modified=datetime(2012, 1, 9, tzinfo=UTC),
)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@given(st.data())
@settings(max_examples=40)
def test_a_damaged_document_is_read_or_refused(shape: str, data: st.DataObject) -> None:
    base = SHAPES[shape](sectioned([FILE, FILE]))
    at = data.draw(st.integers(0, len(base)))
    length = data.draw(st.integers(0, 20))
    new = data.draw(
        st.binary(max_size=6)
        | st.sampled_from([b"|", b"<td>", b"</table>", b'"', b"\n", b",", b"&#0;"])
    )
    try:
        spec = parse_article(base[:at] + new + base[at + length :], given=GIVEN)
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert spec.files


def test_lines_that_start_a_table_and_are_none_stay_text() -> None:
    outline = read_text("File name\n\nand words\n")
    assert len(outline.blocks) == 4
    assert HEADER not in str(outline)
