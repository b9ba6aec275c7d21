"""Cabinets: what the tables of a .cab or .msu say, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

ARCHIVE: Final = 0x20
NAME_IS_UTF8: Final = 0x80


class Method(StrEnum):
    """How the blocks of a folder are compressed."""

    NONE = "none"
    MSZIP = "MSZIP"
    QUANTUM = "Quantum"
    LZX = "LZX"


class Deflate(StrEnum):
    """The library that packs MSZIP; each gives bytes of its own."""

    ZLIB = "zlib"
    ZLIB_NG = "zlib-ng"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """A method with the size of its window.

    Attributes:
        window_bits: Base-2 logarithm of the window in bytes, for LZX (15 to
            21) and Quantum (10 to 21); 0 where the method has no choice.
    """

    method: Method
    window_bits: int = 0

    def __str__(self) -> str:
        bits = f":{self.window_bits}" if self.window_bits else ""
        return f"{self.method.value}{bits}"


STORED: Final = Compression(method=Method.NONE)
MSZIP: Final = Compression(method=Method.MSZIP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CabFile:
    """One file of a cabinet; its bytes are a range of one folder's bytes.

    Attributes:
        name: Decoded, otherwise as written: separators, drives and dots
            included.  Nothing says that it is safe to use as a path.
        raw_name: The bytes of the name, without the terminating zero.
        size: Of the unpacked file, in bytes.
        offset: Of the first byte in the unpacked folder.
        folder: Index into `Cabinet.folders`.
        modified: Naive, to 2 seconds; None where the pair of `dos_date` and
            `dos_time` is no time.  Whether it is local or UTC depends on the
            producer.
        dos_date: As written, 16 bits.
        dos_time: As written, 16 bits.
        attributes: As written, 16 bits; `NAME_IS_UTF8` is one of them.
        entry: Offset of the CFFILE structure, for findings.
    """

    name: str
    raw_name: bytes
    size: int
    offset: int
    folder: int
    modified: datetime | None
    dos_date: int
    dos_time: int
    attributes: int
    entry: int

    @property
    def is_utf8(self) -> bool:
        """Whether the name is flagged as UTF-8."""
        return bool(self.attributes & NAME_IS_UTF8)

    @property
    def end(self) -> int:
        """Offset behind the last byte in the unpacked folder."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class CabFolder:
    """One compressed stream of a cabinet.

    Attributes:
        first_data: Offset of the first data block in the cabinet.
        data_end: Offset behind the last data block in the cabinet.
        blocks: Number of data blocks.
        unpacked: Size of the stream when unpacked, in bytes, as the headers
            of the data blocks announce it.
    """

    first_data: int
    data_end: int
    blocks: int
    unpacked: int
    compression: Compression


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePlace:
    """Where an Authenticode signature is appended; offset and size in bytes.

    Attributes:
        size: With the padding to a multiple of 8.
    """

    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabinet:
    """The structure of one cabinet; no payload.

    Files of one folder never share bytes, and every range of data that the
    tables name lies inside the cabinet.

    Attributes:
        size: Offset behind the cabinet's own bytes (cbCabinet).
        set_id: Chosen by the producer.
        index: Position in a set; 0 for the first or only cabinet.
        flags: As written.
        header_reserve: The reserved area of the header.
        folder_reserve: Bytes reserved in each CFFOLDER.
        data_reserve: Bytes reserved in each CFDATA.
        files: In the order of the table.
        signature: Where the reserved header announces a signature and one
            of that size follows; None otherwise.
        trailing: Bytes that follow and belong neither to the cabinet nor to
            its signature.
    """

    size: int
    set_id: int
    index: int
    flags: int
    header_reserve: bytes
    folder_reserve: int
    data_reserve: int
    folders: tuple[CabFolder, ...]
    files: tuple[CabFile, ...]
    signature: SignaturePlace | None
    trailing: int
