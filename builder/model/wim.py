"""WIM images: what the tables and the directory trees say, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FOLDER: Final = 0x10
"""File attribute of a folder."""

REPARSE_POINT: Final = 0x400
"""File attribute of a link or mount point."""


class WimMethod(StrEnum):
    """How the chunks of compressed resources are packed."""

    NONE = "none"
    XPRESS = "XPRESS"
    LZX = "LZX"
    LZMS = "LZMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class WimResource:
    """A range of the file that holds one stream, packed or as it is.

    Attributes:
        offset: Of the first byte in the file; of a stream in a solid resource:
            in what that unpacks to.
        size: Bytes in the file; 0 of a stream in a solid resource.
        unpacked: Bytes of the stream.
        method: How its chunks are packed.
        chunk_size: Bytes that each of them unpacks to; 0 where it is not packed.
        is_solid: Several streams packed into one, as in an ESD, or one of them.
    """

    offset: int
    size: int
    unpacked: int
    is_metadata: bool = False
    method: WimMethod = WimMethod.NONE
    chunk_size: int = 0
    is_solid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WimEntry:
    """One row of the lookup table: a stream by its hash.

    Attributes:
        references: How often directory trees name the stream.
        sha1: Of the stream, 20 bytes; zeros of a solid resource.
    """

    resource: WimResource
    references: int
    sha1: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WimImageInfo:
    """What the XML data says about one image; None where it is silent.

    Attributes:
        index: From 1 on, as the XML numbers it.
        unpacked: Bytes of all files (TOTALBYTES).
    """

    index: int
    name: str | None
    description: str | None
    folders: int | None
    files: int | None
    unpacked: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wim:
    """The structure of one WIM file; no file content.

    Attributes:
        version: As written: 0x10D00, or 0xE00 where solid resources may be.
        flags: As written.
        chunk_size: Bytes that one chunk unpacks to; 0 in uncompressed files.
        guid: Identifies the file, 16 bytes as written.
        boot_index: From 1 on; 0 where no image is bootable.
        entries: The lookup table, in the order of the file.
        xml: The bytes of the XML data.
        info: What the XML data says about the images.
        trailing: Bytes behind the last structure that the tables name.
    """

    version: int
    flags: int
    method: WimMethod
    chunk_size: int
    guid: bytes
    images: int
    boot_index: int
    entries: tuple[WimEntry, ...]
    xml: bytes
    info: tuple[WimImageInfo, ...]
    trailing: int

    def metadata(self) -> tuple[WimEntry, ...]:
        """Return the entries of the directory trees, one for each image."""
        return tuple(entry for entry in self.entries if entry.resource.is_metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class WimFile:
    r"""One file, folder or link of an image.

    Attributes:
        name: From the root of the image, parts joined by a backslash.  Nothing
            says that it is safe to use as a path.
        attributes: As Windows numbers them; `FOLDER` is one of them.
        modified: In UTC; None where the number is no time.
        sha1: Of the unnamed stream; None where it is empty or there is none.
        streams: Names of alternate data streams.
    """

    name: str
    attributes: int
    modified: datetime | None
    sha1: bytes | None
    streams: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether other files may lie in it."""
        return bool(self.attributes & FOLDER)

    @property
    def is_link(self) -> bool:
        """Whether it is a reparse point: its stream is no content."""
        return bool(self.attributes & REPARSE_POINT)
