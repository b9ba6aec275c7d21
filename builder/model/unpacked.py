"""What lies in a container, as rules see it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from builder.errors import LocatedError, SignatureError
from builder.model.content import Content, bytes_of
from builder.model.inventory import Facts
from builder.model.seal import Seal
from builder.model.tree import Node

SCAN_CABINET: Final = "wsusscan.cab"
"""Folded name of what a .msu carries for update services; no package."""

SCAN_DATA: Final = "package.cab"
"""Folded name of the one member of it."""


class Kind(StrEnum):
    """What a file is, by its content or, inside a package, by its name."""

    CABINET = "cabinet"
    MUM = "mum"
    MANIFEST = "manifest"
    CATALOG = "catalog"
    UNATTEND = "unattend"
    PROPERTIES = "properties"
    INDEX = "index"
    EXPRESS = "express index"
    CABINETS = "list of cabinets"
    OTHER = "other"


class Form(StrEnum):
    """What a container is; the words are what people call it."""

    CABINET = "cabinet"
    WIM = "WIM"
    FOLDER = "folder"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the index of a delta package says about one of its targets.

    Attributes:
        algorithm: "sha1" or "sha256", as hashlib names it.
        digest: Of the target.
        source: Name of the member that the target is made from; None for a
            copy.
        is_raw: The source is the target itself.
        is_copy: The target is a copy of another one.
    """

    algorithm: str
    digest: bytes
    source: str | None
    is_raw: bool
    is_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """The text that a compressed manifest (DCM) stands for.

    Attributes:
        base: Name of the base manifest that it was decoded with.
        facts: Of the text; those of the member are of the compressed bytes.
    """

    base: str
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    r"""One file in a container, or a single file given alone.

    Attributes:
        where: Path through the containers, outermost first, the file last.
        name: As the container writes it, such as "x86_mpio…\\mpio.sys".
        modified: Naive: cabinets name no time zone.  None where unknown.
        is_read: All its bytes were unpacked.
        facts: Of a file that was read; None, too, where nobody asked for any.
        content: The bytes of a document (XML, catalog, properties); None else.
        expanded: Of a compressed manifest that was decoded: the content is its
            text.
        damage: Why the file could not be unpacked.
        promise: What an index says about a file that a delta restores; None
            where no index names it.
        waits: Why a file was not restored or decoded, or a container was not
            opened, although nothing is wrong with it; or None.
        key: The name as names compare: folded, with backslashes.
    """

    where: tuple[str, ...]
    name: str
    kind: Kind
    size: int
    modified: datetime | None = None
    is_read: bool = False
    facts: Facts | None = None
    content: bytes | Content | None = None
    expanded: Expanded | None = None
    damage: LocatedError | None = None
    promise: Promise | None = None
    waits: str | None = None
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fold the name once: everything asks for it."""
        key = self.name.casefold().replace("/", "\\")
        # most are folded already: one text for both takes half of the room
        object.__setattr__(self, "key", self.name if key == self.name else key)

    @property
    def data(self) -> bytes | None:
        """The bytes of a document; those of many are read anew each time."""
        return None if self.content is None else bytes_of(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container with its members in order, or a single file alone.

    Attributes:
        where: Path through the containers, this one last.
        is_cabinet: It holds members; False for a single file given alone.
        packing: How its files are packed, such as "LZX:21".
        tables: What it says of itself besides its members, such as images.
        waits: Why its members are not known although nothing is wrong, or None.
        is_signed: An Authenticode signature is appended.
        seal: That signature, as it was found; not verified.
        seal_fault: Why it cannot be one, or None.
        trailing: Bytes behind the cabinet that are no signature.
        hidden: Bytes inside the cabinet that belong to no file.
        damage: Why reading stopped before the end, or None.
        index_damage: Why the index of a delta package cannot be used, or None.
        unused: Deltas in a delta package that its index does not name.
    """

    where: tuple[str, ...]
    members: tuple[Member, ...]
    is_cabinet: bool = True
    form: Form = Form.CABINET
    packing: str = ""
    tables: tuple[Node, ...] = ()
    waits: str | None = None
    is_signed: bool = False
    seal: Seal | None = None
    seal_fault: SignatureError | None = None
    trailing: int = 0
    hidden: int = 0
    damage: LocatedError | None = None
    index_damage: LocatedError | None = None
    unused: int = 0
