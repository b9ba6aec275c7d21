"""The version resource of portable executables.

A file that comes as a stream can be read once, forwards.  So the search is a
generator that asks for the spans it needs and is sent their bytes; who drives
it decides what is held.

Source: "PE Format", the .rsrc section; VS_VERSIONINFO and its parts in
Microsoft's documentation of Windows.
"""

from collections.abc import Generator, Iterable
from struct import Struct

from builder.errors import PeError, PlanError
from builder.formats.pe import PeHeaders, Span
from builder.model.version import FileVersion

VERSION_TYPE = 16
VERSION_NAME = 1
LANGUAGE = 0x409
_CODE_PAGE = 1200
_SUBDIRECTORY = 0x8000_0000
# Entries asked for at once: no directory makes us hold more than 4 KiB.
_BLOCK = 512

# characteristics, time, major, minor, named entries, numbered entries.
_DIRECTORY = Struct("<12x2H")
# name or number, place; the high bits mark a name and a subdirectory.
_ENTRY = Struct("<2I")
# address, size, code page, reserved.
_DATA = Struct("<2I8x")
# length, value length, is text: of every block of a version resource.
_BLOCK_HEAD = Struct("<3H")
# signature, structure version, file version MS, LS, product version MS, LS,
# flags mask, flags, system, file type, subtype, date MS, LS.
_FIXED = Struct("<13I")
_FIXED_SIGNATURE = 0xFEEF_04BD
_ROOT_KEY = "VS_VERSION_INFO\0".encode("utf-16-le")
# The fixed part starts on the next multiple of four after head and key.
_FIXED_AT = 40
FIXED_END = _FIXED_AT + _FIXED.size
STRING_LIMIT = 255
"""UTF-16 units of one string of a version resource that we write."""

Search = Generator[Span, bytes, FileVersion | None]


def search_version(headers: PeHeaders) -> Search:
    """Ask for the spans that lead to the file version.

    Takes the resource of type 16 with the number 1, else the first, in U.S.
    English, else in the first language.
    Three levels are read and no more, so a loop in the tree ends nowhere.

    Returns:
        None where there is no version resource.

    Raises:
        PeError: There is one, or a tree, but it is damaged.
    """
    if headers.resources is None:
        return None
    section = headers.section_of(headers.resources)
    root = section.raw.start + headers.resources - section.address
    place = yield from _entry(root, VERSION_TYPE)
    if place is None:
        return None
    place = yield from _entry(_below(root, place), VERSION_NAME, or_first=True)
    if place is None:
        return None
    place = yield from _entry(_below(root, place), LANGUAGE, or_first=True)
    if place is None:
        return None
    if place & _SUBDIRECTORY:
        raise PeError("a fourth level of resources", offset=root)
    leaf = root + place
    raw = yield Span(start=leaf, end=leaf + _DATA.size)
    address, size = _DATA.unpack(raw)
    if size < FIXED_END:
        raise PeError(f"a version resource of {size} bytes", offset=leaf)
    section = headers.section_of(address)
    start = section.raw.start + address - section.address
    return parse_version((yield Span(start=start, end=start + FIXED_END)), at=start)


def _below(root: int, place: int) -> int:
    if not place & _SUBDIRECTORY:
        raise PeError("resource data above the third level", offset=root + place)
    return root + place - _SUBDIRECTORY


def _entry(
    at: int, number: int, *, or_first: bool = False
) -> Generator[Span, bytes, int | None]:
    raw = yield Span(start=at, end=at + _DIRECTORY.size)
    count = sum(_DIRECTORY.unpack(raw))
    at += _DIRECTORY.size
    first = None
    for index in range(0, count, _BLOCK):
        start = at + index * _ENTRY.size
        end = start + min(_BLOCK, count - index) * _ENTRY.size
        for name, place in _ENTRY.iter_unpack((yield Span(start=start, end=end))):
            if name == number:
                return int(place)
            if first is None:
                first = place
    return first if or_first else None


def parse_version(data: bytes, *, at: int = 0) -> FileVersion:
    """Parse the fixed part of a version resource.

    Args:
        data: The first `FIXED_END` bytes of the resource.
        at: Their offset in the file, for errors.

    Raises:
        PeError: They are too few, or no version resource.
    """
    if len(data) < FIXED_END:
        raise PeError(f"a version resource of {len(data)} bytes", offset=at)
    _, value_length, _ = _BLOCK_HEAD.unpack_from(data)
    key = data[_BLOCK_HEAD.size : _BLOCK_HEAD.size + len(_ROOT_KEY)]
    signature, _, high, low, *_ = _FIXED.unpack_from(data, _FIXED_AT)
    if key != _ROOT_KEY or value_length < _FIXED.size or signature != _FIXED_SIGNATURE:
        raise PeError("the version resource has no fixed part", offset=at)
    return FileVersion(high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)


def serialize_version(
    version: FileVersion, strings: Iterable[tuple[str, str]]
) -> bytes:
    """Write a version resource: fixed part, U.S. English strings, translation.

    Raises:
        PlanError: A string is longer than `STRING_LIMIT`.
    """
    high, low = version[0] << 16 | version[1], version[2] << 16 | version[3]
    # Flags mask 0x3F, no flag; system: Windows on NT; type: a library.
    fixed = _FIXED.pack(
        _FIXED_SIGNATURE, 0x10000, high, low, high, low, 0x3F, 0, 0x40004, 2, 0, 0, 0
    )
    table = b"".join(_aligned(_string(key, value)) for key, value in strings)
    table = _node(f"{LANGUAGE:04X}{_CODE_PAGE:04X}", children=table)
    translation = Struct("<2H").pack(LANGUAGE, _CODE_PAGE)
    children = _aligned(_node("StringFileInfo", children=table)) + _node(
        "VarFileInfo", children=_node("Translation", value=translation, is_text=False)
    )
    return _node("VS_VERSION_INFO", value=fixed, children=children, is_text=False)


def resource_tree(address: int, size: int) -> bytes:
    """Write the directories that lead to one version resource right behind.

    Args:
        address: Relative address of the tree itself.
        size: Of the resource, in bytes.
    """
    step = _DIRECTORY.size + _ENTRY.size
    tree = b""
    for depth, number in enumerate((VERSION_TYPE, VERSION_NAME, LANGUAGE), start=1):
        place = depth * step + (_SUBDIRECTORY if depth < 3 else 0)
        tree += _DIRECTORY.pack(0, 1) + _ENTRY.pack(number, place)
    return tree + _DATA.pack(address + len(tree) + _DATA.size, size)


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _string(key: str, value: str) -> bytes:
    raw = value.encode("utf-16-le", "surrogatepass")
    if len(raw) > 2 * STRING_LIMIT:
        raise PlanError(f"{key} is longer than {STRING_LIMIT} characters")
    return _node(key, value=raw + b"\0\0")


def _node(
    key: str, *, value: bytes = b"", children: bytes = b"", is_text: bool = True
) -> bytes:
    """Write one block; the length of a text counts UTF-16 units, else bytes."""
    block = _aligned(bytes(_BLOCK_HEAD.size) + f"{key}\0".encode("utf-16-le")) + value
    if children:
        block = _aligned(block) + children
    units = len(value) // 2 if is_text else len(value)
    return _BLOCK_HEAD.pack(len(block), units, is_text) + block[_BLOCK_HEAD.size :]
