import pytest

from builder.formats.shape import Shape, binary_shape, recognise


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("A title\nFile nameFile versionFile sizeDate", Shape.FLATTENED),
        ("FILE NAMEFILE SIZE", Shape.FLATTENED),
        ("<html>", Shape.HTML),
        ("Words.\n<td class='x'>File name</td>", Shape.HTML),
        ("a < b and <tdx>", Shape.UNKNOWN),
        ("  \n[1]", Shape.JSON),
        ("MIME-Version: 1.0\n<html>", Shape.MHTML),
        ("> | a | b | c |", Shape.MARKDOWN),
        ("a | b | c | d", Shape.UNKNOWN),
        ("File name;File size", Shape.DELIMITED),
        ("File name\n\nFile size\n", Shape.CELLS),
        ("File sizeNot applicable", Shape.VERTICAL),
        ("File size: 12", Shape.VERTICAL),
        ("", Shape.UNKNOWN),
    ],
)
def test_a_shape_is_found_by_content(text: str, shape: Shape) -> None:
    assert recognise(text) is shape


def test_text_is_no_binary() -> None:
    assert binary_shape(b"MPIO") is None
    assert binary_shape(b"MZ") == "a program"
