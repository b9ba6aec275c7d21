import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.errors import HotfixError, LimitError, SpecError
from builder.formats.json_text import parse_json, serialize_json, spell
from builder.model.limits import Limits

TEXT = """{
  "a": 1,
  "files": [
    {"size": 2},
    {
      "size": 3
    }
  ]
}"""
MARK = "the document starts with a byte order mark; save it as UTF-8 without one"


def refused(data: bytes) -> SpecError:
    with pytest.raises(SpecError) as caught:
        parse_json(data)
    return caught.value


def test_every_path_has_its_line() -> None:
    document = parse_json(TEXT.encode())
    assert document.value == {"a": 1, "files": [{"size": 2}, {"size": 3}]}
    lines = {
        (): 1,
        ("a",): 2,
        ("files",): 3,
        ("files", 0): 4,
        ("files", 0, "size"): 4,
        ("files", 1): 5,
        ("files", 1, "size"): 6,
    }
    assert document.lines(lines) == lines
    assert {path: document.line(path) for path in lines} == lines


def test_a_path_that_is_absent_has_line_1() -> None:
    assert parse_json(TEXT.encode()).line(("b",)) == 1


def test_brackets_and_quotes_in_texts_do_not_mislead_the_places() -> None:
    text = '{"a\\"]}": "[{\\\\",\n"b": [[1,\n2], "\\u005b", {}],\n"c": null}'
    document = parse_json(text.encode())
    paths = {("b",): 2, ("b", 0, 1): 3, ("b", 2): 3, ("c",): 4, ('a"]}',): 1}
    assert document.lines(paths) == paths


def test_paths_are_spelled_as_people_do() -> None:
    assert spell(("files", 3, "size")) == "files[3].size"
    assert spell(()) == "the document"
    assert spell(("a\nb",)) == "'a\\nb'"
    assert spell(("x" * 100,)) == "x" * 77 + "..."


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'{"a": 1,\n"a": 2}', 2, "a is given twice"),
        (b'{"b": [{"a": 1},\n{"a": 1,\n"a": 2}]}', 3, "b[1].a is given twice"),
        (b'{"a": 1,\n"\\u0061": 2}', 2, "a is given twice"),
        (b'{"a":\nNaN}', 2, "a is 'NaN'; numbers are whole here"),
        (b'{"a": -Infinity}', 1, "a is '-Infinity'; numbers are whole here"),
        (b"[0,\n1.5]", 2, "[1] is '1.5'; numbers are whole here"),
        (b"[1e9]", 1, "[0] is '1e9'; numbers are whole here"),
        (b"[" + b"9" * 5000 + b"]", 1, "[0] is a number of 5000 digits"),
        (b"[-" + b"9" * 16 + b"]", 1, "[0] is a number of 17 digits"),
        (b'{"a": "x\\u0000"}', 1, "a contains the character U+0000"),
        (b'{"a":\n["x\\ny"]}', 2, "a[0] contains the character U+000A"),
        (b'["\\ud800"]', 1, "[0] contains the character U+D800"),
        (b'["\xe2\x80\xae"]', 1, "[0] contains the character U+202E"),
        (b'{"a\\u007f": 1}', 1, "'a\\x7f' contains the character U+007F"),
        (b'["x\ny"]', 1, "no JSON: Invalid control character at"),
        (b"[" * 17, 1, "nested deeper than 16 levels"),
        (b'{"a":\n' * 100_000, 17, "nested deeper than 16 levels"),
        (b"[1,\n2", 2, "no JSON: Expecting ',' delimiter"),
        (b"[1]\n[2]", 2, "no JSON: Extra data"),
        (b"", 1, "no JSON: Expecting value"),
        (b'"', 1, "no JSON: Unterminated string starting at"),
        (b"// no\n{}", 1, "no JSON: Expecting value"),
        (b"\xef\xbb\xbf{}", 1, MARK),
        (b"\xff\xfe{\x00}\x00", 1, MARK),
        (b'{\n"\xff": 1}', 2, "this is not UTF-8 text"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(data: bytes, line: int, reason: str) -> None:
    error = refused(data)
    assert (error.reason, error.line) == (reason, line)


def test_the_deepest_and_the_longest_are_read() -> None:
    assert parse_json(b"[" * 16 + b"]" * 16).text == "[" * 16 + "]" * 16
    assert parse_json(b"[" + b"9" * 16 + b"]").value == [9_999_999_999_999_999]


def test_size_and_count_are_bounded() -> None:
    with pytest.raises(LimitError):
        parse_json(b"[ ]", limits=Limits(text=2))
    with pytest.raises(LimitError):
        parse_json(b"[[],[],[],[]]", limits=Limits(members=1))
    document = parse_json(b"[[],[],[]]", limits=Limits(members=1, text=10))
    assert document.value == [[], [], []]


def test_any_buffer_is_read() -> None:
    assert parse_json(memoryview(bytearray(b"[1]"))).value == [1]


@pytest.mark.parametrize(
    "noise", ['"' * 1_000_001, '"\\' * 500_000, "\\" * 1_000_000, "\n" * 1_000_000]
)
def test_noise_is_refused_in_linear_time(noise: str) -> None:
    begin = time.process_time()
    refused(f'{{"a": 1, "a": 2, {noise}'.encode())
    refused(noise.encode())
    assert time.process_time() - begin < 3


def test_there_is_one_way_to_write() -> None:
    written = serialize_json({"b": "1\u00e9", "a": [1, None, True], "c": []})
    assert written.decode().split("\n") == [
        "{",
        '  "b": "1\u00e9",',
        '  "a": [',
        "    1,",
        "    null,",
        "    true",
        "  ],",
        '  "c": []',
        "}",
        "",
    ]


clean = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x3000, categories=["L", "N", "P"])
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | clean,
    lambda child: (
        st.lists(child, max_size=4) | st.dictionaries(clean, child, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_parse_inverts_serialize(value: object) -> None:
    try:
        document = parse_json(serialize_json(value))
    except SpecError as error:
        if "nested deeper" not in error.reason:
            raise
    else:
        assert document.value == value
        assert document.text == serialize_json(value).decode()


@given(values, st.data())
def test_the_places_agree_with_the_value(value: object, data: st.DataObject) -> None:
    try:
        document = parse_json(serialize_json(value))
    except SpecError:
        return
    path: tuple[str | int, ...] = ()
    here: object = document.value
    while isinstance(here, dict | list) and here:
        key = data.draw(
            st.sampled_from(list(here) if isinstance(here, dict) else range(len(here)))
        )
        path, here = (*path, key), here[key]
    line = document.text.split("\n")[document.line(path) - 1]
    if not isinstance(here, dict | list):
        assert json.dumps(here, ensure_ascii=False) in line


@given(
    st.binary(max_size=60) | st.text('{}[]:,"\\ \n01aN.e', max_size=60).map(str.encode)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = parse_json(data)
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert document.value == json.loads(data)
