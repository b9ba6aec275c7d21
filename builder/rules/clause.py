"""What rules about the clauses of packages share."""

from collections.abc import Iterable, Iterator

from builder.model.finding import Hit
from builder.model.package import Package
from builder.model.subject import Document, PackageSet

Clause = tuple[str, int | None]
"""What is wrong, and the line."""


def sound_root(packages: PackageSet) -> Package | None:
    """Return the package that the others hang from, if it keeps its schema."""
    start = packages.start
    return None if start is None or start[0].faults else start[1]


def clause_hits(document: Document, clauses: Iterable[Clause]) -> Iterator[Hit]:
    """Yield clauses as hits, but for lines that leave the schema: HF102 has them."""
    faulty = {fault.line for fault in document.faults}
    for message, line in clauses:
        if line not in faulty:
            yield Hit(where=document.member.where, message=message, line=line)
