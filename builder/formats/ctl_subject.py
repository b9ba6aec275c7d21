"""What a catalog member's digest was computed over, as SpcIndirectData says it.

Source: wintrust.h (SpcAttributeTypeAndOptionalValue, SpcPeImageData, SpcLink,
SpcSerializedObject); the two shapes with a link observed in 2,300 members of
genuine catalogs from 2012 to 2023.
"""

from functools import lru_cache

from builder.errors import CatalogError
from builder.formats import der, oids
from builder.model.catalog import MemberForm

OBSOLETE = "<<<Obsolete>>>"

_PAGE_HASH_CLASS = bytes.fromhex("a6b586d5b4a12466ae05a217da8e60d6")
_PE_FLAGS = bytes.fromhex("030205a0")  # includeResources and importAddressTable
_FILE = der.context(2)
_UNICODE = der.context(0, constructed=False)
_MONIKER = der.context(1)
_PE_FILE = der.context(0)


def parse_subject(raw: bytes) -> tuple[MemberForm, str | None]:
    """Read an SpcAttributeTypeAndOptionalValue.

    Returns:
        The form, and the text of the link, or None where something else than a
        link in one of the two observed shapes stands there.

    Raises:
        CatalogError: Not DER; offsets count from the start of `raw`.
    """
    der.check(raw)
    whole = der.Cursor(raw).enter(der.SEQUENCE, "subject")
    oid = whole.oid("subject type")
    if oid not in {oids.PE_IMAGE, oids.FLAT_FILE}:
        return MemberForm.OTHER, None
    form = MemberForm.PE_IMAGE if oid == oids.PE_IMAGE else MemberForm.FLAT
    link = _link(whole, form)
    if link is not None and serialize_subject(form, link) != raw:
        link = None
    return form, link


def _link(value: der.Cursor, form: MemberForm) -> str | None:
    if form is MemberForm.PE_IMAGE:
        value = value.enter(der.SEQUENCE, "image data")
        value.raw("image flags")
        if not value.next_is(_PE_FILE):
            return None
        value = value.enter(_PE_FILE, "image file")
    if not value.next_is(_FILE):
        return None
    file = value.enter(_FILE, "link")
    if not file.next_is(_UNICODE):
        return None
    try:
        return file.content(_UNICODE, "link").decode("utf-16-be")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=16)  # members share two or three
def serialize_subject(form: MemberForm, link: str) -> bytes:
    """Write an SpcAttributeTypeAndOptionalValue with a link.

    Raises:
        ValueError: `form` is OTHER, which has no such shape.
    """
    file = der.encode(_FILE, der.encode(_UNICODE, link.encode("utf-16-be")))
    if form is MemberForm.OTHER:
        raise ValueError("a member of another form needs its subject as DER")
    if form is not MemberForm.PE_IMAGE:
        return der.encode(der.SEQUENCE, der.encode_oid(oids.FLAT_FILE), file)
    image = der.encode(der.SEQUENCE, _PE_FLAGS, der.encode(_PE_FILE, file))
    return der.encode(der.SEQUENCE, der.encode_oid(oids.PE_IMAGE), image)


def parse_page_hashes(raw: bytes) -> tuple[str, bytes] | None:
    """Take the page hashes out of an SpcAttributeTypeAndOptionalValue.

    Returns:
        The digest algorithm and the table as it stands: entries of a 32-bit
        little-endian file offset and a digest; None where there is no table.
    """
    try:
        whole = der.Cursor(raw).enter(der.SEQUENCE, "subject")
        if whole.oid("subject type") != oids.PE_IMAGE:
            return None
        image = whole.enter(der.SEQUENCE, "image data")
        image.raw("image flags")
        moniker = image.enter(_PE_FILE, "image file").enter(_MONIKER, "moniker")
        if moniker.content(der.OCTET_STRING, "class") != _PAGE_HASH_CLASS:
            return None
        table = der.Cursor(moniker.content(der.OCTET_STRING, "serialized data"))
        entry = table.enter(der.SET, "page hashes").enter(der.SEQUENCE, "page hashes")
        algorithm = {oids.PAGE_HASHES_V1: "sha1", oids.PAGE_HASHES_V2: "sha256"}.get(
            entry.oid("page hash type")
        )
        octets = entry.enter(der.SET, "page hashes").content(
            der.OCTET_STRING, "page hashes"
        )
    except CatalogError:
        return None
    return None if algorithm is None else (algorithm, octets)
