"""Packages that we build, taken apart, changed in one place, put together again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha1
from io import BytesIO

from kb967724 import SPEC

from builder.formats.cab import parse_cab
from builder.formats.cab_members import unpack_members
from builder.formats.cab_pack import CabSource, pack_cab
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl_member import derive_list_id, flat_member, pe_member
from builder.formats.facts import observe
from builder.formats.stand_in import stand_in
from builder.model.cabinet import MSZIP, Compression
from builder.model.catalog import Catalog, CatalogMember
from builder.model.finding import Finding, PackageReport, Severity
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.limits import DEFAULT_LIMITS
from builder.model.recipe import Recipe
from builder.model.signer import Signer
from builder.model.trust import Trust
from builder.steps.build import Manner, build
from builder.steps.judge import judge
from builder.steps.plan import plan
from builder.steps.unpack import unpack

ISSUED = datetime(2009, 2, 12, 18, 35, tzinfo=UTC)
AT = datetime(2020, 6, 1, 12, tzinfo=UTC)


class Memory:
    """Room for a cabinet, in memory."""

    def __init__(self) -> None:
        self._file = BytesIO()

    def write(self, data: bytes, /) -> int:
        return self._file.write(data)

    def seek(self, offset: int, /) -> int:
        return self._file.seek(offset)

    def chunks(self) -> Iterator[bytes]:
        yield self._file.getvalue()

    def buffer(self) -> memoryview:
        return memoryview(self._file.getvalue())


@dataclass(kw_only=True)
class Entry:
    """A file of a cabinet."""

    name: str
    modified: datetime
    data: bytes


def entries_of(cabinet: bytes) -> list[Entry]:
    """Unpack a cabinet with the builder's own reader."""
    found = []
    for file, chunks in unpack_members(parse_cab(cabinet), cabinet):
        assert file.modified is not None
        found.append(
            Entry(name=file.name, modified=file.modified, data=b"".join(chunks))
        )
    return found


def cabinet_of(
    entries: list[Entry],
    compression: Compression = MSZIP,
    *,
    for_signature: bool = False,
) -> bytes:
    """Pack a cabinet."""
    sink = Memory()
    sources = [
        CabSource(name=e.name, modified=e.modified, chunks=partial(iter, [e.data]))
        for e in entries
    ]
    pack_cab(sources, sink=sink, compression=compression, for_signature=for_signature)
    return bytes(sink.buffer())


@dataclass(kw_only=True)
class Parts:
    """A .msu taken apart.

    `damage` changes the bytes of the packed inner cabinet, `damage_outer`
    those of the .msu.
    """

    name: str
    outer: list[Entry]
    inner: list[Entry]
    compression: Compression = MSZIP
    damage: Callable[[bytes], bytes] = bytes
    damage_outer: Callable[[bytes], bytes] = bytes
    spec: KbSpec | None = None
    at: datetime = AT
    signer: Signer | None = None
    signers: dict[str, Signer | None] = field(default_factory=dict)

    def copy(self) -> "Parts":
        """Return parts that can be changed without changing these."""
        return Parts(
            name=self.name,
            outer=[Entry(**vars(e)) for e in self.outer],
            inner=[Entry(**vars(e)) for e in self.inner],
            spec=self.spec,
            signer=self.signer,
        )

    def find(self, wanted: str) -> Entry:
        """Return the only file whose name, without folders, ends so."""
        found = [
            e
            for e in (*self.inner, *self.outer)
            if e.name == wanted or e.name.rpartition("\\")[2] == wanted
        ]
        assert len(found) == 1, (wanted, [e.name for e in found])
        return found[0]

    def drop(self, *names: str) -> None:
        """Leave files out."""
        for name in names:
            entry = self.find(name)
            self.inner = [e for e in self.inner if e is not entry]
            self.outer = [e for e in self.outer if e is not entry]

    def edit(self, name: str, old: str, new: str, *, count: int = 1) -> None:
        """Change text in a document; it has to be there."""
        entry = self.find(name)
        assert entry.data.count(old.encode()) >= 1, old
        entry.data = entry.data.replace(old.encode(), new.encode(), count)

    def add(self, name: str, data: bytes, like: str = "update.mum") -> None:
        """Add a file to the inner cabinet."""
        at = self.find(like).modified
        self.inner.append(Entry(name=name, modified=at, data=data))

    def pack(self) -> bytes:
        """Put the .msu together."""
        outer = self.outer
        if self.inner:
            cabinet = self.damage(cabinet_of(self.inner, self.compression))
            place = next((e for e in outer if e.name.endswith(".cab")), None)
            if place is not None:
                place.data = cabinet
        return self.damage_outer(cabinet_of(outer))


