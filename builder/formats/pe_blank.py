"""Portable executables that hold a version and a label, and no code.

They are libraries with resources only: valid, inert, and the same bytes for
the same values.

Source: "PE Format" in Microsoft's documentation of Windows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from builder.errors import PlanError
from builder.formats.pe import (
    CHECKSUM_AT,
    COFF,
    DIRECTORIES_AT,
    DOS_SIZE,
    OPTIONAL_START,
    PE32,
    PE32_PLUS,
    RESOURCES,
)
from builder.formats.pe_version import resource_tree, serialize_version
from builder.model.version import FileVersion

_32_BIT = frozenset({0x14C, 0x1C4})
_ALIGNMENT = 512
# IA-64 has pages of 8 KiB, the others of 4.
_PAGE = 0x2000
_PE_START = 128
_DIRECTORIES = 16
_SIZE_LIMIT = (1 << 31) - (1 << 20)
_CHUNK = 1 << 16

# magic, linker version, sizes of code, data and zeros, entry, code start.
_STANDARD = Struct("<H2B5I")
_BASES = {PE32: Struct("<2I"), PE32_PLUS: Struct("<Q")}
# alignments, versions of system, image and subsystem, reserved, sizes of image
# and headers, CheckSum, subsystem, characteristics.
_WINDOWS = Struct("<2I6H4I2H")
# stack reserve and commit, heap reserve and commit, flags, directories.
_TAILS = {PE32: Struct("<6I"), PE32_PLUS: Struct("<4Q2I")}
# name, virtual size, address, raw size, raw start, relocations, line numbers,
# their counts, characteristics.
_SECTION = Struct("<8s6I2HI")
_INITIALIZED_READABLE = 0x4000_0040
_WORD = Struct("<H")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankImage:
    """A portable executable without code.

    Attributes:
        machine: The COFF machine number, such as 0x14C.
        size: Of the file, in bytes.
        name: The original file name of the version resource.
        label: ASCII; fills the file and is its description.
        version: None: the file has no version resource.
    """

    machine: int
    size: int
    name: str
    label: str
    version: FileVersion | None


def serialize_blank(image: BlankImage) -> Iterator[bytes]:
    """Write a blank image in chunks of at most 64 KiB.

    The CheckSum field is right.  Bytes that do not fill up the last section's
    unit of 512 lie behind it.

    Raises:
        PlanError: The size is below the minimum (512 bytes of headers and the
            version resource in units of 512) or near 2 GiB, or the name does
            not fit in a version resource.
    """
    resources = _resources(image)
    smallest = _ALIGNMENT + (len(resources) or _ALIGNMENT)
    if not smallest <= image.size <= _SIZE_LIMIT:
        raise PlanError(
            "a portable executable that carries its label has "
            f"{smallest:,} to {_SIZE_LIMIT:,} bytes, not {image.size:,}"
        )
    text = image.label.encode("ascii") + b"\r\n"
    text += b" " * (len(text) % 2)
    filler = image.size - _ALIGNMENT - len(resources)
    headers = _headers(image, len(resources), filler // _ALIGNMENT * _ALIGNMENT)
    total = _word_sum(headers) + _word_sum(resources)
    total += filler // len(text) * _word_sum(text)
    total += _word_sum(text[: filler % len(text)])
    # Adding with the carry brought round is counting modulo 0xFFFF.
    checksum = (total - 1) % 0xFFFF + 1 + image.size
    at = _PE_START + OPTIONAL_START + CHECKSUM_AT
    headers = headers[:at] + checksum.to_bytes(4, "little") + headers[at + 4 :]
    return _chunks(headers + resources, text, filler)


def _chunks(start: bytes, text: bytes, filler: int) -> Iterator[bytes]:
    yield start
    block = text * (_CHUNK // len(text))
    for _ in range(filler // len(block)):
        yield block
    if rest := filler % len(block):
        yield block[:rest]


def _word_sum(data: bytes) -> int:
    return sum(word for (word,) in _WORD.iter_unpack(data + bytes(len(data) % 2)))


def _resources(image: BlankImage) -> bytes:
    if image.version is None:
        return b""
    version = serialize_version(
        image.version,
        (
            ("FileDescription", image.label),
            ("FileVersion", str(image.version)),
            ("OriginalFilename", image.name),
            ("ProductName", image.label),
            ("ProductVersion", str(image.version)),
        ),
    )
    raw = resource_tree(_PAGE, len(version)) + version
    return raw + bytes(-len(raw) % _ALIGNMENT)


def _headers(image: BlankImage, resources: int, filler: int) -> bytes:
    """Write the headers with a CheckSum of 0; sizes are of raw section data."""
    address, start, table, count = _PAGE, _ALIGNMENT, b"", 0
    for name, size in ((b".rsrc", resources), (b".label", filler)):
        if size:
            table += _SECTION.pack(
                name, size, address, size, start, 0, 0, 0, 0, _INITIALIZED_READABLE
            )
            address += -(-size // _PAGE) * _PAGE
            start += size
            count += 1
    magic = PE32 if image.machine in _32_BIT else PE32_PLUS
    # A library that can be run, for 32-bit machines or for large addresses.
    flags = 0x2102 if magic == PE32 else 0x2022
    optional_size = DIRECTORIES_AT[magic] + 8 * _DIRECTORIES
    headers = (
        _dos_header(image.label)
        + COFF.pack(b"PE\0\0", image.machine, count, 0, 0, 0, optional_size, flags)
        + _optional_header(
            magic, resources=resources, data=start - _ALIGNMENT, end=address
        )
        + table
    )
    return headers + bytes(_ALIGNMENT - len(headers))


def _dos_header(label: str) -> bytes:
    """Write a DOS program that ends at once (INT 20h), and the label."""
    # magic, bytes of last page, pages, relocations, paragraphs of header,
    # least and most memory, stack, checksum, entry, relocation table.
    fields = Struct("<2s13H").pack(
        b"MZ", _PE_START, 1, 0, 4, 0, 0xFFFF, 0, 0xB8, 0, 0, 0, DOS_SIZE, 0
    )
    start = fields + bytes(60 - len(fields)) + _PE_START.to_bytes(4, "little")
    program = b"\xcd\x20" + label.encode("ascii")
    return start + program[: _PE_START - DOS_SIZE].ljust(_PE_START - DOS_SIZE, b"\0")


def _optional_header(magic: int, *, resources: int, data: int, end: int) -> bytes:
    base = (0x1000_0000,) if magic == PE32_PLUS else (_PAGE, 0x1000_0000)
    directories = bytearray(8 * _DIRECTORIES)
    if resources:
        Struct("<2I").pack_into(directories, 8 * RESOURCES, _PAGE, resources)
    return b"".join(
        (
            _STANDARD.pack(magic, 14, 0, 0, data, 0, 0, _PAGE),
            _BASES[magic].pack(*base),
            # Windows 6.0; subsystem 2: graphical; may be moved, has no code.
            _WINDOWS.pack(
                _PAGE, _ALIGNMENT, 6, 0, 0, 0, 6, 0, 0, end, _ALIGNMENT, 0, 2, 0x540
            ),
            _TAILS[magic].pack(1 << 20, 1 << 12, 1 << 20, 1 << 12, 0, _DIRECTORIES),
            bytes(directories),
        )
    )
