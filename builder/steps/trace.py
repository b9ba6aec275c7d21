"""Follow a file of a package to the root that its signature ends in."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from builder.model.custody import Custody, Link, LinkKind, LinkState
from builder.model.inventory import Facts
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.subject import JudgedCatalog, PackageSet, is_payload
from builder.model.trust import Trust
from builder.model.unpacked import Container, Kind, Member
from builder.model.vouched import Place
from builder.steps.judge import subjects_of
from builder.steps.links import fault_links, signature_links
from builder.steps.membership import Pages, page_link, page_tables
from builder.steps.programs import PageSink, Reread
from builder.steps.register import Listed, Register
from builder.steps.spool import Spool

_HOLDS, _BROKEN = LinkState.HOLDS, LinkState.BROKEN
_MOST_OTHERS = 16


def trace(
    name: str,
    containers: Sequence[Container],
    *,
    trust: Trust,
    facts: Facts | None = None,
    pages: Pages | None = None,
    reread: Reread | None = None,
    spool: Callable[[], Spool] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[Custody, ...]:
    """Return the chain of custody of every file that `name` or `facts` mean.

    Args:
        name: Of the file: its last part, or more of its path in the package.
        containers: What `unpack` has opened.
        facts: Of a file outside the package that is to be traced; members of
            the same content are looked for, then those of the same name.
        pages: Makes the table of page hashes of that file by an algorithm.
        reread: Unpacks the package once more, where page hashes of a file
            inside it are to be compared; None leaves these out.
        spool: Makes room for such a file.
    """
    found: list[tuple[Register, Member]] = []
    for packages in subjects_of(containers, trust, limits):
        if isinstance(packages, PackageSet):
            register = Register.of(packages)
            meant = _meant(packages, name, facts)
            found.extend((register, member) for member in meant)
    inside: PageSink | None = None
    if facts is None and reread is not None and spool is not None:
        inside = _pages_inside(found, reread, spool)
    chains: list[Custody] = []
    for register, member in found:
        compute = pages if inside is None else inside.pages(member.where)
        links = _links(register, member, facts or member.facts, compute)
        chains.append(Custody(where=member.where, links=tuple(links)))
    return tuple(chains)


def _pages_inside(
    found: Iterable[tuple[Register, Member]],
    reread: Reread,
    spool: Callable[[], Spool],
) -> PageSink | None:
    """Make the tables of page hashes that catalogs have of members."""
    wanted: dict[Place, dict[str, int]] = {}
    for register, member in found:
        listed = () if member.facts is None else register.find(member.facts)
        for algorithm, table in page_tables(entry.member for _, entry in listed):
            sizes = wanted.setdefault(member.where, {})
            sizes[algorithm] = max(len(table), sizes.get(algorithm, 0))
    if not wanted:
        return None
    sink = PageSink(wanted, spool)
    reread(sink)
    return sink


def chain_of(register: Register, member: Member, pages: Link | None) -> Custody:
    """Return the chain of custody of one member of a package.

    Args:
        pages: What comparing its page hashes gave, where that was done.
    """
    links = _links(register, member, member.facts, None)
    known = (
        pages if pages is not None and link.kind is LinkKind.PAGES else link
        for link in links
    )
    return Custody(where=member.where, links=tuple(known))


def _meant(packages: PackageSet, name: str, facts: Facts | None) -> tuple[Member, ...]:
    members = packages.container.members
    if facts is not None:
        same = tuple(
            m for m in members if m.facts is not None and m.facts.sha256 == facts.sha256
        )
        if same:
            return same
    key = name.casefold().replace("/", "\\")
    if facts is not None:
        key = key.rpartition("\\")[2]
    return tuple(m for m in members if m.key == key or m.key.endswith(f"\\{key}"))


def _links(
    register: Register,
    member: Member,
    facts: Facts | None,
    pages: Pages | None,
) -> Iterator[Link]:
    if facts is None:
        reason = member.waits or "it could not be unpacked"
        yield Link(kind=LinkKind.FILE, state=_BROKEN, says=reason)
        return
    yield file_link(member, facts)
    if member.kind is Kind.CATALOG:
        judged = register.catalogs.get(member.where)
        if judged is not None:
            yield from _signature_links(judged)
        return
    yield _manifest_link(register, member, facts)
    listed = register.find(facts)
    if not listed and member.kind is Kind.INDEX:
        says = "no catalog lists the index of a delta package; its targets are listed"
        yield Link(kind=LinkKind.MEMBER, state=LinkState.ABSENT, says=says)
        return
    if not listed:
        count = len(register.packages.catalogs)
        yield Link(
            kind=LinkKind.MEMBER,
            state=_BROKEN,
            says=f"none of {count} catalogs lists the file",
        )
        return
    yield _member_link(listed)
    link = page_link([entry.member for _, entry in listed], pages)
    if link is not None:
        yield link
    yield from _signature_links(listed[0][0])


def file_link(member: Member, facts: Facts) -> Link:
    """Compare a file with the member of its name."""
    seen = member.facts
    digest = facts.sha256.hex()
    says = f"{facts.size:,} bytes, sha256 {digest}"
    if seen is not None and seen.sha256 == facts.sha256:
        return Link(kind=LinkKind.FILE, state=_HOLDS, says=says)
    other = "was not unpacked" if seen is None else f"has sha256 {seen.sha256.hex()}"
    return Link(
        kind=LinkKind.FILE,
        state=_BROKEN,
        says=says,
        details=(f"the package's file of that name {other}",),
    )


def _manifest_link(register: Register, member: Member, facts: Facts) -> Link:
    promises = register.promises.get(id(member), ())
    if not promises:
        if not is_payload(member):
            says = "no manifest names documents"
            return Link(kind=LinkKind.MANIFEST, state=LinkState.ABSENT, says=says)
        says = "no manifest names the file"
        return Link(kind=LinkKind.MANIFEST, state=_BROKEN, says=says)
    wrong = [p for p in promises if p.file.digest not in (facts.sha256, facts.sha1)]
    promise = (wrong or promises)[0]
    digest = promise.file.digest
    shown = "none" if digest is None else digest.hex()
    document = promise.document.member
    listed = () if document.facts is None else register.find(document.facts)
    detail = "the manifest itself is in no catalog"
    if listed:
        judged, entry = listed[0]
        detail = f"the manifest itself is in {judged.member.name}: {entry}"
    return Link(
        kind=LinkKind.MANIFEST,
        state=_BROKEN if wrong or not listed else _HOLDS,
        says=f"{document.name}: digest {shown}",
        details=(detail,),
    )


def _member_link(listed: Sequence[Listed]) -> Link:
    judged, entry = listed[0]
    others = listed[1 : _MOST_OTHERS + 1]
    more = tuple(f"also in {other.member.name}: {how}" for other, how in others)
    if len(listed) > len(others) + 1:
        more += (f"and in {len(listed) - len(others) - 1:,} more catalogs",)
    names = [a.value for a in entry.member.attributes if a.name == "File"]
    named = f", as {', '.join(names)}" if names else ""
    return Link(
        kind=LinkKind.MEMBER,
        state=_HOLDS,
        says=f"{judged.member.name}: {entry}{named}",
        details=more,
    )


def _signature_links(judged: JudgedCatalog) -> Iterator[Link]:
    if judged.verified is not None:
        yield from signature_links(judged.verified.signature)
    elif judged.fault is not None:
        yield from fault_links(judged.fault)
    else:
        says = "the catalog cannot be read"
        yield Link(kind=LinkKind.SIGNER, state=_BROKEN, says=says)
