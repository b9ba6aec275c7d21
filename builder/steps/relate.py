"""Documents to a graph: which package leads to which package and component."""

from collections import deque
from collections.abc import Iterable, Iterator

from builder.model.dossier import (
    LONGEST,
    MOST_EDGES,
    MOST_NODES,
    Graph,
    GraphEdge,
    GraphNode,
)
from builder.model.identity import AssemblyIdentity, keyform, package_name
from builder.model.package import Component, Package
from builder.model.subject import Document

_ROOTS = ("update.mum", "update-bf.mum")

_Place = tuple[str, ...]
_Key = tuple[_Place, str, str]


def relate(documents: Iterable[Document], *, most: int = MOST_NODES) -> Graph:
    """Draw the graph of documents, breadth first from update.mum.

    References count within one container; what lies in no document there is a
    node without a place.

    Args:
        most: Nodes; what is farther from the start than these is counted only.
    """
    return _Walk(tuple(documents), most).graph()


class _Walk:
    """The documents of one top-level file, each visited once."""

    def __init__(self, documents: tuple[Document, ...], most: int) -> None:
        self._most = most
        self._documents: dict[_Key, Document] = {}
        for document in documents:
            key = _key(document)
            if key is not None:
                self._documents.setdefault(key, document)
        self._nodes: dict[_Key, int] = {}
        self._shown: list[GraphNode] = []
        self._edges: dict[GraphEdge, None] = {}
        self._missed: set[_Key] = set()
        self._waiting: deque[_Key] = deque()
        self._cut = 0

    def graph(self) -> Graph:
        for key in self._starts():
            self._visit(key, None)
            while self._waiting:
                self._follow(self._waiting.popleft())
        return Graph(
            nodes=tuple(self._shown),
            edges=tuple(self._edges),
            left_out=len(self._missed),
            edges_left_out=self._cut,
        )

    def _starts(self) -> list[_Key]:
        """Order update.mum, other packages, components; each by its place."""

        def rank(key: _Key) -> int:
            document = self._documents[key]
            if document.member.key in _ROOTS:
                return 0
            return 1 if isinstance(document.value, Package) else 2

        return sorted(self._documents, key=rank)  # stable: container order within

    def _visit(self, key: _Key, identity: AssemblyIdentity | None) -> int | None:
        """Return the index of a node, made where it is new and there is room."""
        known = self._nodes.get(key)
        if known is not None:
            return known
        if len(self._shown) >= self._most:
            self._missed.add(key)
            return None
        document = self._documents.get(key)
        if document is not None:
            node = _present(document)
            self._waiting.append(key)
        else:
            node = _elsewhere(key, identity)
        self._nodes[key] = len(self._shown)
        self._shown.append(node)
        return self._nodes[key]

    def _follow(self, key: _Key) -> None:
        source = self._nodes[key]
        for kind, node_kind, identity in _references(self._documents[key]):
            other = (key[0], node_kind, _name(identity, node_kind))
            index = self._visit(other, identity)
            if index is None:
                continue
            ends = (index, source) if kind == "parent" else (source, index)
            edge = GraphEdge(source=ends[0], target=ends[1], kind=kind)
            if edge in self._edges or len(self._edges) < MOST_EDGES:
                self._edges[edge] = None
            else:
                self._cut += 1


def _name(identity: AssemblyIdentity, kind: str) -> str:
    name = keyform(identity) if kind == "component" else package_name(identity)
    return name.casefold()


def _key(document: Document) -> _Key | None:
    value = document.value
    if value is None:
        return None
    kind = "package" if isinstance(value, Package) else "component"
    return document.member.where[:-1], kind, _name(value.identity, kind)


def _references(
    document: Document,
) -> Iterator[tuple[str, str, AssemblyIdentity]]:
    """Yield the kind of each reference, of what it refers to, and its name."""
    value = document.value
    if isinstance(value, Package):
        for parent in value.parents:
            for identity in parent.identities:
                yield "parent", "parent", identity
        for update in value.updates:
            for reference in update.references:
                kind = "package" if reference.kind == "package" else "component"
                yield reference.kind, kind, reference.identity
    elif isinstance(value, Component):
        for dependency in value.dependencies:
            yield "dependency", "component", dependency.identity


def _facts(identity: AssemblyIdentity) -> Iterator[tuple[str, str | None]]:
    yield "version", identity.version
    yield "architecture", identity.architecture
    yield "language", identity.language
    yield "public key token", identity.public_key_token


def _given(facts: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value[:LONGEST]) for name, value in facts if value)


def _elsewhere(key: _Key, identity: AssemblyIdentity | None) -> GraphNode:
    title = key[2] if identity is None else identity.name
    return GraphNode(
        kind=key[1],
        name=key[2][:LONGEST],
        title=title[:LONGEST],
        facts=() if identity is None else _given(_facts(identity)),
    )


def _present(document: Document) -> GraphNode:
    value = document.value
    facts: list[tuple[str, str | None]] = []
    kind, files = "package", 0
    if isinstance(value, Package):
        facts = [("identifier", value.identifier), ("release type", value.release_type)]
        facts.append(("restart", value.restart))
    elif isinstance(value, Component):
        files = len(value.files)
        is_empty = value.is_deployment and not files
        kind = "deployment" if is_empty else "component"
        facts = [("type", value.identity.type), ("files", f"{files:,}")]
    identity = AssemblyIdentity(name="") if value is None else value.identity
    name = document.member.name
    shown = package_name(identity) if kind == "package" else name
    return GraphNode(
        kind=kind,
        name=shown.removesuffix(".manifest")[:LONGEST],
        title=identity.name[:LONGEST],
        facts=_given((*_facts(identity), *facts, ("document", name))),
        where=document.member.where,
        files=files,
    )
