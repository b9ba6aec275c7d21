"""Recognise files by content, and documents inside packages by name."""

from builder.errors import FormatError
from builder.formats.cix import INDEX_NAME
from builder.model.unpacked import Kind
from builder.steps.archive import is_archive

_FOREIGN = (
    (b"MZ", "a program file (PE)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "a compound file (.msi, .msp)"),
    (b"PA30", "a PA30 delta"),
    (b"PA19", "a PA19 delta"),
    (b"PA31", "a PA31 delta"),
    (b"PSTREAM", "a file of payload (.psf), which lies beside its package"),
    (b"%PDF", "a PDF document"),
)
_SUFFIXES = {
    ".mum": Kind.MUM,
    ".manifest": Kind.MANIFEST,
    ".cat": Kind.CATALOG,
    ".psf.cix.xml": Kind.EXPRESS,
    "cabinet.cablist.ini": Kind.CABINETS,
    INDEX_NAME: Kind.INDEX,
    ".xml": Kind.UNATTEND,
}


def kind_of_member(key: str) -> Kind:
    """Tell what a member of a package is, by its folded name.

    Only names without a folder are documents: whatever lies in a component's
    folder is payload, even if it is called x.mum.
    """
    if "\\" in key:
        return Kind.OTHER
    if "-pkgproperties" in key and key.endswith(".txt"):
        return Kind.PROPERTIES
    found = (kind for suffix, kind in _SUFFIXES.items() if key.endswith(suffix))
    return next(found, Kind.OTHER)


def kind_of_file(name: str, head: bytes) -> Kind:
    """Tell what a file given alone is, by its first bytes.

    The name only decides between the two kinds of XML.

    Raises:
        FormatError: It is none of what can be judged; says what it is.
    """
    if is_archive(head):
        return Kind.CABINET
    if head.startswith(b"DCM\x01"):
        return Kind.MANIFEST
    for magic, words in _FOREIGN:
        if head.startswith(magic):
            raise FormatError(f"is {words}; expected .msu, .cab, .cat, .mum, .manifest")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\0\xff\xfe")
    if text.startswith(b"<"):
        is_mum = name.casefold().endswith(".mum")
        return Kind.MUM if is_mum else Kind.MANIFEST
    if head.startswith(b"\x30"):
        return Kind.CATALOG
    if not head:
        raise FormatError("is empty")
    raise FormatError("is no .msu, .cab, .cat, .mum or .manifest")
