"""The observation: facts taken from the bytes of files."""

from dataclasses import dataclass, field

from builder.model.content import Content, bytes_of
from builder.model.identity import Architecture
from builder.model.version import FileVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHash:
    """The Authenticode hash of a PE image, computed in both known ways.

    Windows pads a file whose size is no multiple of 8 with zeros first;
    several tools do not.  The two are equal where the size needs no padding.
    """

    padded: bytes
    unpadded: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PeFacts:
    """What a portable executable says about itself.

    Attributes:
        machine: The COFF machine number, such as 0x14C.
        version: From the version resource's fixed part; None where absent.
        signed: The security directory names a certificate table.
        sha1: Image hash by SHA-1.
        sha256: Image hash by SHA-256.
        version_damage: Why the version of a file that has resources cannot be
            told, or None.
        table: The certificate table, octet for octet; empty where there
            is none or it is over 1 MiB.  Inventories do not record it, so it
            is not compared.
        is_managed: It is for the .NET runtime.  Inventories do not record it, so
            it is not compared.
    """

    machine: int
    version: FileVersion | None
    signed: bool
    sha1: ImageHash
    sha256: ImageHash
    version_damage: str | None = None
    table: bytes | Content = field(default=b"", repr=False, compare=False)
    is_managed: bool = field(default=False, compare=False)

    @property
    def certificates(self) -> bytes:
        """The certificate table, octet for octet."""
        return bytes_of(self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one pass over the bytes of a file yields.

    Attributes:
        size: In bytes.
        sha1: Of the whole file, 20 bytes.
        sha256: Of the whole file, 32 bytes.
        pe: None where the file does not start like a PE file.
        damage: Why a file that starts like a PE file is none, or None.
        is_stand_in: It starts with the label of our stand-ins.  Inventories do
            not record it of single files, so it is not compared.
    """

    size: int
    sha1: bytes
    sha256: bytes
    pe: PeFacts | None = None
    damage: str | None = None
    is_stand_in: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedFile:
    """One payload file as it was seen at build time.

    Attributes:
        architecture: Of the package.
        name: As the article prints it.
        folder: Where it lies below the payload's folder of the package's
            architecture, with slashes; or "wow64", for the twins of 64-bit
            components.  Empty for most.
    """

    architecture: Architecture
    name: str
    facts: Facts
    folder: str = ""

    @property
    def key(self) -> str:
        """Folder and name, folded: how a plan speaks of the file."""
        return "/".join(filter(None, (self.folder, self.name))).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The lock file of a specification: the payload that was built from.

    Attributes:
        number: The KB number.
        stand_in: The files are labelled stand-ins, not the real payload.
        files: Sorted by architecture in article order, then by folded name.
    """

    number: int
    stand_in: bool
    files: tuple[ObservedFile, ...]
