"""What was made: a finished file in memory."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A document or a catalog; payload stays a source of chunks.

    Attributes:
        name: In the cabinet and in the ledger's folder of the architecture.
    """

    name: str
    data: bytes = field(repr=False)
