import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from builder.errors import CompressedManifestError, LimitError, XmlError
from builder.formats.xml import Element, XmlStyle, parse_xml, serialize_xml
from builder.model.limits import Limits

PLAIN = XmlStyle()

# XML 1.0, production 2
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
) | st.sampled_from("\t\n\r")
TEXT = st.text(CHARACTERS, max_size=40)
NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_.\-]{0,8}\Z")


def reason(data: bytes) -> str:
    with pytest.raises(XmlError) as caught:
        parse_xml(data)
    return caught.value.reason


@pytest.mark.parametrize(
    "data",
    [
        b"<a/>",
        b'<?xml version="1.0"?><a/>',
        b"<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n<a/>",
        codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="UTF-8"?><a/>',
        codecs.BOM_UTF16_LE + "<a/>".encode("utf-16-le"),
        codecs.BOM_UTF16_BE
        + '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16-be"),
        '<?xml version="1.0" encoding="UTF-16LE"?><a/>'.encode("utf-16-le"),
        "<a/>".encode("utf-16-be"),
        b"<!-- <!DOCTYPE a> --><?p <!DOCTYPE a>?>\n<a/>",
    ],
)
def test_both_encodings_are_read_with_and_without_a_mark(data: bytes) -> None:
    assert parse_xml(data).tag == "a"


def test_text_of_utf_16_arrives_unchanged() -> None:
    root = parse_xml('<a b="Grüße 🦊"/>'.encode("utf-16"))
    assert root.get("b") == "Grüße 🦊"


def test_any_buffer_is_read() -> None:
    assert parse_xml(memoryview(bytearray(b"<a/>"))).tag == "a"


def test_lines_are_those_of_the_file() -> None:
    root = parse_xml(b"<?xml version='1.0'?>\r\n<a>\r\n  <b/>\r\n</a>")
    assert [child.sourceline for child in root] == [3]


@pytest.mark.parametrize(
    ("data", "reason_"),
    [
        (b"<!DOCTYPE a><a/>", "a document type is refused"),
        (b"<!doctype a><a/>", "a document type is refused"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>',
            "a document type is refused",
        ),
        (
            b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
            "a document type is refused",
        ),
        (
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
            "a document type is refused",
        ),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
            "a document type is refused",
        ),
        (
            b"<?xml version='1.0' encoding='UTF-7'?><a/>",
            "declares encoding 'UTF-7', but the bytes are UTF-8",
        ),
        (
            b"<?xml version='1.0' encoding='utf-16'?><a/>",
            "declares encoding 'utf-16', but the bytes are UTF-8",
        ),
        (
            "<?xml version='1.0' encoding='utf-8'?><a/>".encode("utf-16"),
            "declares encoding 'utf-8', but the bytes are UTF-16-LE",
        ),
        (
            "<?xml version='1.0' encoding='utf-16le'?><a/>".encode("utf-16-be"),
            "declares encoding 'utf-16le', but the bytes are UTF-16-BE",
        ),
        (
            "<?xml version='1.0'?><a/>".encode("cp500"),
            "EBCDIC is neither UTF-8 nor UTF-16",
        ),
        (codecs.BOM_UTF8 * 2 + b"<!DOCTYPE a><a/>", "a second byte order mark"),
        ("<a/>".encode("utf-32"), "UTF-32 is neither UTF-8 nor UTF-16"),
        ("<a/>".encode("utf-32-be"), "UTF-32 is neither UTF-8 nor UTF-16"),
        (b"<?xml version='1.1'?><a/>", "XML version '1.1', not 1.0"),
        (b"<?xml encoding='utf-8'?><a/>", "malformed XML declaration"),
        (b"<?xml version='1.0' " + b" " * 500 + b"?><a/>", "malformed XML declaration"),
    ],
)
def test_what_is_refused_is_refused_by_name(data: bytes, reason_: str) -> None:
    assert reason(data) == reason_


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\x00",
        b"<",
        b"<?xml",
        b"<?xml version='1.0'?>",
        b"<!-- ",
        b"<a",
        b"<a>",
        b"<a><b></a></b>",
        b"<a/><a/>",
        b"<a/>text",
        b"<a b='1' b='2'/>",
        b"<a b='<'/>",
        b"<a>&b;</a>",
        b"<a>&#0;</a>",
        b"<a>\x00</a>",
        b"<a>\x01</a>",
        b"<a>\xff</a>",
        b"<x:a/>",
        b"+ADw-a/+AD4-",
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + b"<a/>",
        codecs.BOM_UTF16_LE + b"<a/>",
        codecs.BOM_UTF16_LE + "<a/>".encode("utf-16-le")[:-1],
        codecs.BOM_UTF16_BE + b"\xd8\x00\x00<",
        b"MZ\x90\x00",
    ],
)
def test_what_is_not_well_formed_is_an_xml_error(data: bytes) -> None:
    assert reason(data)


