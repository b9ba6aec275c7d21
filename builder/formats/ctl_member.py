"""Catalog members as genuine catalogs of their version have them.

Source: observed in the catalogs of KB2999226, KB2584475 and the Hyper-V
integration services (version 1).
"""

from hashlib import sha256

from builder.formats.ctl import FLAT_GUID, PE_GUID
from builder.formats.ctl_subject import OBSOLETE
from builder.model.catalog import (
    CatalogMember,
    MemberForm,
    MemberName,
    SubjectInfo,
)

_INFO_VERSION = 0x200
_SHA1_SIZE = 20

OS_ATTRIBUTE_FLAGS = 0x10001


def member_tag(digest: bytes, *, version: int) -> bytes:
    """Return the tag that a member with this digest has.

    Version 1: upper-case hexadecimal digits in UTF-16LE with a terminating
    NUL.  Version 2: the digest itself.
    """
    if version == 1:
        return (digest.hex().upper() + "\0").encode("utf-16-le")
    return digest


def pe_member(sha1: bytes, *, attributes: tuple[MemberName, ...] = ()) -> CatalogMember:
    """Return the version 1 member of a portable executable.

    Args:
        sha1: Of the image without its signature, padded with zeros to a
            multiple of eight bytes: 20 bytes.
        attributes: Names and values, where the file has any.

    Raises:
        ValueError: `sha1` has not 20 bytes.
    """
    return _member(sha1, MemberForm.PE_IMAGE, PE_GUID, attributes)


def flat_member(
    sha1: bytes, *, attributes: tuple[MemberName, ...] = ()
) -> CatalogMember:
    """Return the version 1 member of any other file.

    Args:
        sha1: Of the whole file: 20 bytes.
        attributes: Names and values, where the file has any.

    Raises:
        ValueError: `sha1` has not 20 bytes.
    """
    return _member(sha1, MemberForm.FLAT, FLAT_GUID, attributes)


def _member(
    sha1: bytes, form: MemberForm, guid: str, attributes: tuple[MemberName, ...]
) -> CatalogMember:
    if len(sha1) != _SHA1_SIZE:
        raise ValueError(f"a SHA-1 digest has 20 bytes, not {len(sha1)}")
    return CatalogMember(
        tag=member_tag(sha1, version=1),
        digest=sha1,
        algorithm="sha1",
        form=form,
        attributes=attributes,
        info=SubjectInfo(guid=guid, version=_INFO_VERSION),
        link=OBSOLETE,
    )


def os_attribute(systems: str) -> MemberName:
    """Return the OSAttr of a whole catalog, such as "2:5.1,2:5.2,2:6.0"."""
    return MemberName(name="OSAttr", value=systems, flags=OS_ATTRIBUTE_FLAGS)


def derive_list_id(members: tuple[CatalogMember, ...], seed: bytes = b"") -> bytes:
    """Return 16 bytes that depend on nothing but the members and `seed`."""
    digest = sha256(len(seed).to_bytes(8, "big") + seed)
    for member in sorted(members, key=lambda member: member.tag):
        digest.update(len(member.tag).to_bytes(8, "big") + member.tag)
    return digest.digest()[:16]
