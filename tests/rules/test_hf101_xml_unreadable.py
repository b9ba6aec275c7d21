import pytest
from make_subjects import PLACE, member, mum

from builder.errors import DialectError, XmlError
from builder.formats.manifest import parse_manifest
from builder.model.finding import Hit, Severity
from builder.model.subject import Document
from builder.rules.hf101_xml_unreadable import check


def test_a_document_that_was_read_is_silent() -> None:
    assert list(check(mum())) == []


def test_a_compressed_manifest_is_silent() -> None:
    """HF103 reports it."""
    document = Document(member=member("x.manifest"), is_compressed=True)
    assert list(check(document)) == []


def test_the_reason_and_its_line_are_told() -> None:
    error = XmlError("a document type is refused", line=2)
    document = Document(member=member("x.mum"), error=error)
    assert list(check(document)) == [
        Hit(where=(*PLACE, "x.mum"), message="a document type is refused", line=2)
    ]


def test_an_assembly_of_programs_is_a_warning_and_any_other_root_an_error() -> None:
    text = (
        b'<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">'
        b'<noInherit/><assemblyIdentity type="win32-policy" name="a"/></assembly>'
    )
    found = []
    for data in (text, text.replace(b"asm.v1", b"asm.v4")):
        with pytest.raises(XmlError) as caught:
            parse_manifest(data)
        error = caught.value
        found.append((type(error), Document(member=member("x.manifest"), error=error)))
    assert [kind for kind, _ in found] == [DialectError, XmlError]
    severities = [hit.severity for _, it in found for hit in check(it)]
    assert severities == [Severity.WARNING, None]
