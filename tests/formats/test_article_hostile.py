"""Articles that mean harm: bounded time and memory, errors with their place."""

import sys
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from render_article import SHAPES, sectioned

from builder.errors import ArticleError, HotfixError, LimitError
from builder.formats.article import Given, parse_article
from builder.model.identity import Architecture
from builder.model.kb import FileEntry
from builder.model.limits import DEFAULT_LIMITS, Limits

GIVEN = Given(number=900123)
ENTRY = FileEntry(
    architecture=Architecture.X86,
    name="a.inf",
    size=1,
    modified=datetime(2012, 1, 9, tzinfo=UTC),
)
ROW = "<tr><td>a.inf</td><td>N/A</td><td>1</td><td>9-Jan-2012</td><td>0:00</td></tr>"
HEAD = (
    "<tr><th>File name</th><th>File version</th><th>File size</th><th>Date</th>"
    "<th>Time</th></tr>"
)
PAGE = "<html><body><h1>T</h1><h3>x86-based versions</h3>{}</body></html>"
SIZE = 400_000


def outcome(data: bytes) -> str:
    """Read or refuse within seconds; anything but our own errors escapes."""
    begin = time.process_time()
    try:
        result = f"{len(parse_article(data, given=GIVEN).files)} files"
    except HotfixError as error:
        result = str(error)
    assert time.process_time() - begin < 10
    return result


