"""What a report page shows beyond findings: graph, custody, signatures."""

from dataclasses import dataclass
from datetime import datetime

from builder.model.custody import Custody
from builder.model.evidence import VerifiedSignature

MOST_NODES = 1_000
"""Packages and components in the graph of one top-level file."""

MOST_EDGES = 4_000
"""References in the graph of one top-level file."""

MOST_CHAINS = 4_000
"""Files of one top-level file whose chain of custody is kept."""

MOST_SIGNED = 2_000
"""Catalogs, containers and program files whose signature is described."""

LONGEST = 600
"""Characters of one clause of a chain or of one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A package or component, or a reference to one that lies elsewhere.

    Attributes:
        kind: "package", "component", "deployment" or "parent".
        name: In full, as the servicing stack files it.
        title: The name of its identity alone.
        facts: Such as ("version", "6.0.6001.22375").
        where: Of its document; None where it lies elsewhere.
        files: Files that it names.
    """

    kind: str
    name: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    where: tuple[str, ...] | None = None
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """A reference.

    Attributes:
        source: Index of the node that refers; of a parent, that is referred to.
        target: Index of the other node.
        kind: "package", "component", "driver", "dependency" or "parent".
    """

    source: int
    target: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Which documents lead to which.

    Attributes:
        nodes: From update.mum outward.
        left_out: Packages and components beyond `MOST_NODES`.
        edges_left_out: References beyond `MOST_EDGES`.
    """

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    left_out: int = 0
    edges_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What carries a signature, or should, with what verification said.

    Attributes:
        kind: "catalog", "program file", or what the container is.
        version: Of a catalog's list: 1 or 2.
        entries: Of a catalog; None where it cannot be read.
        issued: Of a catalog, in UTC.
        signature: The evidence; None where `fault` says what is wrong.
        fault: Why it is not believed, in one clause.
    """

    where: tuple[str, ...]
    kind: str
    version: int | None = None
    entries: int | None = None
    issued: datetime | None = None
    signature: VerifiedSignature | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What lies in one top-level file, as far as a page can show it.

    Attributes:
        chains: Of files with findings first, then in container order.
        chains_left_out: Files beyond `MOST_CHAINS`, and those of cabinets that
            are no package, such as WSUSSCAN.cab.
        signed_left_out: Catalogs, containers and programs beyond `MOST_SIGNED`.
    """

    graph: Graph = Graph()
    chains: tuple[Custody, ...] = ()
    chains_left_out: int = 0
    signed: tuple[Signed, ...] = ()
    signed_left_out: int = 0
