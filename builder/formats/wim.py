"""WIM files (.wim, .esd, the .msu of Windows 11): from bytes to their structure.

Source: the public "Windows Imaging File Format (WIM)" paper; files written by
others.
"""

from struct import Struct
from typing import Final

from builder.errors import LimitError, UnsupportedError, WimError
from builder.formats.buffer import Buffer
from builder.formats.wim_resource import unpack_resource
from builder.formats.wim_table import (
    Packing,
    check_ranges,
    parse_lookup_table,
    parse_resource,
)
from builder.formats.wim_xml import parse_wim_xml
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.wim import Wim, WimMethod

MAGIC: Final = b"MSWIM\0\0\0"
PIPABLE_MAGIC: Final = b"WLPWM\0\0\0"

# tag, size of header, version, flags, size of chunks, GUID, part, parts, images.
_FIXED: Final = Struct("<8s4I16s2HI")
# Then: lookup table, XML data, boot metadata (24 each), boot index, integrity
# table (24), 60 unused bytes.
_LOOKUP, _XML, _BOOT, _BOOT_INDEX, _INTEGRITY = 48, 72, 96, 120, 124
_HEADER_SIZE: Final = 208
_VERSIONS: Final = (0x10D00, 0xE00)

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
    packing = Packing(_method(flags, chunk_size), chunk_size)
    lookup, area, _, integrity = (
        parse_resource(view, place, packing)
        for place in (_LOOKUP, _XML, _BOOT, _INTEGRITY)
    )
    if lookup.method is not WimMethod.NONE:
        raise UnsupportedError("a packed lookup table is refused", offset=_LOOKUP)
    entries = parse_lookup_table(view, lookup, packing, limits)
    trees = sum(entry.resource.is_metadata for entry in entries)
    if trees != images:
        raise WimError(f"{images} images and {trees} directory trees", offset=44)
    boot_index = int.from_bytes(view[_BOOT_INDEX : _BOOT_INDEX + 4], "little")
    if boot_index > images:
        raise WimError(f"image {boot_index} of {images} boots", offset=_BOOT_INDEX)
    if area.unpacked > limits.held:
        raise LimitError(f"{area.unpacked:,} bytes of XML data", offset=_XML)
    xml = b"".join(unpack_resource(view, area))
    placed = (lookup, area, integrity, *(e.resource for e in entries))
    ranges = [(0, _HEADER_SIZE), *((r.offset, r.size) for r in placed)]
    check_ranges(ranges)
    return Wim(
        version=version,
        flags=flags,
        method=packing.method,
        chunk_size=chunk_size,
        guid=guid,
        images=images,
        boot_index=boot_index,
        entries=entries,
        xml=xml,
        info=parse_wim_xml(xml, images=images, limits=limits),
        trailing=len(view) - max(at + size for at, size in ranges if size),
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
