from make_subjects import PLACE, member, mum

from builder.errors import XmlError
from builder.model.finding import Hit
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
