"""WIM files (.wim, .esd, the .msu of Windows 11): from bytes to their structure.

Source: the public "Windows Imaging File Format (WIM)" paper; files written by
others.
"""

from itertools import pairwise
from struct import Struct
from typing import Final

from builder.errors import LimitError, UnsupportedError, WimError
from builder.formats.buffer import Buffer
from builder.formats.wim_resource import unpack_resource
from builder.formats.wim_xml import parse_wim_xml
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.wim import Wim, WimEntry, WimMethod, WimResource

MAGIC: Final = b"MSWIM\0\0\0"
PIPABLE_MAGIC: Final = b"WLPWM\0\0\0"

# tag, size of header, version, flags, size of chunks, GUID, part, parts, images.
_FIXED: Final = Struct("<8s4I16s2HI")
# Then: lookup table, XML data, boot metadata (24 each), boot index, integrity
# table (24), 60 unused bytes.
_LOOKUP, _XML, _BOOT, _BOOT_INDEX, _INTEGRITY = 48, 72, 96, 120, 124
_HEADER_SIZE: Final = 208
# size (7 bytes) and flags (1), offset, unpacked size.
_RESOURCE: Final = Struct("<3Q")
# resource, part, references, SHA-1.
_ENTRY: Final = Struct("<24sHI20s")
_VERSIONS: Final = (0x10D00, 0xE00)

_FREE, _METADATA, _COMPRESSED, _SPANNED, _SOLID = 1, 2, 4, 8, 16
_IS_COMPRESSED: Final = 0x2
_METHODS: Final = {
    0x20000: WimMethod.XPRESS,
    0x40000: WimMethod.LZX,
    0x80000: WimMethod.LZMS,
}
_MASK: Final = 0xFFFF << 16
_CHUNK_BITS: Final = {
    WimMethod.XPRESS: range(12, 17),
    WimMethod.LZX: range(15, 22),
    WimMethod.LZMS: range(15, 31),
}


