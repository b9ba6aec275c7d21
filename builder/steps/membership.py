"""Find files in catalogs, and say by which hash they are listed."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from builder.formats.ctl_subject import parse_page_hashes
from builder.model.catalog import Catalog, CatalogMember, MemberForm, MemberIndex
from builder.model.custody import Link, LinkKind, LinkState, Membership
from builder.model.inventory import Facts

Pages = Callable[[str, int], bytes]
"""Makes a file's table of page hashes by an algorithm, of so many bytes at most."""


def index_members(catalog: Catalog) -> Mapping[bytes, CatalogMember]:
    """Return the members of a catalog by the digest they stand for."""
    found: dict[bytes, CatalogMember] = {}
    for member in catalog.members:
        digest = member.tag if member.digest is None else member.digest
        known = found.get(digest)
        # Of entries with one digest, one with page hashes says most.
        if known is None or (member.has_page_hashes and not known.has_page_hashes):
            found[digest] = member
    return found


def find_member(index: MemberIndex, facts: Facts) -> Membership | None:
    """Find a file, by its strongest hash first."""
    for digest, hashed, algorithm in hashes(facts):
        member = index.get(digest)
        if member is not None and fits(member, facts):
            return Membership(member=member, hashed=hashed, algorithm=algorithm)
    return None


def fits(member: CatalogMember, facts: Facts) -> bool:
    """Whether a member claims to be the kind of hash that was found."""
    is_image = member.form is MemberForm.PE_IMAGE
    return member.form is MemberForm.OTHER or is_image == (facts.pe is not None)


def hashes(facts: Facts) -> Iterator[tuple[bytes, str, str]]:
    """Yield what a file may be listed by: digest, kind and algorithm, best first."""
    pe = facts.pe
    if pe is None:
        yield facts.sha256, "flat hash", "sha256"
        yield facts.sha1, "flat hash", "sha1"
        return
    yield pe.sha256.padded, "image hash", "sha256"
    yield pe.sha1.padded, "image hash", "sha1"
    for image, algorithm in ((pe.sha256, "sha256"), (pe.sha1, "sha1")):
        if image.unpadded != image.padded:
            yield image.unpadded, "image hash without padding", algorithm


def page_tables(members: Iterable[CatalogMember]) -> list[tuple[str, bytes]]:
    """Return the tables of page hashes of members, each with its algorithm."""
    return [
        found
        for member in members
        if member.subject is not None
        and (found := parse_page_hashes(member.subject)) is not None
    ]


def page_link(members: Iterable[CatalogMember], compute: Pages | None) -> Link | None:
    """Compare the page hashes of members with those of a file.

    Args:
        members: Entries of one file.
        compute: None where the file itself is not at hand.

    Returns:
        None where no member has page hashes.
    """
    tables = page_tables(members)
    if not tables:
        return None
    algorithm, table = tables[0]
    count = len(table) // (4 + {"sha1": 20, "sha256": 32}[algorithm]) - 1
    if compute is None:
        state, says = LinkState.UNCHECKED, "the file itself is not at hand"
    elif all(compute(name, len(wanted)) == wanted for name, wanted in tables):
        state, says = LinkState.HOLDS, f"{count:,} pages by {algorithm}"
    else:
        state, says = LinkState.BROKEN, f"a page has another {algorithm}"
    return Link(kind=LinkKind.PAGES, state=state, says=says)
