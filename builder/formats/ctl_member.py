"""Catalog members as genuine catalogs of their version have them.

Source: observed in the catalogs of KB2999226, KB2584475 and the Hyper-V
integration services (version 1), KB2937592 and KB2938772 (version 2).
"""

from hashlib import sha256

from builder.formats.ctl import FLAT_GUID, PE_GUID
from builder.formats.ctl_entry import member_tag
from builder.formats.ctl_subject import OBSOLETE
from builder.model.catalog import (
    CatalogMember,
    MemberForm,
    MemberName,
    SubjectInfo,
)

_INFO_VERSION = 0x200
_SHA1_SIZE = 20
_SHA256_SIZE = 32
_KINDS = {MemberForm.PE_IMAGE: 0, MemberForm.FLAT: 2}

OS_ATTRIBUTE_FLAGS = 0x10001


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


def members_v2(
    sha1: bytes,
    sha256_digest: bytes,
    *,
    form: MemberForm,
    attributes: tuple[MemberName, ...] = (),
) -> tuple[CatalogMember, CatalogMember]:
    """Return the two version 2 members of a file.

    The one by SHA-1 has a tag and no digest beside it.

    Args:
        sha1: Of the image, padded as Windows does, or of the whole file.
        sha256_digest: The same by SHA-256.
        form: PE_IMAGE or FLAT.
        attributes: Names and values, where the file has any.

    Raises:
        ValueError: A digest of another length, or another form.
    """
    if form not in _KINDS:
        raise ValueError(f"a member of the form {form} has no kind")
    if (len(sha1), len(sha256_digest)) != (_SHA1_SIZE, _SHA256_SIZE):
        raise ValueError("the digests have not 20 and 32 bytes")
    twin = CatalogMember(
        tag=member_tag(sha1, version=2),
        digest=None,
        algorithm=None,
        form=form,
        attributes=attributes,
        kind=_KINDS[form],
    )
    member = CatalogMember(
        tag=member_tag(sha256_digest, version=2),
        digest=sha256_digest,
        algorithm="sha256",
        form=form,
        attributes=attributes,
        kind=_KINDS[form],
        link="",
    )
    return twin, member


def os_attribute(systems: str) -> MemberName:
    """Return the OSAttr of a whole catalog, such as "2:5.1,2:5.2,2:6.0"."""
    return MemberName(name="OSAttr", value=systems, flags=OS_ATTRIBUTE_FLAGS)


def derive_list_id(members: tuple[CatalogMember, ...], seed: bytes = b"") -> bytes:
    """Return 16 bytes that depend on nothing but the members and `seed`."""
    digest = sha256(len(seed).to_bytes(8, "big") + seed)
    for member in sorted(members, key=lambda member: member.tag):
        digest.update(len(member.tag).to_bytes(8, "big") + member.tag)
    return digest.digest()[:16]
