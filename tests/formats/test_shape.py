import pytest

from builder.formats.shape import Shape, is_html, is_mhtml, recognise

ROWS = "a.dll,1.2.3.4,11-Mar-2011,06:41,1\n" * 3


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"kb": 1}', Shape.JSON),
        ("\n [1]", Shape.JSON),
        ("<!DOCTYPE html><html>", Shape.HTML),
        ('<?xml version="1.0"?>\n<html>', Shape.HTML),
        ("<!-- saved from url=(0014)about:internet -->\n<html>", Shape.HTML),
        ("<p>x\n<TABLE border=0><tr><td>File name</td>", Shape.HTML),
        ("# T\n\n<table><tr><td>File name</td>", Shape.MARKDOWN),
        ("---\ntitle: x\n---\n", Shape.MARKDOWN),
        ("words\n\n|File name|File version|\n|---|---|\n", Shape.MARKDOWN),
        ("File name,File version,File size\n" + ROWS, Shape.DELIMITED),
        ('"File name";"File version"\n"a";"b"\n', Shape.DELIMITED),
        ("File name\tFile version\na\tb\n", Shape.DELIMITED),
        ("x64-based,,,,\n" + ROWS, Shape.DELIMITED),
        (f"A title\n\nStatus\n\nFile name\tFile size\n{ROWS}", Shape.TEXT),
        ("A title\n\nFile nameFile versionFile size\n", Shape.TEXT),
        ("Some words, and others, and more, with commas.", Shape.TEXT),
        ("", Shape.TEXT),
    ],
)
def test_a_shape_is_known_by_its_content(text: str, shape: Shape) -> None:
    assert recognise(text) is shape


def test_a_saved_archive_is_known_by_its_head() -> None:
    assert is_mhtml("From: x\nSubject: y\n z\nMIME-Version: 1.0\n")
    assert not is_mhtml("A title\n\nMIME-Version: 1.0\n")


def test_a_tag_in_a_markdown_text_makes_no_page() -> None:
    assert not is_html("# T\n\n|a<br/>|<td>|b|\n")
