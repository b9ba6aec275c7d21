"""Documents of a package, and how they refer to each other."""

from dataclasses import dataclass

from builder.errors import LocatedError
from builder.model.identity import AssemblyIdentity
from builder.model.package import Component, Package
from builder.model.unpacked import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFault:
    """One place where a document leaves its schema.

    Attributes:
        path: Elements from the root, such as "/assembly/package/update".
    """

    line: int
    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A .mum or .manifest, read.

    Attributes:
        value: None where the document could not be read, see `error`.  A
            component comes without its sections, such as registry keys: they
            are named in its `others`, and held to the schema.
        is_compressed: A DCM manifest: recognised, not decoded.
    """

    member: Member
    value: Package | Component | None = None
    error: LocatedError | None = None
    faults: tuple[SchemaFault, ...] = ()
    is_compressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One place where a document refers to another one.

    Attributes:
        origin: Folded file name of the document.
        kind: "package", "component" or "driver" of an update; "install" and
            so on, as written, of a component's dependency.
        name: Of the file that the identity makes, folded, with its suffix.
        is_contained: The file has to lie in the package.
    """

    document: Document
    origin: str
    line: int | None
    kind: str
    identity: AssemblyIdentity
    name: str
    is_contained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A document that is referred to and not there.

    Attributes:
        name: Of the document, folded, with its suffix.
        document: The first one that refers to it.
        referrers: How many do.
    """

    name: str
    document: Document
    line: int | None
    referrers: int = 1

    @property
    def message(self) -> str:
        """What there is to say about it."""
        others = f" ({self.referrers:,} references)" if self.referrers > 1 else ""
        return f"refers to {self.name}, which is not in the package{others}"
