from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from builder.errors import FormatError, LimitError, XmlError
from builder.formats.msu import (
    Servicing,
    Unattend,
    parse_properties,
    parse_unattend,
    serialize_properties,
    serialize_unattend,
)
from builder.model.identity import AssemblyIdentity
from builder.model.limits import Limits

KB967724 = Servicing(
    identity=AssemblyIdentity(
        name="Package_for_KB967724",
        version="6.0.1.0",
        language="neutral",
        architecture="x86",
        public_key_token="31bf3856ad364e35",
    ),
    location="%configsetroot%\\Windows6.0-KB967724-x86.CAB",
)


def test_an_unattend_document_byte_for_byte() -> None:
    assert serialize_unattend(Unattend(packages=(KB967724,))) == (
        b'<?xml version="1.0" encoding="utf-8"?>\r\n'
        b'<unattend xmlns="urn:schemas-microsoft-com:unattend">\r\n'
        b"    <servicing>\r\n"
        b'        <package action="install">\r\n'
        b'            <assemblyIdentity name="Package_for_KB967724" version="6.0.1.0"'
        b' language="neutral" processorArchitecture="x86"'
        b' publicKeyToken="31bf3856ad364e35" />\r\n'
        b'            <source location="%configsetroot%'
        b'\\Windows6.0-KB967724-x86.CAB" />\r\n'
        b"        </package>\r\n"
        b"    </servicing>\r\n"
        b"</unattend>\r\n"
    )


def test_parse_inverts_serialize() -> None:
    found = parse_unattend(serialize_unattend(Unattend(packages=(KB967724,))))
    (package,) = found.packages
    assert (package.identity, package.location) == (
        KB967724.identity,
        KB967724.location,
    )
    assert (package.action, package.line) == ("install", 4)


def test_somebody_else_reads_the_same_values() -> None:
    root = etree.fromstring(serialize_unattend(Unattend(packages=(KB967724,))))
    names = {"u": "urn:schemas-microsoft-com:unattend"}
    path = "/u:unattend/u:servicing/u:package/u:source/@location"
    assert root.xpath(path, namespaces=names) == [KB967724.location]


U = 'xmlns="urn:schemas-microsoft-com:unattend"'


def test_a_package_without_source_has_no_location() -> None:
    found = parse_unattend(
        f"<unattend {U}><servicing><package><assemblyIdentity name='a'/></package>"
        "</servicing></unattend>".encode()
    )
    assert [(p.location, p.action) for p in found.packages] == [("", "")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<unattend/>", "not an unattend document"),
        (f"<servicing {U}/>", "not an unattend document"),
        (
            f"<unattend {U}><servicing><package/></servicing></unattend>",
            "a package without an identity",
        ),
    ],
)
def test_what_is_no_unattend_document_is_an_xml_error(text: str, reason: str) -> None:
    with pytest.raises(XmlError) as caught:
        parse_unattend(text.encode())
    assert caught.value.reason == reason


PROPERTIES = {
    "Applies to": "Windows 6.0",
    "ApplicabilityInfo": "Windows Server 2008;",
    "KB Article Number": "967724",
}


def test_properties_byte_for_byte() -> None:
    assert serialize_properties(PROPERTIES) == (
        b'ApplicabilityInfo="Windows Server 2008;"\r\n'
        b'Applies to="Windows 6.0"\r\n'
        b'KB Article Number="967724"\r\n'
    )


def test_properties_are_read_back() -> None:
    assert parse_properties(serialize_properties(PROPERTIES)) == PROPERTIES


def test_blank_lines_marks_and_bare_line_feeds_are_read() -> None:
    data = b'\xef\xbb\xbf\n a ="1"  \n\n  \nB="\xc3\xa4=;"'
    assert parse_properties(data) == {"a": "1", "B": "ä=;"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_list_may_be_utf_16_with_a_byte_order_mark(encoding: str) -> None:
    data = '\ufeffa="1"\r\nB="ä=;"\r\n'.encode(encoding)
    assert parse_properties(data) == {"a": "1", "B": "ä=;"}


@pytest.mark.parametrize(
    ("data", "reason", "line", "offset"),
    [
        (b'a="1"\r\na="2"\r\n', "property 'a' occurs twice", 2, None),
        (b"\r\na=1\r\n", 'a line that is not Name="value"', 2, None),
        (b'="1"', 'a line that is not Name="value"', 1, None),
        (b'a="1" b', 'a line that is not Name="value"', 1, None),
        (b'a="1\r2"', 'a line that is not Name="value"', 1, None),
        (b'a="\xff"', "not UTF-8", None, 3),
        ('a="1"'.encode("utf-16-le"), 'a line that is not Name="value"', 1, None),
        (b"\xff\xfea\x00=", "not UTF-16", None, 4),
        (b"\xfe\xff\xd8\x00", "not UTF-16", None, 2),
    ],
)
def test_other_lists_are_format_errors(
    data: bytes, reason: str, line: int | None, offset: int | None
) -> None:
    with pytest.raises(FormatError) as caught:
        parse_properties(data)
    error = caught.value
    assert (error.reason, error.line, error.offset) == (reason, line, offset)


def test_a_list_larger_than_the_limit_is_a_limit_error() -> None:
    with pytest.raises(LimitError):
        parse_properties(b'a="12345"', limits=Limits(held=8))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "1"),
        (" a", "1"),
        ("a=b", "1"),
        ('a"', "1"),
        ("a", '"'),
        ("a", "1\r\nb"),
        ("a", "ä"),
        ("a", "\x00"),
    ],
)
def test_what_such_a_line_cannot_hold_is_not_written(name: str, value: str) -> None:
    with pytest.raises(FormatError):
        serialize_properties({name: value})


PRINTABLE = st.text(
    st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"'),
    max_size=20,
)


@given(
    st.dictionaries(
        PRINTABLE.filter(lambda name: name.strip() == name != "" and "=" not in name),
        PRINTABLE,
    )
)
def test_any_printable_properties_survive(properties: dict[str, str]) -> None:
    assert parse_properties(serialize_properties(properties)) == properties


@given(st.binary(max_size=60))
def test_noise_is_a_format_error_and_nothing_else(data: bytes) -> None:
    with suppress(FormatError):
        parse_properties(data)
    with suppress(FormatError):
        parse_unattend(data)
