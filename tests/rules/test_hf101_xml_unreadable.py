import pytest
from make_subjects import PLACE, member, mum

from builder.errors import XmlError
from builder.formats.manifest import parse_manifest
from builder.model.finding import Hit
from builder.model.subject import Document
from builder.rules.hf101_xml_unreadable import check


@pytest.mark.silent
def test_a_document_that_was_read_is_silent() -> None:
    assert list(check(mum())) == []


@pytest.mark.boundary
def test_a_compressed_manifest_is_silent() -> None:
    """HF103 reports it."""
    document = Document(member=member("x.manifest"), is_compressed=True)
    assert list(check(document)) == []


@pytest.mark.exact
def test_the_reason_and_its_line_are_told() -> None:
    error = XmlError("a document type is refused", line=2)
    document = Document(member=member("x.mum"), error=error)
    assert list(check(document)) == [
        Hit(where=(*PLACE, "x.mum"), message="a document type is refused", line=2)
    ]


def test_a_namespace_that_nobody_knows_is_told() -> None:
    text = (
        b'<assembly xmlns="urn:schemas-microsoft-com:asm.v4" manifestVersion="1.0">'
        b'<noInherit/><assemblyIdentity type="win32-policy" name="a"/></assembly>'
    )
    with pytest.raises(XmlError) as caught:
        parse_manifest(text)
    document = Document(member=member("x.manifest"), error=caught.value)
    (hit,) = check(document)
    assert "urn:schemas-microsoft-com:asm.v4" in hit.message
