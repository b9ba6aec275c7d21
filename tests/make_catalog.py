"""Small catalogs for tests."""

from datetime import UTC, datetime
from hashlib import sha1

from builder.formats.ctl_member import (
    derive_list_id,
    flat_member,
    os_attribute,
    pe_member,
)
from builder.model.catalog import Catalog, CatalogMember, MemberForm

ISSUED = datetime(2009, 2, 12, 5, 44, tzinfo=UTC)


def members(count: int) -> tuple[CatalogMember, ...]:
    """Return members of files whose contents are "0", "1" and so on."""
    make = (flat_member, pe_member)
    made = (make[n % 2](sha1(b"%d" % n).digest()) for n in range(count))
    return tuple(sorted(made, key=lambda member: member.tag))


def make_catalog(count: int = 1) -> Catalog:
    """Return a version 1 catalog."""
    listed = members(count)
    return Catalog(
        version=1,
        list_id=derive_list_id(listed),
        issued=ISSUED,
        members=listed,
        attributes=(os_attribute("2:5.1,2:5.2,2:6.0"),),
    )


def make_new_catalog(count: int = 1) -> Catalog:
    """Return a version 2 catalog: two members for each file, one with a digest."""
    listed = []
    for number in range(count):
        form, kind = ((MemberForm.PE_IMAGE, 0), (MemberForm.FLAT, 2))[number % 2]
        short = sha1(b"%d" % number).digest()
        long = (short * 2)[:32]
        listed += [
            CatalogMember(tag=short, digest=None, algorithm=None, form=form, kind=kind),
            CatalogMember(
                tag=long, digest=long, algorithm="sha256", form=form, kind=kind, link=""
            ),
        ]
    listed.sort(key=lambda member: member.tag)
    return Catalog(
        version=2,
        list_id=derive_list_id(tuple(listed)),
        issued=ISSUED,
        members=tuple(listed),
    )
