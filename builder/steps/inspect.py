"""Containers to a tree: packages, parents, components, files, catalogs."""

from collections.abc import Iterable, Iterator, Sequence

from builder.errors import FormatError, LimitError
from builder.formats.verify import parse_catalog
from builder.model.identity import AssemblyIdentity, keyform, package_name
from builder.model.limits import Limits
from builder.model.package import Component, Package, PackagedFile
from builder.model.subject import Document, PackageSet
from builder.model.tree import Fact, Node
from builder.model.unpacked import Container, Kind, Member
from builder.steps.read_document import read_document

_ROOTS = ("update.mum", "update-bf.mum")


def inspect(containers: Sequence[Container], *, limits: Limits) -> Node:
    """Describe what `unpack` has opened; the outermost container is the root."""
    nodes: dict[tuple[str, ...], Node] = {}
    for container in reversed(containers):
        inner = {
            where: node
            for where, node in nodes.items()
            if where[:-1] == container.where
        }
        nodes[container.where] = _container(container, inner, limits)
    return nodes[containers[0].where]


def _container(
    container: Container, inner: dict[tuple[str, ...], Node], limits: Limits
) -> Node:
    documents = tuple(
        read_document(member, data, limits=limits)
        for member in container.members
        if member.kind in (Kind.MUM, Kind.MANIFEST)
        and (data := member.data) is not None
    )
    packages = PackageSet(container=container, documents=documents, catalogs=())
    compressed = {d.member.key for d in documents if d.is_compressed}
    walk = _Packages(packages)
    children = [*container.tables, *walk.roots()]
    children += [
        _catalog(member, limits)
        for member in container.members
        if member.kind is Kind.CATALOG
    ]
    for member in container.members:
        if member.where in inner:
            children.append(inner[member.where])
        elif member.kind is not Kind.CATALOG and member.key not in walk.shown:
            children.append(_file(member, is_compressed=member.key in compressed))
    facts: list[tuple[str, Fact]] = [
        ("packing", container.packing),
        ("files", len(container.members)),
        ("signed", container.is_signed),
        ("trailing_bytes", container.trailing),
        ("damage", "" if container.damage is None else str(container.damage.reason)),
        ("waits", container.waits or ""),
    ]
    return Node(
        kind=container.form.value,
        name=container.where[-1],
        facts=tuple((name, value) for name, value in facts if value not in ("", 0, ())),
        children=tuple(children),
    )


class _Packages:
    """The packages of one container, each described once."""

    def __init__(self, packages: PackageSet) -> None:
        self._packages = packages
        self._documents: dict[str, Document] = {}
        for document in packages.documents:
            value = document.value
            if isinstance(value, Package):
                self._documents.setdefault(_name(value.identity, "package"), document)
            elif isinstance(value, Component):
                self._documents.setdefault(_name(value.identity, "component"), document)
        self.shown: set[str] = set()

    def roots(self) -> Iterator[Node]:
        """Yield update.mum, then whatever it does not lead to."""
        values = [d for d in self._packages.documents if d.value is not None]
        named = [d for d in values if d.member.key in _ROOTS]
        mums = [d for d in values if isinstance(d.value, Package)]
        for document in (*named, *mums, *values):
            if document.member.key not in self.shown:
                yield self._describe(document)

    def _describe(self, top: Document) -> Node:
        """Describe a document and what it leads to, without recursion."""
        self.shown.add(top.member.key)
        stack = [(top, self._parts(top), list[Node]())]
        while True:
            document, parts, done = stack[-1]
            part = next(parts, None)
            if isinstance(part, Node):
                done.append(part)
            elif part is not None:
                self.shown.add(part.member.key)
                stack.append((part, self._parts(part), []))
            else:
                stack.pop()
                node = _document(document, tuple(done))
                if not stack:
                    return node
                stack[-1][2].append(node)

    def _parts(self, document: Document) -> Iterator[Node | Document]:
        value = document.value
        if isinstance(value, Package):
            yield from _parents(value)
            for update in value.updates:
                for reference in update.references:
                    kind = "package" if reference.kind == "package" else "component"
                    yield self._lead(reference.identity, kind)
        elif isinstance(value, Component):
            for dependency in value.dependencies:
                yield self._lead(dependency.identity, "component")
            folder = document.member.key.removesuffix(".manifest")
            for file in value.files:
                yield self._payload(folder, file)

    def _lead(self, identity: AssemblyIdentity, kind: str) -> Node | Document:
        name = _name(identity, kind)
        document = self._documents.get(name)
        if document is None:
            return Node(kind=kind, name=name, facts=(("elsewhere", True),))
        if document.member.key in self.shown:
            return Node(kind=kind, name=name, facts=(("see_above", True),))
        return document

    def _payload(self, folder: str, file: PackagedFile) -> Node:
        source = (file.source_name or file.name).casefold().replace("/", "\\")
        member = self._packages.members.get(f"{folder}\\{source}")
        if member is None:
            return Node(kind="file", name=file.name, facts=(("elsewhere", True),))
        self.shown.add(member.key)
        return _file(member, name=file.name)


