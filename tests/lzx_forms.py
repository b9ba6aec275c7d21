"""The two forms of the LZX decoder, and cabinets taken apart by hand.

The compiled form is the installed one, or the one that `python -m build
--wheel` left under build/.  One that is older than its source is none.
"""

import os
import struct
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, cast

import pytest

import builder.formats
from builder.formats import lzx

ROOT = Path(__file__).parent.parent
SOURCES = Path(builder.formats.__path__[0])
# In the order of their imports.
MODULES = ("lzx_calls", "lzx_tree", "lzx")
FORMS = ("plain", "compiled")


class PackedFolder(NamedTuple):
    """A folder of a cabinet: its kind, and packed blocks with their sizes."""

    kind: int
    blocks: list[tuple[bytes, int]]


class Place(NamedTuple):
    """Where a file of a cabinet lies: its folder, offset and size."""

    folder: int
    offset: int
    size: int


def load(paths: list[Path]) -> ModuleType:
    """Load modules that import one another, beside those in use; give the last."""
    names = [f"builder.formats.{name}" for name in MODULES]
    in_use = {name: sys.modules.pop(name, None) for name in names}
    try:
        for name, path in zip(names, paths, strict=True):
            spec = spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = module = module_from_spec(spec)
            spec.loader.exec_module(module)
    finally:
        for name, former in in_use.items():
            if former is not None:
                sys.modules[name] = former
    return module


def find_compiled() -> list[Path] | None:
    """Find compiled modules, none older than any source."""
    newest = max(path.stat().st_mtime for path in SOURCES.glob("lzx*.p*"))
    for folder in sorted(ROOT.glob("build/lib*/builder/formats")):
        for suffix in EXTENSION_SUFFIXES:
            paths = [folder / f"{name}{suffix}" for name in MODULES]
            if all(path.is_file() for path in paths):
                oldest = min(path.stat().st_mtime for path in paths)
                if oldest >= newest:
                    return paths
    return None


@cache
def load_form(form: str) -> ModuleType | None:
    if form == "plain":
        return load([SOURCES / f"{name}.py" for name in MODULES])
    if lzx.COMPILED:
        return lzx
    paths = find_compiled()
    return None if paths is None else load(paths)


def decoder_of(form: str) -> type[lzx.LzxDecoder]:
    """Give the decoder in one form; skip, or fail where it must be there."""
    module = load_form(form)
    if module is None:
        reason = "no compiled LZX decoder; `python -m build --wheel` makes one"
        if os.environ.get("HOTFIX_REQUIRE_COMPILED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
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
