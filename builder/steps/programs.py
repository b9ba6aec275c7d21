"""Program files that say themselves who made them, and their page hashes.

Windows believes the catalogs of a package and not these signatures; one that
is broken says all the same that the file was changed, or its signature was.
Page hashes need the file a second time: they are of its pages, and which are
wanted is known only when the catalogs were read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from builder.errors import LimitError, PeError, SignatureError, SignatureFault
from builder.formats.page_hash import page_hashes
from builder.model.catalog import CatalogMember
from builder.model.evidence import VerifiedFile
from builder.model.inventory import PeFacts
from builder.model.limits import Limits
from builder.model.subject import JudgedCatalog, JudgedProgram
from builder.model.trust import Trust
from builder.model.unpacked import Container, Member
from builder.model.vouched import Place
from builder.steps.archive import ArchiveFile
from builder.steps.drain import Sink
from builder.steps.membership import (
    Pages,
    find_member,
    index_members,
    page_link,
    page_tables,
)
from builder.steps.spool import Spool

Reread = Callable[[Sink], object]
"""Unpacks everything once more, into a sink."""

_MOST = 2_000  # signatures that are judged; each takes some milliseconds
_OTHER = (
    "not judged: a digest by neither SHA-1 nor SHA-256, which `hotfix catalog "
    "verify` of the file itself computes"
)
_ONCE = "not judged: their page hashes need the files a second time"
_TOO_MANY = f"not judged: there are more than {_MOST:,}"

Wanted = Mapping[Place, Mapping[str, int]]
"""Places, the algorithms of their page hashes, and the longest tables."""


class PageSink:
    """Computes tables of page hashes of members that pass by.

    One file at a time lies in a spool.

    Attributes:
        tables: By place, then by algorithm; empty where there is no table, or
            two files of one place have different ones.
    """

    def __init__(self, wanted: Wanted, spool: Callable[[], Spool]) -> None:
        self.tables: dict[Place, dict[str, bytes]] = {}
        self._wanted = wanted
        self._spool = spool

    @contextmanager
    def writing(
        self, where: Place, file: ArchiveFile
    ) -> Iterator[Callable[[bytes], object] | None]:
        """Want the members of some places."""
        del file
        wanted = self._wanted.get(where)
        if wanted is None:
            yield None
            return
        spool = self._spool()
        yield spool.write
        for algorithm, most in wanted.items():
            try:
                table = page_hashes(spool.buffer(), algorithm, most)
            except PeError:
                table = b""
            tables = self.tables.setdefault(where, {})
            if tables.setdefault(algorithm, table) != table:
                tables[algorithm] = b""

    def pages(self, where: Place) -> Pages:
        """Return what gives the tables of a file."""
        return partial(_table, self.tables.get(where, {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A program file with something to be judged.

    Attributes:
        entries: Members of catalogs that list it with page hashes.
        wanted: Algorithms of page hashes, and the longest tables.
    """

    member: Member
    facts: PeFacts
    entries: Sequence[CatalogMember]
    wanted: Mapping[str, int]


def judge_programs(
    groups: Iterable[tuple[Container, Sequence[JudgedCatalog]]],
    trust: Trust,
    limits: Limits,
    *,
    reread: Reread | None = None,
    spool: Callable[[], Spool] | None = None,
) -> Iterator[JudgedProgram]:
    """Judge the program files of containers that have something to be judged.

    Args:
        groups: Containers, each with its catalogs.
        reread: Gives the files again where page hashes are wanted; None leaves
            these out, and the outcome says so.
        spool: Makes room for one of these files.
    """
    found = [
        program
        for container, catalogs in groups
        for program in _programs(container, catalogs)
    ]
    wanted: dict[Place, dict[str, int]] = {}
    for program in found:
        for algorithm, size in program.wanted.items():
            sizes = wanted.setdefault(program.member.where, {})
            sizes[algorithm] = max(size, sizes.get(algorithm, 0))
    tables: Mapping[Place, Mapping[str, bytes]] | None = None
    if wanted and reread is not None and spool is not None:
        sink = PageSink(wanted, spool)
        reread(sink)
        tables = sink.tables
    signed = 0
    for program in found:
        own = None if tables is None else tables.get(program.member.where, {})
        judged = _with_pages(program, own)
        signed += judged.is_signed
        if not judged.is_signed:
            yield judged
        elif signed > _MOST:
            yield replace(judged, waits=_TOO_MANY)
        else:
            yield _with_signature(judged, program.facts, own, trust, limits)


