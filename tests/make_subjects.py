"""Small subjects for rules, made from keyword arguments."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1, sha256

from builder.errors import LocatedError, SignatureError, SignatureFault
from builder.formats.ctl_member import flat_member, pe_member
from builder.model.catalog import Catalog, CatalogMember
from builder.model.identity import (
    Architecture,
    AssemblyIdentity,
    keyform,
    package_name,
)
from builder.model.inventory import Facts, ImageHash, Inventory, ObservedFile, PeFacts
from builder.model.kb import FileEntry, KbSpec, Provenance, Restart
from builder.model.ledger import Ledger
from builder.model.machine import I386
from builder.model.package import (
    Component,
    Dependency,
    Package,
    PackagedFile,
    Reference,
    Update,
)
from builder.model.subject import (
    Delivery,
    Document,
    JudgedCatalog,
    Msu,
    PackageSet,
    SchemaFault,
)
from builder.model.unpacked import Container, Kind, Member, Promise
from builder.model.version import FileVersion
from builder.steps.sniff import kind_of_member

PLACE = ("a.msu", "a.cab")
TOKEN = "31bf3856ad364e35"
WHEN = datetime(2009, 2, 12, 5, 44, tzinfo=UTC)
VERSION = FileVersion(6, 0, 6001, 22375)
PROMISE = Promise(
    algorithm="sha1", digest=bytes(20), source="7", is_raw=False, is_copy=False
)


def image(
    data: bytes,
    *,
    machine: int = I386,
    version: FileVersion | None = VERSION,
    is_odd: bool = False,
) -> PeFacts:
    """Facts of a program file; an odd one has two image hashes."""

    def hashes(name: str) -> ImageHash:
        new = {"sha1": sha1, "sha256": sha256}[name]
        padded = new(b"image" + data).digest()
        unpadded = new(b"unpadded" + data).digest() if is_odd else padded
        return ImageHash(padded=padded, unpadded=unpadded)

    return PeFacts(
        machine=machine,
        version=version,
        signed=False,
        sha1=hashes("sha1"),
        sha256=hashes("sha256"),
    )


def facts(
    data: bytes = b"", *, size: int | None = None, pe: PeFacts | None = None
) -> Facts:
    return Facts(
        size=len(data) if size is None else size,
        sha1=sha1(data).digest(),
        sha256=sha256(data).digest(),
        pe=pe,
    )


def member(
    name: str,
    data: bytes = b"",
    *,
    where: tuple[str, ...] = PLACE,
    size: int | None = None,
    pe: PeFacts | None = None,
    modified: datetime | None = None,
    damage: LocatedError | None = None,
) -> Member:
    """A member of a cabinet; one with `damage` could not be unpacked."""
    key = name.casefold().replace("/", "\\")
    kind = kind_of_member(key)
    seen = None if damage is not None else facts(data, size=size, pe=pe)
    return Member(
        where=(*where, name),
        name=name,
        kind=kind,
        size=len(data) if size is None else size,
        modified=modified,
        facts=seen,
        content=None if damage is not None or kind is Kind.OTHER else data,
        damage=damage,
    )


def unread(name: str) -> Member:
    """A member behind a damage: known by name only."""
    return replace(member(name), facts=None, content=None)


def container(*members: Member, where: tuple[str, ...] = PLACE) -> Container:
    return Container(where=where, members=members)


def identity(name: str = "Package_for_KB1", **changes: object) -> AssemblyIdentity:
    made = AssemblyIdentity(
        name=name,
        version="6.0.1.0",
        architecture="x86",
        language="neutral",
        public_key_token=TOKEN,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def reference(to: AssemblyIdentity, *, kind: str = "package", line: int = 9) -> Update:
    """An update that brings one thing."""
    refers = Reference(kind=kind, identity=to, line=line)
    return Update(name="1-1_neutral_PACKAGE", references=(refers,))


def mum(
    own: AssemblyIdentity | None = None,
    *updates: Update,
    file: str | None = None,
    faults: tuple[SchemaFault, ...] = (),
    identifier: str | None = "KB1",
) -> Document:
    """A .mum, named by its identity or by `file`."""
    own = own or identity()
    return Document(
        member=member(file or f"{package_name(own)}.mum".lower()),
        value=Package(
            identity=own,
            identifier=identifier,
            release_type="Hotfix",
            updates=updates,
        ),
        faults=faults,
    )


def file_of(name: str, data: bytes | None = b"", *, line: int = 4) -> PackagedFile:
    """A `file` element with the digest of `data`."""
    digest = None if data is None else sha256(data).digest()
    return PackagedFile(name=name, source_name=name, digest=digest, line=line)


COMPONENT = identity(
    "mpio.inf", version="6.0.6001.22375", type="driverUpdate", version_scope="nonSxS"
)
FOLDER = keyform(COMPONENT)


def manifest(
    own: AssemblyIdentity = COMPONENT,
    *files: PackagedFile,
    installs: tuple[AssemblyIdentity, ...] = (),
    file: str | None = None,
) -> Document:
    """A manifest, named by its identity or by `file`."""
    dependencies = tuple(
        Dependency(identity=i, dependency_type="install", line=7) for i in installs
    )
    return Document(
        member=member(file or f"{keyform(own)}.manifest"),
        value=Component(identity=own, files=files, dependencies=dependencies),
    )


def listing(*members: CatalogMember) -> Catalog:
    return Catalog(version=1, list_id=bytes(16), issued=WHEN, members=members)


def judged(
    name: str,
    *listed: Member,
    fault: SignatureFault | None = None,
    error: LocatedError | None = None,
    more: tuple[CatalogMember, ...] = (),
) -> JudgedCatalog:
    """A catalog that lists the given members by SHA-1."""
    entries = [
        flat_member(m.facts.sha1)
        if m.facts.pe is None
        else pe_member(m.facts.pe.sha1.padded)
        for m in listed
        if m.facts is not None
    ]
    return JudgedCatalog(
        member=member(name),
        catalog=None if error is not None else listing(*entries, *more),
        fault=None if fault is None else SignatureError(fault, "a reason"),
        error=error,
    )


def package_set(
    *documents: Document,
    payload: tuple[Member, ...] = (),
    catalogs: tuple[JudgedCatalog, ...] = (),
) -> PackageSet:
    """A package of documents, payload and catalogs, in this order."""
    members = [d.member for d in documents]
    members += [*payload, *(c.member for c in catalogs)]
    return PackageSet(
        container=container(*members), documents=documents, catalogs=catalogs
    )


def msu(*beside: Member, packages: tuple[PackageSet, ...] = ()) -> Msu:
    """A .msu with its documents, and a cabinet of that name."""
    cabinet = replace(member("a.cab", where=PLACE[:1]), kind=Kind.CABINET)
    outer = container(cabinet, *beside, where=PLACE[:1])
    return Msu(container=outer, packages=packages)


def entry(name: str = "Mpio.sys", **changes: object) -> FileEntry:
    """A row of the x86 table: a program of 100 bytes."""
    made = FileEntry(
        architecture=Architecture.X86,
        name=name,
        size=100,
        modified=WHEN,
        version=VERSION,
        platform=Architecture.X86,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def plain_entry(name: str = "Mpio.inf", **changes: object) -> FileEntry:
    """A row without version and platform."""
    return entry(name, version=None, platform=None, **changes)


def program(name: str = "mpio.sys", *, size: int = 100, **changes: object) -> Member:
    """The member that answers `entry()`."""
    made = member(
        f"{FOLDER}\\{name}",
        size=size,
        pe=image(b""),
        modified=WHEN.replace(tzinfo=None),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def kb_spec(*files: FileEntry, number: int = 967724) -> KbSpec:
    return KbSpec(
        number=number,
        title="",
        applies_to=(),
        prerequisites=(),
        restart=Restart.NONE,
        replaces=(),
        registry=None,
        source=Provenance(
            article=number, revision=None, created=None, published=None, sha256=""
        ),
        files=files,
    )


def delivery(
    *pairs: tuple[FileEntry, Member | None],
    number: int | None = 967724,
    architecture: Architecture | None = Architecture.X86,
    **changes: object,
) -> Delivery:
    """A package beside KB967724, each row with its answer."""
    made = Delivery(
        where=PLACE,
        spec=kb_spec(*(row for row, _ in pairs)),
        number=number,
        architecture=architecture,
        pairs=pairs,
        unlisted=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def inventory(*files: tuple[FileEntry, Facts], number: int = 967724) -> Inventory:
    return Inventory(
        number=number,
        stand_in=False,
        files=tuple(
            ObservedFile(architecture=row.architecture, name=row.name, facts=seen)
            for row, seen in files
        ),
    )


def ledger(**changes: object) -> Ledger:
    """A folder of the ledger in which nothing is written yet."""
    made = Ledger(where="kb1", spec=kb_spec(), written={}, drafted={})
    return replace(made, **changes)  # type: ignore[arg-type]  # any field