def _name(identity: AssemblyIdentity, kind: str) -> str:
    name = package_name(identity) if kind == "package" else keyform(identity)
    return name.casefold()


def _parents(package: Package) -> Iterator[Node]:
    for parent in package.parents:
        for identity in parent.identities:
            yield Node(kind="parent", name=package_name(identity))


def _document(document: Document, children: tuple[Node, ...]) -> Node:
    value = document.value
    size: tuple[str, Fact] = ("size", document.member.size)
    if isinstance(value, Package):
        facts = [("identifier", value.identifier), ("release_type", value.release_type)]
        facts += [("restart", value.restart), ("document", document.member.name)]
        return Node(
            kind="package",
            name=package_name(value.identity),
            facts=(*_given(facts), size),
            children=children,
        )
    if isinstance(value, Component):
        kind = "deployment" if value.is_deployment and not value.files else "component"
        facts = [("version", value.identity.version), ("type", value.identity.type)]
        if document.member.expanded is not None:
            facts.append(("decoded_with", document.member.expanded.base))
        return Node(
            kind=kind,
            name=document.member.name.removesuffix(".manifest"),
            facts=(*_given(facts), size),
            children=children,
        )
    return _file(document.member)


def _given(facts: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, Fact]]:
    return ((name, value) for name, value in facts if value is not None)


def _catalog(member: Member, limits: Limits) -> Node:
    facts: list[tuple[str, Fact]] = []
    try:
        catalog = parse_catalog(member.data or b"", limits=limits)
    except (FormatError, LimitError) as error:
        facts.append(("unreadable", error.reason))
    else:
        algorithms = {entry.algorithm or "none" for entry in catalog.members}
        facts += [("version", catalog.version), ("members", len(catalog.members))]
        facts.append(("digests", tuple(sorted(algorithms))))
        facts.append(("issued", f"{catalog.issued:%Y-%m-%dT%H:%M:%SZ}"))
    return Node(kind="catalog", name=member.name, facts=(*facts, *_file(member).facts))


def _file(
    member: Member, *, name: str | None = None, is_compressed: bool = False
) -> Node:
    facts: list[tuple[str, Fact]] = [("size", member.size)]
    if is_compressed:
        facts.append(("compressed", "DCM, not decoded"))
    seen = member.facts
    if seen is not None:
        if seen.pe is not None and seen.pe.version is not None:
            facts.append(("version", str(seen.pe.version)))
        facts += [("sha256", seen.sha256.hex()), ("sha1", seen.sha1.hex())]
    elif member.promise is not None:
        facts.append((member.promise.algorithm, member.promise.digest.hex()))
        facts.append(("from_the_index", True))
    if member.modified is not None:
        facts.append(("modified", f"{member.modified:%Y-%m-%dT%H:%M:%S}"))
    if member.damage is not None:
        facts.append(("damage", member.damage.reason))
    if member.waits is not None:
        facts.append(("waits", member.waits))
    kind = "file" if member.kind is Kind.OTHER else member.kind.value
    return Node(kind=kind, name=name or member.name, facts=tuple(facts))