def parse_wim(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Wim:
    """Read the header, the lookup table and the XML data of a WIM file.

    No directory tree and no file content is read.

    Args:
        data: The whole file; held by the caller, such as a memory map.
        limits: `members` bounds the lookup table, `held` the XML data.

    Raises:
        WimError: Truncated, self-contradictory, or of another version.
        UnsupportedError: A part of a split set, or a pipable file.
        LimitError: Larger than `limits` allow.
    """
    with memoryview(data) as view:
        return _parse(view, limits)


def _parse(view: memoryview, limits: Limits) -> Wim:
    _, version, flags, chunk_size, guid, images = _header(view)
    method = _method(flags, chunk_size)
    lookup = _resource(view, _LOOKUP)
    if lookup.is_compressed or lookup.is_solid:
        raise UnsupportedError("a packed lookup table is refused", offset=_LOOKUP)
    entries = _entries(view, lookup, limits)
    trees = sum(entry.resource.is_metadata for entry in entries)
    if trees != images:
        raise WimError(f"{images} images and {trees} directory trees", offset=44)
    boot_index = int.from_bytes(view[_BOOT_INDEX : _BOOT_INDEX + 4], "little")
    if boot_index > images:
        raise WimError(f"image {boot_index} of {images} boots", offset=_BOOT_INDEX)
    area = _resource(view, _XML)
    if area.unpacked > limits.held:
        raise LimitError(f"{area.unpacked:,} bytes of XML data", offset=_XML)
    chunks = unpack_resource(view, area, method=method, chunk_size=chunk_size)
    xml = b"".join(chunks)
    named = (lookup, area, _resource(view, _BOOT), _resource(view, _INTEGRITY))
    ends = [resource.offset + resource.size for resource in named]
    ends += [entry.resource.offset + entry.resource.size for entry in entries]
    return Wim(
        version=version,
        flags=flags,
        method=method,
        chunk_size=chunk_size,
        guid=guid,
        images=images,
        boot_index=boot_index,
        entries=entries,
        xml=xml,
        info=parse_wim_xml(xml, images=images, limits=limits),
        trailing=len(view) - max(_HEADER_SIZE, *ends),
    )


def _header(view: memoryview) -> tuple[int, int, int, int, bytes, int]:
    if len(view) < _HEADER_SIZE:
        raise WimError(f"{len(view)} bytes cannot hold a WIM header", offset=0)
    magic, size, version, flags, chunk_size, guid, part, parts, images = (
        _FIXED.unpack_from(view)
    )
    if magic == PIPABLE_MAGIC:
        raise UnsupportedError("a pipable WIM file is refused", offset=0)
    if magic != MAGIC:
        raise WimError(f"signature is {magic!r}, not {MAGIC!r}", offset=0)
    if size != _HEADER_SIZE:
        raise WimError(f"a header of {size} bytes, not {_HEADER_SIZE}", offset=8)
    if version not in _VERSIONS:
        raise WimError(f"version {version:#x} is unknown", offset=12)
    if (part, parts) != (1, 1):
        raise UnsupportedError(
            f"part {part} of {parts} of a split WIM is refused", offset=40
        )
    return size, version, flags, chunk_size, guid, images


def _method(flags: int, chunk_size: int) -> WimMethod:
    if not flags & _IS_COMPRESSED:
        return WimMethod.NONE
    chosen = [method for bit, method in _METHODS.items() if flags & bit]
    if len(chosen) != 1:
        raise WimError(f"compression {flags & _MASK:#x} is unknown", offset=16)
    method = chosen[0]
    bits = chunk_size.bit_length() - 1
    if chunk_size.bit_count() != 1 or bits not in _CHUNK_BITS[method]:
        raise WimError(f"{method} chunks of {chunk_size} bytes", offset=20)
    return method


def _resource(view: memoryview, offset: int) -> WimResource:
    packed, place, unpacked = _RESOURCE.unpack_from(view, offset)
    flags, size = packed >> 56, packed & (1 << 56) - 1
    if flags & _SPANNED and not flags & _SOLID:
        raise UnsupportedError("a stream of a split WIM is refused", offset=offset)
    if place + size > len(view) and not flags & _FREE:
        raise WimError(
            f"{size} bytes at {place:#x} lie outside the file", offset=offset
        )
    is_packed = bool(flags & (_COMPRESSED | _SOLID))
    if not is_packed and size != unpacked:
        raise WimError(
            f"{size} bytes that are not compressed unpack to {unpacked}", offset=offset
        )
    return WimResource(
        offset=place,
        size=size,
        unpacked=unpacked,
        is_metadata=bool(flags & _METADATA),
        is_compressed=is_packed,
        is_solid=bool(flags & _SOLID),
    )


def _entries(
    view: memoryview, lookup: WimResource, limits: Limits
) -> tuple[WimEntry, ...]:
    count, rest = divmod(lookup.size, _ENTRY.size)
    if rest:
        raise WimError(
            f"a lookup table of {lookup.size} bytes; rows have {_ENTRY.size}",
            offset=lookup.offset,
        )
    if count > limits.members:
        raise LimitError(
            f"{count} streams, at most {limits.members} allowed", offset=lookup.offset
        )
    entries = []
    for index in range(count):
        place = lookup.offset + index * _ENTRY.size
        _, part, references, sha1 = _ENTRY.unpack_from(view, place)
        if part != 1:
            raise UnsupportedError(f"a stream lies in part {part}", offset=place + 24)
        if view[place + 7] & _FREE:
            continue
        resource = (
            _solid_member(view, place)
            if view[place + 7] & _SOLID
            else _resource(view, place)
        )
        entries.append(WimEntry(resource=resource, references=references, sha1=sha1))
    _check_ranges(entries)
    return tuple(entries)


def _solid_member(view: memoryview, place: int) -> WimResource:
    """Read a row whose offset and size count inside of a solid resource.

    The row of the solid resource itself has 4 GiB as its unpacked size.
    Source: observed.
    """
    packed, offset, unpacked = _RESOURCE.unpack_from(view, place)
    size = packed & (1 << 56) - 1
    flags = packed >> 56
    is_container = unpacked == 1 << 32
    if is_container and offset + size > len(view):
        raise WimError(f"{size} bytes at {offset:#x} lie outside", offset=place)
    return WimResource(
        offset=offset if is_container else 0,
        size=size if is_container else 0,
        unpacked=0 if is_container else size,
        is_metadata=bool(flags & _METADATA),
        is_compressed=True,
        is_solid=True,
    )


def _check_ranges(entries: list[WimEntry]) -> None:
    """Refuse streams that share bytes: one of them is not what its hash says."""
    placed = sorted(
        (entry.resource.offset, entry.resource.size)
        for entry in entries
        if entry.resource.size
    )
    for (before, size), (after, _) in pairwise(placed):
        if before + size > after:
            raise WimError(f"the stream at {after:#x} shares bytes with another one")