@pytest.mark.parametrize(
    ("data", "reason_"),
    [
        (b"<a xmlns:q='u'><q:b:c/>%s</a>", "Failed to parse QName 'q:b:c' (column 22)"),
        (b"<a><q:b/>%s</a>", "Namespace prefix q on b is not defined (column 8)"),
        (
            b"<a xmlns:q='u:' xmlns:r='u:' q:b='1' r:b='2'>%s</a>",
            "Namespaced Attribute b in 'u:' redefined (column 45)",
        ),
    ],
)
def test_a_broken_name_is_refused_whatever_the_library_warns_of_later(
    data: bytes, reason_: str
) -> None:
    assert reason(data % b"<d xmlns='relative'/>") == reason_
    assert reason(data % b"") == reason_
    assert parse_xml(b"<a><d xmlns='relative'/></a>").tag == "a"


def test_an_error_knows_line_and_column() -> None:
    with pytest.raises(XmlError) as caught:
        parse_xml(b"<a>\n  <b>\n  </a>\n")
    assert caught.value.line == 3
    assert caught.value.reason.endswith("(column 7)")


@pytest.mark.parametrize("pieces", [0, 1, 65_534, 65_535, 65_536, 131_072])
def test_a_wrong_byte_is_named_by_its_offset(pieces: int) -> None:
    data = b"<a>" + b"x" * pieces + b"\xff</a>"
    with pytest.raises(XmlError) as caught:
        parse_xml(data)
    assert caught.value.offset == 3 + pieces


def test_a_character_cut_by_a_piece_is_no_error() -> None:
    text = "<a>" + "x" * 65_532 + "é🦊</a>"
    root = parse_xml(text.encode())
    assert (root.text or "").endswith("xé🦊")


def test_a_truncated_character_is_named_by_its_offset() -> None:
    data = b"<a>" + b"x" * 65_532 + b"\xf0\x9f"
    with pytest.raises(XmlError) as caught:
        parse_xml(data)
    assert caught.value.offset == len(data) - 2


def test_a_compressed_manifest_has_an_error_of_its_own() -> None:
    with pytest.raises(CompressedManifestError):
        parse_xml(b"DCM\x01PA30\x00")


def test_more_bytes_than_may_be_held_is_a_limit_error() -> None:
    limits = Limits(held=10)
    assert parse_xml(b"<a>2345</a>"[:3] + b"567</a>", limits=limits).tag == "a"
    with pytest.raises(LimitError):
        parse_xml(b"<a>45678</a>", limits=limits)


def test_more_tags_than_a_tree_may_have_is_a_limit_error() -> None:
    limits = Limits(markup=4)
    parse_xml(b"<a><b c=''/></a>", limits=limits)
    with pytest.raises(LimitError):
        parse_xml(b"<a><b c=''/><d/></a>", limits=limits)


