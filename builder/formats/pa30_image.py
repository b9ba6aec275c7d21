"""The headers of an executable, as far as the transforms of PA30 need them."""

from dataclasses import dataclass
from struct import Struct, error

from builder.formats.buffer import Buffer

I386, AMD64, IA64, ARM64 = 0x14C, 0x8664, 0x200, 0xAA64
ARM = 0x1C0, 0x1C2, 0x1C4
EXPORT, IMPORT, RESOURCE, EXCEPTION, RELOCATION = 0, 1, 2, 3, 5
BOUND_IMPORT, CLI_HEADER = 11, 14
_EXECUTABLE = 0x2000_0000
_MOST_SECTIONS = 96
_MOST_DIRECTORIES = 16

# Signature, Machine, NumberOfSections, TimeDateStamp, skipped twice,
# SizeOfOptionalHeader, Characteristics, Magic.  Source: [PE], COFF header.
_HEADERS = Struct("<4sHHIIIHHH")
# Name, VirtualSize, VirtualAddress, SizeOfRawData, PointerToRawData, three
# fields of object files, Characteristics.  Source: [PE], section table.
_SECTION = Struct("<8s4I12xI")
_U16, _U32, _U64 = Struct("<H"), Struct("<I"), Struct("<Q")
# SizeOfImage, SizeOfHeaders.  Source: [PE], optional header.
_SIZES = Struct("<2I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A row of the section table; `header` is the row's offset in the file."""

    name: bytes
    virtual_size: int
    rva: int
    raw_size: int
    raw: int
    characteristics: int
    header: int

    @property
    def is_executable(self) -> bool:
        """Whether the section is mapped as code."""
        return bool(self.characteristics & _EXECUTABLE)

    @property
    def end(self) -> int:
        """The RVA behind the section's last byte."""
        return self.rva + max(self.virtual_size, self.raw_size)

    @property
    def code_end(self) -> int:
        """The file offset where the initialized bytes end."""
        return self.raw + min(self.virtual_size, self.raw_size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The headers of an executable, as they were before any transform.

    Attributes:
        coff: File offset of the COFF header.
        optional: File offset of the optional header.
        is_plus: PE32+: addresses have 8 bytes.
        headers: Bytes of all headers in the file.
        first: The lowest RVA of a section.
        directories: RVA and size.
    """

    machine: int
    coff: int
    optional: int
    is_plus: bool
    base: int
    size: int
    headers: int
    first: int
    sections: tuple[Section, ...]
    directories: tuple[tuple[int, int], ...]

    def directory(self, index: int) -> tuple[int, int]:
        """Return RVA and size of a data directory, zeros where it is absent."""
        return self.directories[index] if index < len(self.directories) else (0, 0)

    def directory_entry(self, index: int) -> int:
        """Return the file offset of a data directory's RVA field."""
        return self.optional + (112 if self.is_plus else 96) + 8 * index


def _parse_sections(data: Buffer, at: int, count: int) -> tuple[Section, ...]:
    sections = []
    for header in range(at, at + count * _SECTION.size, _SECTION.size):
        name, virtual_size, rva, raw_size, raw, flags = _SECTION.unpack_from(
            data, header
        )
        sections.append(
            Section(
                name=name,
                virtual_size=virtual_size,
                rva=rva,
                raw_size=raw_size,
                raw=raw,
                characteristics=flags,
                header=header,
            )
        )
    return tuple(sections)


def _parse(data: Buffer) -> Image | None:
    if bytes(data[:2]) != b"MZ":
        return None
    (coff,) = _U32.unpack_from(data, 60)
    signature, machine, count, _, _, _, optional_size, _, magic = _HEADERS.unpack_from(
        data, coff
    )
    if signature != b"PE\0\0" or magic not in {0x10B, 0x20B} or count > _MOST_SECTIONS:
        return None
    optional = coff + 24
    is_plus = magic == 0x20B
    (base,) = (
        _U64.unpack_from(data, optional + 24)
        if is_plus
        else _U32.unpack_from(data, optional + 28)
    )
    size, headers = _SIZES.unpack_from(data, optional + 56)
    listed = optional + (108 if is_plus else 92)
    (directories,) = _U32.unpack_from(data, listed)
    pairs = Struct(f"<{2 * min(directories, _MOST_DIRECTORIES)}I")
    numbers = pairs.unpack_from(data, listed + 4)
    sections = _parse_sections(data, optional + optional_size, count)
    return Image(
        machine=machine,
        coff=coff,
        optional=optional,
        is_plus=is_plus,
        base=base,
        size=size,
        headers=headers,
        first=min((section.rva for section in sections), default=0),
        sections=sections,
        directories=tuple(zip(numbers[::2], numbers[1::2], strict=True)),
    )


def parse_image(data: Buffer) -> Image | None:
    """Read the headers of a PE file; None where the bytes are no PE file."""
    try:
        return _parse(data)
    except error:
        return None
