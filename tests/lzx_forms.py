"""The two forms of the LZX decoder, and cabinets taken apart by hand."""

import struct
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple, cast

from compiled_forms import do_without, load_built, load_plain

from builder.formats import lzx

# In the order of their imports.
MODULES = ("lzx_calls", "lzx_tree", "lzx")


class PackedFolder(NamedTuple):
    """A folder of a cabinet: its kind, and packed blocks with their sizes."""

    kind: int
    blocks: list[tuple[bytes, int]]


class Place(NamedTuple):
    """Where a file of a cabinet lies: its folder, offset and size."""

    folder: int
    offset: int
    size: int


@cache
def load_form(form: str) -> ModuleType | None:
    if form == "plain":
        return load_plain(MODULES)
    return lzx if lzx.COMPILED else load_built(MODULES, pattern="lzx*.p*")


def decoder_of(form: str) -> type[lzx.LzxDecoder]:
    """Give the decoder in one form; skip, or fail where it must be there."""
    module = load_form(form)
    if module is None:
        do_without("LZX decoder")
    return cast("type[lzx.LzxDecoder]", module.LzxDecoder)


def take_apart(data: bytes) -> tuple[list[PackedFolder], list[Place]]:
    """Read a cabinet that is known to be right."""
    folders, files, flags = struct.unpack_from("<HHH", data, 26)
    (first_file,) = struct.unpack_from("<I", data, 16)
    place, folder_reserve, data_reserve = 36, 0, 0
    if flags & 4:
        header_reserve, folder_reserve, data_reserve = struct.unpack_from(
            "<HBB", data, place
        )
        place += 4 + header_reserve
    packed = []
    for _ in range(folders):
        first, count, kind = struct.unpack_from("<IHH", data, place)
        blocks = list(take_blocks(data, first, count, data_reserve))
        packed.append(PackedFolder(kind, blocks))
        place += 8 + folder_reserve
    places, place = [], first_file
    for _ in range(files):
        size, offset, folder = struct.unpack_from("<IIH", data, place)
        places.append(Place(folder, offset, size))
        place = data.index(b"\0", place + 16) + 1
    return packed, places


def take_blocks(
    data: bytes, place: int, count: int, reserve: int
) -> Iterator[tuple[bytes, int]]:
    for _ in range(count):
        size, unpacked = struct.unpack_from("<HH", data, place + 4)
        place += 8 + reserve
        yield data[place : place + size], unpacked
        place += size


def unpack(decoder: type[lzx.LzxDecoder], folder: PackedFolder) -> bytes:
    stream = decoder(folder.kind >> 8)
    return b"".join(stream.decode(block, size) for block, size in folder.blocks)


def unpack_cabinet(decoder: type[lzx.LzxDecoder], data: bytes) -> bytes:
    """Put the files of an LZX cabinet one after the other, as in its table."""
    folders, places = take_apart(data)
    assert all(folder.kind & 15 == 3 for folder in folders)
    unpacked = [unpack(decoder, folder) for folder in folders]
    return b"".join(
        unpacked[place.folder][place.offset : place.offset + place.size]
        for place in places
    )
