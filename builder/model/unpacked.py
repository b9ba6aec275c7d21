"""What lies in a container, as rules see it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from builder.errors import LocatedError
from builder.model.inventory import Facts


class Kind(StrEnum):
    """What a file is, by its content or, inside a package, by its name."""

    CABINET = "cabinet"
    MUM = "mum"
    MANIFEST = "manifest"
    CATALOG = "catalog"
    UNATTEND = "unattend"
    PROPERTIES = "properties"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    r"""One file in a container, or a single file given alone.

    Attributes:
        where: Path through the containers, outermost first, the file last.
        name: As the container writes it, such as "x86_mpio…\\mpio.sys".
        modified: Naive: cabinets name no time zone.  None where unknown.
        facts: None where the file could not be unpacked.
        data: The bytes of a document (XML, catalog, properties); None else.
        damage: Why the file could not be unpacked.
    """

    where: tuple[str, ...]
    name: str
    kind: Kind
    size: int
    modified: datetime | None = None
    facts: Facts | None = None
    data: bytes | None = None
    damage: LocatedError | None = None

    @property
    def key(self) -> str:
        """The name as names compare: folded, with backslashes."""
        return self.name.casefold().replace("/", "\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A cabinet with its members in container order, or a single file alone.

    Attributes:
        where: Path through the containers, this one last.
        is_signed: An Authenticode signature is appended; it is not verified.
        trailing: Bytes behind the cabinet that are no signature.
        damage: Why reading stopped before the end, or None.
    """

    where: tuple[str, ...]
    members: tuple[Member, ...]
    is_cabinet: bool = True
    is_signed: bool = False
    trailing: int = 0
    damage: LocatedError | None = None
