"""A specification's folder as `hotfix check` sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.errors import LocatedError
from builder.model.identity import Architecture
from builder.model.inventory import Inventory
from builder.model.kb import FileEntry, KbSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One folder of the ledger, read as far as it can be.

    Attributes:
        where: The folder, as it was given.
        written: The generated XML that lies there, by "x86/update.mum".
        drafted: What the specification makes today, by the same names.
        undrafted: Names of manifests that the specification makes, and that
            could not be drafted because the inventory lacks their payload.
        judged: Names of written files that a rule about XML complains of.
        promised: Row of each payload file by architecture and key, None where
            it has none; None as a whole: the payload rows of kb.json say it.
        inventory_lines: Line of each of `inventory.files` in inventory.json.
        spec: None where kb.json cannot be read, see `errors`.
        inventory: None where there is none, or it cannot be read.
        has_inventory: The file inventory.json is there.
        errors: Path and reason of each document that cannot be read, and of a
            plan that cannot be made.
        texts: The JSON documents that can be read, by "kb.json".
        arranged: The same values as this program writes them.
        strays: Names of files and folders that no specification makes, because
            they are neither .mum nor .manifest, such as "x86/mpio.sys".
    """

    where: str
    spec: KbSpec | None = None
    inventory: Inventory | None = None
    has_inventory: bool = False
    inventory_lines: tuple[int | None, ...] = ()
    written: Mapping[str, bytes]
    drafted: Mapping[str, bytes]
    undrafted: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()
    promised: Mapping[tuple[Architecture, str], FileEntry | None] | None = None
    errors: tuple[tuple[str, LocatedError], ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)
    arranged: Mapping[str, bytes] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
