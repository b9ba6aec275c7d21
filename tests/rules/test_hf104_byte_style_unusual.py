from dataclasses import replace

import pytest
from make_subjects import PLACE, manifest, mum, package_set

from builder.model.finding import Hit
from builder.model.subject import Document
from builder.rules.hf104_byte_style_unusual import check, oddity

DECLARED = b'<?xml version="1.0" encoding="utf-8"?>\r\n'
USUAL = DECLARED + b"<assembly>\r\n  <package />\r\n</assembly>"


def written(document: Document, data: bytes) -> Document:
    return replace(document, member=replace(document.member, content=data))


@pytest.mark.boundary
@pytest.mark.parametrize(
    "data",
    [
        USUAL,
        b"\xef\xbb\xbf" + USUAL,
        DECLARED.replace(b"utf-8", b"UTF-8") + b"<a />",
        DECLARED + b"<a>\r\n\t<b />\r\n</a>\r\n",
    ],
)
def test_the_styles_of_genuine_documents_are_usual(data: bytes) -> None:
    assert oddity(data) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (USUAL.replace(b"\r\n", b"\n", 1), "lines that do not"),
        (b"<assembly />", "another XML declaration"),
        (USUAL.replace(b'"1.0"', b'"1.1"'), "another XML declaration"),
        (USUAL.replace(b"package />\r\n", b"package />\n"), "lines that do not"),
        (USUAL + b"\r\n", "a final line end"),
        (USUAL.replace(b"<package />", b"<!-- x -->"), "a comment"),
        (USUAL.decode().encode("utf-16"), "another XML declaration"),
    ],
)
def test_another_style_is_named(data: bytes, reason: str) -> None:
    assert (oddity(data) or "").startswith(reason)


@pytest.mark.exact
def test_all_odd_documents_are_one_note() -> None:
    odd = written(mum(file="update.mum"), USUAL + b"\r\n")
    second = written(manifest(), USUAL.replace(b"\r\n", b"\n"))
    packages = package_set(odd, second, written(mum(), USUAL))
    assert list(check(packages)) == [
        Hit(
            where=PLACE,
            message=(
                "2 of 3 documents are not written like genuine ones of 6.0 to 8.1; "
                "update.mum, for one, has a final line end"
            ),
        )
    ]


@pytest.mark.silent
def test_usual_documents_are_silent() -> None:
    assert list(check(package_set(written(mum(), USUAL)))) == []