NOISE = {
    "open tags": "<div>" * (SIZE // 5),
    "open tables": "<table>" * (SIZE // 7),
    "nested tables": "<table><tr><td>" * (SIZE // 15),
    "nested data tables": f"<table>{HEAD}<tr><td>" * (SIZE // 100),
    "cells": "<table>" + "<td>x" * (SIZE // 5),
    "wide spans": "<table>" + "<td colspan=999999999>x" * 2_000,
    "high spans": "<table>" + "<tr><td rowspan=999999999>x" * 20_000,
    "attributes": "<p " + "a=1 " * (SIZE // 4) + ">",
    "entities": "&amp;" * (SIZE // 5),
    "one long entity": "&" + "a" * SIZE,
    "numbers as entities": "&#999999999999;" * (SIZE // 15),
    "scripts": "<script>" * (SIZE // 8),
    "comments": "<!--" * (SIZE // 4),
    "headings": "<h1>" * (SIZE // 4),
    "less-than signs": "<" * SIZE,
    "line breaks": "<br>" * (SIZE // 4),
    "links": "[" * SIZE,
    "half links": "[a](" * (SIZE // 4),
    "emphasis": "_ " * (SIZE // 2),
    "emphasized": " _a" * (SIZE // 3),
    "pipes": "|" * SIZE,
    "rows of pipes": "|a|b|c|\n" * (SIZE // 8),
    "rules": "|---|---|\n" * (SIZE // 10),
    "escapes": "\\" * SIZE,
    "tabs": "File name\t" * (SIZE // 10),
    "tabbed lines": "File name\tx\n" * (SIZE // 12),
    "labels": "File name\n" * (SIZE // 10),
    "labels in turn": "File name\nx\nFile size\n1\n" * (SIZE // 26),
    "attributes per line": "File namex\nFile versiony\n" * (SIZE // 26),
    "headers": "File nameFile versionFile sizeDateTimePlatform\n" * (SIZE // 50),
    "gaps": ("File name" + " " * 500) * (SIZE // 510),
    "commas": "," * SIZE,
    "quotes": '"' * SIZE,
    "quoted lines": '"a\n",' * (SIZE // 6),
    "info": "Article ID:" * (SIZE // 11),
    "reviews": "Article ID: 900123 - Last Review: " * (SIZE // 34),
    "products": "x86-based versions of Windows 7 and of " * (SIZE // 40),
    "product lines": "Windows 7, x64-based version\n" * (SIZE // 30),
    "replaced": "replaced by a a a a a a " * (SIZE // 24),
    "dates": "1-Jan-2012" * (SIZE // 10),
    "times": "11-Mar-201106:41" * (SIZE // 16),
    "parts": "Content-Type: text/html\n" * (SIZE // 24),
}


@pytest.mark.parametrize("name", sorted(NOISE))
@pytest.mark.parametrize("shape", ["html", "markdown", "flattened", "delimited"])
def test_noise_takes_bounded_time(name: str, shape: str) -> None:
    data = SHAPES[shape](sectioned([ENTRY]))
    middle = data.index(b"\n") + 1
    assert outcome(data[:middle] + NOISE[name].encode() + b"\n" + data[middle:])


@pytest.mark.parametrize("name", sorted(NOISE))
def test_noise_alone_takes_bounded_time(name: str) -> None:
    assert outcome(NOISE[name].encode())
    assert outcome(PAGE.format(NOISE[name]).encode())


def test_a_document_of_100_megabytes_is_refused_before_it_is_read() -> None:
    data = bytes(100 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match="an article may have"):
            parse_article(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_keeps_the_limits(shape: str) -> None:
    data = SHAPES[shape](sectioned([ENTRY] * 50))
    with pytest.raises(LimitError):
        parse_article(data, limits=Limits(text=len(data) - 1))
    if shape.startswith("html"):
        with pytest.raises(LimitError, match="tags and attributes"):
            parse_article(data, limits=Limits(markup=50))


def test_memory_of_a_page_of_tags_is_bounded() -> None:
    data = PAGE.format("<b>" * (DEFAULT_LIMITS.markup + 1)).encode()
    with pytest.raises(LimitError, match="tags and attributes"):
        parse_article(data)


def test_what_a_depth_would_drop_is_not_lost_in_silence() -> None:
    deep = 5 * sys.getrecursionlimit()
    table = f"<table>{HEAD}{ROW}</table>"
    body = f"{table}\n{'<div>' * deep}{table}{'</div>' * deep}"
    with pytest.raises(ArticleError, match="tags nested too deep") as caught:
        parse_article(PAGE.format(body).encode(), given=GIVEN)
    assert caught.value.line == 2


def test_rows_behind_a_depth_are_not_lost() -> None:
    body = f"{'<span>' * 400}x<table>{HEAD}{ROW}{ROW}</table>"
    assert outcome(PAGE.format(body).encode()) == "2 files"


def test_tables_nested_too_deep_are_refused_with_their_line() -> None:
    body = "\n<table><tr><td>" * 40
    with pytest.raises(ArticleError, match="nested too deep") as caught:
        parse_article(PAGE.format(body).encode(), given=GIVEN)
    assert caught.value.line == 18


def test_a_null_in_a_page_does_not_hide_what_follows() -> None:
    body = f"<p>\0</p><table>{HEAD}{ROW}</table>"
    with pytest.raises(ArticleError, match=r"U\+0000") as caught:
        parse_article(PAGE.format(body).encode(), given=GIVEN)
    assert caught.value.line == 1


def test_a_table_inside_a_cell_of_files_is_read_as_its_own() -> None:
    inner = f"<table>{HEAD}{ROW}</table>"
    row = ROW.replace("a.inf", f"b.inf{inner}")
    spec = parse_article(
        PAGE.format(f"<table>{HEAD}{row}{ROW}</table>").encode(), given=GIVEN
    )
    assert sorted(entry.name for entry in spec.files) == ["a.inf", "a.inf", "b.inf"]


def test_a_line_number_in_a_table_of_a_markdown_text_is_the_texts() -> None:
    bad = ROW.replace("<td>1</td>", "<td>x</td>")
    text = f"# T\n\n### x86-based versions\n\n<table>\n{HEAD}\n{bad}\n</table>\n"
    with pytest.raises(ArticleError, match="no file size") as caught:
        parse_article(text.encode(), given=GIVEN)
    assert caught.value.line == 7