def build_parts(architecture: Architecture, signer: Signer) -> Parts:
    """Build KB967724 from stand-ins and take it apart."""
    planned = plan(SPEC, architecture, recipe=Recipe())
    payload = {
        file.key: partial(stand_in, file.entry)
        for file in planned.payload
        if file.entry is not None
    }
    manner = Manner(signer=signer, time=ISSUED, is_stand_in=True)
    built = build(planned, payload, manner=manner, scratch=Memory)
    outer = entries_of(bytes(built.msu.buffer()))
    inner = next(entry for entry in outer if entry.name.endswith(".cab"))
    return Parts(
        name=built.name,
        outer=outer,
        inner=entries_of(inner.data),
        spec=SPEC,
        signer=signer,
    )


def member_of(data: bytes) -> CatalogMember:
    """Return the catalog member of a file: by image hash or by its bytes."""
    pe = observe([data]).pe
    return flat_member(sha1(data).digest()) if pe is None else pe_member(pe.sha1.padded)


def catalog_of(files: list[bytes], name: str) -> Catalog:
    """List files in a version 1 catalog."""
    by_tag = {member.tag: member for member in map(member_of, files)}
    members = tuple(by_tag[tag] for tag in sorted(by_tag))
    return Catalog(
        version=1,
        list_id=derive_list_id(members, name.encode()),
        issued=ISSUED,
        members=members,
    )


def signed(catalog: Catalog, signer: Signer | None) -> bytes:
    return (
        unsigned_catalog(catalog) if signer is None else sign_catalog(catalog, signer)
    )


def is_leaf(name: str) -> bool:
    return name.casefold().startswith("package_1_for")


def sign_again(parts: Parts) -> None:
    """Make every catalog that is there again: its .mum; the leaf's, all else."""
    files = {e.name.casefold(): e for e in parts.inner}
    rest = [e.data for key, e in files.items() if not key.endswith((".mum", ".cat"))]
    for key, mum in files.items():
        own = files.get(key.removesuffix(".mum") + ".cat")
        if key.endswith(".mum") and own is not None:
            listed = [mum.data, *(rest if is_leaf(key) else [])]
            signer = parts.signers.get(own.name, parts.signer)
            own.data = signed(catalog_of(listed, own.name), signer)


def row_of(architecture: Architecture, name: str) -> FileEntry:
    """Return a row of the article."""
    return next(
        e
        for e in SPEC.files
        if e.architecture is architecture and e.name.casefold() == name
    )


def judged(parts: Parts) -> PackageReport:
    """Judge parts, put together, by the root they were signed under."""
    assert parts.signer is not None
    trust = Trust(anchors=(parts.signer.certificates[-1],), crls=(), at=parts.at)
    containers = unpack(parts.name, parts.pack(), limits=DEFAULT_LIMITS, spool=Memory)
    return judge(parts.name, containers, spec=parts.spec, trust=trust)


def complaints(report: PackageReport) -> list[Finding]:
    """Return the errors and warnings."""
    return [f for f in report.findings if f.severity is not Severity.NOTE]
