"""What rules are shown: documents, catalogs, packages, deliveries.

`builder.steps.judge` makes these from what lies in the containers; a rule
names the type that it wants to see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from builder.errors import LocatedError, SignatureError
from builder.model.catalog import Catalog, VerifiedCatalog
from builder.model.construct import constructor
from builder.model.custody import Link
from builder.model.document import Absence
from builder.model.document import Document as Document  # noqa: PLC0414 - exported
from builder.model.document import Referral as Referral  # noqa: PLC0414 - exported
from builder.model.document import SchemaFault as SchemaFault  # noqa: PLC0414 - exported
from builder.model.evidence import VerifiedFile
from builder.model.identity import (
    Architecture,
    keyform,
    manifest_name,
    package_name,
)
from builder.model.kb import FileEntry, KbSpec
from builder.model.package import Component, Package, PackagedFile
from builder.model.unpacked import Container, Kind, Member


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCatalog:
    """A catalog with what verification said.

    Attributes:
        catalog: The list as it stands, signed or not; None if unreadable.
        verified: The evidence; None where `fault` says what is wrong.
        fault: The first step of the procedure that failed.
        error: Why the catalog could not even be read.
    """

    member: Member
    catalog: Catalog | None = None
    verified: VerifiedCatalog | None = None
    fault: SignatureError | None = None
    error: LocatedError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSeal:
    """A signature on a container with what verification said.

    Attributes:
        verified: The evidence; None where `fault` says what is wrong.
        fault: The first step of the procedure that failed.
    """

    container: Container
    verified: VerifiedFile | None = None
    fault: SignatureError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedProgram:
    """A program file that is signed itself, or has page hashes in a catalog.

    Attributes:
        is_signed: It carries a signature of its own.
        verified: The evidence for that; None where `fault` says what is wrong.
        fault: The first step of the procedure that failed.
        waits: Why its signature was not judged, or None.
        pages: What comparing its page hashes with those of catalogs gave;
            None where no catalog has any.
    """

    member: Member
    is_signed: bool = False
    verified: VerifiedFile | None = None
    fault: SignatureError | None = None
    waits: str | None = None
    pages: Link | None = None


_referral = constructor(Referral)
_READ = (Kind.MUM, Kind.MANIFEST, Kind.CATALOG)


_DELTA_FOLDERS = ("f", "n", "r")


def is_payload(member: Member) -> bool:
    """Tell whether a member of a package is what components install."""
    return member.kind is Kind.OTHER and "\\" in member.key


def delta_target(key: str) -> str | None:
    r"""Return the file that a delta of Windows 10 stands for, or None.

    Forward and reverse deltas and files without a base lie one folder deeper:
    "amd64_…\f\a.dll" stands for "amd64_…\a.dll".
    """
    folder, _, rest = key.partition("\\")
    kind, _, name = rest.partition("\\")
    return f"{folder}\\{name}" if name and kind in _DELTA_FOLDERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedFile:
    """One `file` element of a manifest with the member that answers it.

    Attributes:
        path: Where the file has to lie in the container, folded.
        member: None where nothing lies there.
    """

    document: Document
    component: Component
    file: PackagedFile
    path: str
    member: Member | None


_promised_file = constructor(PromisedFile)


@dataclass(frozen=True, kw_only=True)
class PackageSet:
    """A container that holds .mum files: a package with all its parts."""

    container: Container
    documents: tuple[Document, ...]
    catalogs: tuple[JudgedCatalog, ...]

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Members by folded name; of doubles, the first."""
        found: dict[str, Member] = {}
        for member in self.container.members:
            found.setdefault(member.key, member)
        return found

    @cached_property
    def packages(self) -> tuple[tuple[Document, Package], ...]:
        """The .mum files that could be read, in container order."""
        return tuple(
            (document, document.value)
            for document in self.documents
            if isinstance(document.value, Package)
        )

    @cached_property
    def components(self) -> tuple[tuple[Document, Component], ...]:
        """The manifests that could be read, in container order."""
        return tuple(
            (document, document.value)
            for document in self.documents
            if isinstance(document.value, Component)
        )

    @cached_property
    def start(self) -> tuple[Document, Package] | None:
        """The document and package of update.mum, or the only one there is."""
        for pair in self.packages:
            if pair[0].member.key == "update.mum":
                return pair
        return self.packages[0] if len(self.packages) == 1 else None

    @property
    def root(self) -> Package | None:
        """The package of update.mum, or the only package there is."""
        return None if self.start is None else self.start[1]

    @cached_property
    def unread(self) -> frozenset[str]:
        """Folded names of .mum, .manifest and .cat files that nobody could read."""
        read = {d.member.key for d in self.documents if d.value is not None}
        read |= {c.member.key for c in self.catalogs if c.catalog is not None}
        return frozenset(
            member.key
            for member in self.container.members
            if member.kind in _READ and member.key not in read
        )

    @cached_property
    def promised(self) -> tuple[PromisedFile, ...]:
        """Every `file` of every manifest, in container order."""
        return tuple(self._promised())

    def _promised(self) -> Iterator[PromisedFile]:
        for document, component in self.components:
            folder, own = document.member.key.removesuffix(".manifest"), ""
            for file in component.files:
                source = (file.source_name or file.name).casefold().replace("/", "\\")
                path = f"{folder}\\{source}"
                member = self.members.get(path)
                if member is None and self._folders:
                    # Perhaps the manifest was renamed: HF202.
                    own = own or keyform(component.identity)
                    path = f"{own}\\{source}" if own in self._folders else path
                    member = self.members.get(path)
                yield _promised_file(document, component, file, path, member)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(member.key.partition("\\")[0] for member in self.payload())

    @cached_property
    def referrals(self) -> tuple[Referral, ...]:
        """Every reference from a document to another, in container order.

        What the schema refuses is left out: HF102.
        """
        return (*self._of_updates(), *self._of_components())

    def _of_updates(self) -> Iterator[Referral]:
        for document, package in self.packages:
            faulty = {fault.line for fault in document.faults}
            origin = document.member.key
            for update in package.updates:
                for reference in update.references:
                    if reference.line in faulty:
                        continue
                    identity = reference.identity
                    is_package = reference.kind == "package"
                    name = (
                        f"{package_name(identity)}.mum".casefold()
                        if is_package
                        else manifest_name(identity)
                    )
                    yield _referral(
                        document,
                        origin,
                        reference.line,
                        reference.kind,
                        identity,
                        name,
                        reference.contained != "false",
                    )

    def _of_components(self) -> Iterator[Referral]:
        for document, component in self.components:
            origin = document.member.key
            for dependency in component.dependencies:
                kind, identity = dependency.dependency_type or "", dependency.identity
                yield _referral(
                    document,
                    origin,
                    dependency.line,
                    kind,
                    identity,
                    manifest_name(identity),
                    kind == "install" and identity.language != "*",
                )

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Folded file names of documents, by these and by their identities' names.

        That the two differ is HF202.
        """
        files = [document.member.key for document in self.documents]
        found = dict(zip(files, files, strict=True))
        for document, package in self.packages:
            name = f"{package_name(package.identity)}.mum".casefold()
            if name not in found:
                found[name] = document.member.key
        for document, component in self.components:
            name = manifest_name(component.identity)
            if name not in found:
                found[name] = document.member.key
        return found

    @cached_property
    def absences(self) -> tuple[Absence, ...]:
        """What is referred to and absent, each once, in order of reference."""
        found: dict[str, list[Referral]] = {}
        for referral in self.referrals:
            name = referral.name
            if referral.is_contained and not (
                name in self.members or name in self.keys
            ):
                found.setdefault(name, []).append(referral)
        return tuple(
            Absence(
                name=name,
                document=same[0].document,
                line=same[0].line,
                referrers=len(same),
            )
            for name, same in found.items()
        )

    @cached_property
    def deltas(self) -> frozenset[str]:
        """Where the files would lie that deltas of Windows 10 stand for."""
        found = (delta_target(member.key) for member in self.payload())
        return frozenset(target for target in found if target is not None)

    @cached_property
    def is_express(self) -> bool:
        """An index says that the payload lies in a file beside the package."""
        return any(m.kind is Kind.EXPRESS for m in self.container.members)

    def is_apart(self, promise: PromisedFile) -> bool:
        """Tell whether a file lies in deltas, or beside the package."""
        absent = promise.member is None
        return absent and (self.is_express or promise.path in self.deltas)

    @cached_property
    def missed(self) -> frozenset[str]:
        """The folded names, without folders, of everything that is absent."""
        names = {absence.name for absence in self.absences}
        names |= {
            promise.path.rpartition("\\")[2]
            for promise in self.promised
            if promise.member is None
        }
        return frozenset(names)

    def payload(self) -> tuple[Member, ...]:
        """Return the members that components install."""
        return tuple(member for member in self.container.members if is_payload(member))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageStore:
    """A folder with the .mum and .cat files of many packages, without payload.

    What they refer to lies elsewhere on the system that the folder is from.
    """

    container: Container
    documents: tuple[Document, ...]
    catalogs: tuple[JudgedCatalog, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Msu:
    """An outer cabinet that carries packages with installation documents."""

    container: Container
    packages: tuple[PackageSet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A package beside the article that promises it.

    Attributes:
        architecture: Of the package; None where it does not say.
        pairs: Each promised row with the member that answers it, if any.
        unlisted: Members that the article does not list.
        explained: Places of members that rules about the package itself
            already call wrong.
        missed: Folded names of files that such rules already miss.
        is_incomplete: A document is absent, and so may be what it brings.
    """

    where: tuple[str, ...]
    spec: KbSpec
    number: int | None
    architecture: Architecture | None
    pairs: tuple[tuple[FileEntry, Member | None], ...]
    unlisted: tuple[Member, ...]
    explained: frozenset[tuple[str, ...]] = frozenset()
    missed: frozenset[str] = frozenset()
    is_incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A top-level file with everything that was found inside.

    Attributes:
        containers: Outermost first.
        documents: Those of all containers.
    """

    containers: tuple[Container, ...]
    packages: tuple[PackageSet, ...]
    documents: tuple[Document, ...] = ()
    stores: tuple[PackageStore, ...] = ()