def _programs(
    container: Container, catalogs: Sequence[JudgedCatalog]
) -> Iterator[_Found]:
    indexes = [
        index_members(judged.catalog)
        for judged in catalogs
        if judged.catalog is not None
        and any(member.has_page_hashes for member in judged.catalog.members)
    ]
    for member in container.members:
        facts = member.facts
        if facts is None or facts.pe is None:
            continue
        listed = [find_member(index, facts) for index in indexes]
        entries = [
            entry.member
            for entry in listed
            if entry is not None and entry.member.has_page_hashes
        ]
        if entries or facts.pe.signed:
            wanted = dict(sorted(_wanted(facts.pe, entries)))
            yield _Found(member=member, facts=facts.pe, entries=entries, wanted=wanted)


def _wanted(
    facts: PeFacts, entries: Iterable[CatalogMember]
) -> Iterator[tuple[str, int]]:
    """Yield algorithms and lengths; of one algorithm the longest comes last."""
    for algorithm, table in page_tables(entries):
        yield algorithm, len(table)
    if not facts.certificates:
        return
    from builder.formats.pe_seal import table_signature  # noqa: PLC0415 - as below
    from builder.formats.spc import wanted_pages  # noqa: PLC0415

    try:
        signature, _ = table_signature(facts.certificates)
    except SignatureError:
        return  # said where the signature is judged
    yield from wanted_pages(signature).items()


def _with_pages(found: _Found, tables: Mapping[str, bytes] | None) -> JudgedProgram:
    compute = None if tables is None else partial(_table, tables)
    return JudgedProgram(
        member=found.member,
        is_signed=found.facts.signed,
        pages=page_link(found.entries, compute),
    )


def _with_signature(
    judged: JudgedProgram,
    facts: PeFacts,
    tables: Mapping[str, bytes] | None,
    trust: Trust,
    limits: Limits,
) -> JudgedProgram:
    try:
        verified = _verified(facts, tables, trust, limits)
    except SignatureError as error:
        return replace(judged, fault=error)
    except LimitError as error:
        fault = SignatureError(SignatureFault.STRUCTURE, error.reason)
        return replace(judged, fault=fault)
    if isinstance(verified, str):
        return replace(judged, waits=verified)
    return replace(judged, verified=verified)


def _table(tables: Mapping[str, bytes], algorithm: str, most: int) -> bytes:
    del most  # the longest was asked for
    return tables.get(algorithm, b"")


def _verified(
    facts: PeFacts, tables: Mapping[str, bytes] | None, trust: Trust, limits: Limits
) -> VerifiedFile | str:
    """Verify the signature, or say why it cannot be judged here."""
    # Slow to import, and many packages have no such file.
    from builder.formats.authenticode import verify_seal  # noqa: PLC0415
    from builder.formats.pe_seal import observed_seal  # noqa: PLC0415
    from builder.formats.spc import wanted_digests, wanted_pages  # noqa: PLC0415

    seal = observed_seal(facts, tables or {})
    if not set(wanted_digests(seal.signature)) <= set(seal.digests):
        return _OTHER
    if tables is None and wanted_pages(seal.signature):
        return _ONCE
    return verify_seal(
        seal,
        anchors=trust.anchors,
        crls=trust.crls,
        at=trust.at,
        policy=trust.file_policy,
        limits=limits,
    )