def test_deep_nesting_is_an_xml_error() -> None:
    parse_xml(b"<a>" * 200 + b"</a>" * 200)
    for depth in (300, 100_000):
        data = b"<a>" * depth + b"</a>" * depth
        assert reason(data).startswith("elements are nested deeper than 256")


@given(st.binary(max_size=200))
def test_noise_is_an_xml_error_or_xml(data: bytes) -> None:
    with suppress(XmlError):
        parse_xml(data)


@given(st.text(st.sampled_from("<>/ab=\"'&;#x![]-?: \x00DOCTYPE"), max_size=60))
def test_markup_noise_is_an_xml_error_or_xml(text: str) -> None:
    for encoding in ("utf-8", "utf-16", "utf-16-le"):
        with suppress(XmlError):
            parse_xml(text.encode(encoding))


@given(NAMES, TEXT, TEXT)
def test_any_text_survives_the_writer_and_somebody_elses_reader(
    name: str, value: str, text: str
) -> None:
    element = Element(name="a", attributes=((name, value),), text=text)
    data = serialize_xml(element, PLAIN)
    root = etree.fromstring(data)
    assert root.get(name) == value
    assert (root.text or "") == text


@given(st.text(max_size=20))
def test_text_that_xml_cannot_hold_is_an_xml_error(value: str) -> None:
    element = Element(name="a", attributes=(("b", value),))
    try:
        data = serialize_xml(element, PLAIN)
    except XmlError:
        assert any(
            ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 or c in "\ufffe\uffff"
            for c in value
        )
    else:
        assert parse_xml(data).get("b") == value


TREE = Element(
    name="a",
    attributes=(("xmlns", "urn:a"), ("b", "\"<&>'\t\r\n")),
    children=(
        Element(name="c", text="]]> & <"),
        Element(name="d", children=(Element(name="p:e"),)),
    ),
)


def test_the_plain_style_byte_for_byte() -> None:
    assert serialize_xml(TREE, PLAIN) == (
        b'<?xml version="1.0" encoding="utf-8"?>\r\n'
        b'<a xmlns="urn:a" b="&quot;&lt;&amp;&gt;\'&#x9;&#xD;&#xA;">\r\n'
        b"  <c>]]&gt; &amp; &lt;</c>\r\n"
        b"  <d>\r\n"
        b"    <p:e />\r\n"
        b"  </d>\r\n"
        b"</a>"
    )


def test_every_part_of_a_style_shows() -> None:
    style = XmlStyle(
        declaration="<?xml version='1.0'?>",
        bom=True,
        indent="\t",
        newline="\n",
        empty="/>",
        final_newline=True,
    )
    assert serialize_xml(Element(name="a", children=(Element(name="b"),)), style) == (
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<a>\n\t<b/>\n</a>\n"
    )


@pytest.mark.parametrize(
    "element",
    [
        Element(name=""),
        Element(name="a b"),
        Element(name="a:b:c"),
        Element(name="1a"),
        Element(name="a\n"),
        Element(name="a", attributes=(("b c", ""),)),
        Element(name="a", attributes=(("b", ""), ("b", ""))),
        Element(name="a", text="b", children=(Element(name="c"),)),
        Element(name="a", text="\x00"),
        Element(name="a", attributes=(("b", "\ud800"),)),
    ],
)
def test_what_is_no_xml_is_not_written(element: Element) -> None:
    with pytest.raises(XmlError):
        serialize_xml(element, PLAIN)


def test_blanks_between_elements_may_be_left_out() -> None:
    text = b"<a>\r\n  <b> </b>\r\n  <c>1 <d/> 2</c>\r\n  <!-- x -->\r\n</a>"
    kept, left_out = parse_xml(text), parse_xml(text, has_blanks=False)
    assert etree.tostring(left_out) == b"<a><b> </b><c>1 <d/> 2</c><!-- x --></a>"
    lines = [
        [element.sourceline for element in root.iter()] for root in (kept, left_out)
    ]
    assert lines[0] == lines[1]
    assert b"\n  <b>" in etree.tostring(kept)
