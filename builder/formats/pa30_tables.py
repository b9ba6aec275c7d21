"""Transforms of the tables that every executable has.

Each moves the addresses in the source to where the target has them.
"""

from builder.errors import LimitError
from builder.formats.pa30_image import (
    BOUND_IMPORT,
    EXPORT,
    IMPORT,
    RESOURCE,
)
from builder.formats.pa30_workspace import Workspace

_DESCRIPTOR = 20
_MOST_DESCRIPTORS = 4096
_MOST_THUNKS = 1 << 16
_LONGEST_NAME = 1 << 13
_WRITABLE = 0xC000_0000
_HIGH = 1 << 31
_LOW = _HIGH - 1
_ALL = _HIGH | _LOW


def _descriptors(work: Workspace) -> list[int]:
    """Return the file offsets of the import descriptors."""
    rva, _ = work.image.directory(IMPORT)
    at = work.offset(rva) if rva else -1
    found: list[int] = []
    while at >= 0 and work.has(at, _DESCRIPTOR):
        if not (work.u32(at) or work.u32(at + 12) or work.u32(at + 16)):
            break
        if len(found) == _MOST_DESCRIPTORS:
            raise LimitError(f"more than {_MOST_DESCRIPTORS} import descriptors")
        found.append(at)
        at += _DESCRIPTOR
    return found


def _thunks(work: Workspace, rva: int) -> list[int]:
    """Return the file offsets of an array's elements, without the zero."""
    size = 8 if work.image.is_plus else 4
    at = work.offset(rva) if rva else -1
    found: list[int] = []
    while at >= 0 and work.has(at, size) and work.uint(at, size):
        if len(found) == _MOST_THUNKS:
            raise LimitError(f"more than {_MOST_THUNKS} imports of one library")
        found.append(at)
        at += size
    return found


def unbind(work: Workspace) -> None:
    """Take back what binding has written into the source."""
    size = 8 if work.image.is_plus else 4
    budget = work.size
    for descriptor in _descriptors(work):
        if work.u32(descriptor + 4) == 0:
            continue
        work.put(descriptor + 4, 0, 8)
        at = work.offset(work.u32(descriptor + 16))
        if at < 0:
            continue
        names = _thunks(work, work.u32(descriptor))
        budget -= len(names)
        if budget < 0:
            raise LimitError("import tables are larger than their file")
        for name in names:
            if work.has(at, size):
                work.put(at, work.uint(name, size), size)
            at += size
    _drop_bound_imports(work)
    for section in work.image.sections:
        if section.name == b".idata\0\0":
            work.put(section.header + 36, section.characteristics | _WRITABLE, 4)


def _drop_bound_imports(work: Workspace) -> None:
    rva, size = work.image.directory(BOUND_IMPORT)
    if rva == 0:
        return
    at = work.offset_in_file(rva)
    if at >= 0:
        end = min(at + size, work.size)
        if at < end:
            work.data[at:end] = bytes(end - at)
    work.put(work.image.directory_entry(BOUND_IMPORT), 0, 8)


def _stays(work: Workspace, thunks: list[int]) -> bool:
    """Whether a table of names stays: as reported, if it starts with a number."""
    size = 8 if work.image.is_plus else 4
    starts = work.reported and bool(thunks)
    return starts and work.uint(thunks[0], size) >> (8 * size - 1) == 1


def _map_thunk(work: Workspace, at: int, *, is_bound: bool) -> int:
    """Move one thunk; return the bytes of the name that it owns."""
    size = 8 if work.image.is_plus else 4
    value = work.uint(at, size)
    # As reported, an address of 64 bits where a name should be is left to
    # the relocations.
    if is_bound:
        work.rebase(at, size)
    elif value >> (8 * size - 1) or (work.reported and value >> 32):
        work.own(at, size)
    else:
        work.field(at)
        work.own(at, size)
        # Hint (2 bytes), name, zero.
        name = work.offset(value & 0xFFFF_FFFF)
        if name >= 0:
            end = work.data.find(0, name + 2, name + 2 + _LONGEST_NAME)
            if end >= 0:
                work.close(name, end + 1 - name)
                return end + 1 - name
    return 0


def map_imports(work: Workspace) -> None:
    """Move the import descriptors, their thunks and what these name."""
    budget, names = work.size, 8 * work.size
    for descriptor in _descriptors(work):
        stamp = work.u32(descriptor + 4)
        for field, is_bound in ((0, False), (16, stamp != 0)):
            thunks = _thunks(work, work.u32(descriptor + field))
            budget -= len(thunks)
            if field == 0 and _stays(work, thunks):
                work.own(thunks[0], len(thunks) * (8 if work.image.is_plus else 4))
                thunks = []
            for thunk in thunks:
                names -= _map_thunk(work, thunk, is_bound=is_bound)
            if min(budget, names) < 0:
                raise LimitError("import tables are larger than their file")
        for field in (12, 0, 16):
            work.field(descriptor + field)


def map_exports(work: Workspace) -> None:
    """Move the export directory and its two tables of addresses."""
    rva, _ = work.image.directory(EXPORT)
    at = work.offset(rva) if rva else -1
    if at < 0 or not work.has(at, 40):
        return
    # Source: [PE], export directory table: NumberOfFunctions at 20,
    # NumberOfNames at 24, AddressOfFunctions at 28, AddressOfNames at 32.
    for count, table in ((20, 28), (24, 32)):
        start = work.offset(work.u32(at + table))
        if start >= 0:
            room = max(work.size - start, 0) // 4
            for index in range(min(work.u32(at + count), room)):
                work.field(start + 4 * index)
    for field in (12, 28, 32, 36):
        work.field(at + field)


def map_resources(work: Workspace) -> None:
    """Move the resource tree, each directory once."""
    rva, size = work.image.directory(RESOURCE)
    root = work.offset(rva) if rva else -1
    if root < 0:
        return
    size = min(size, work.size - root)
    seen = {0}
    pending = [0]
    budget = size // 8
    while pending:
        directory = pending.pop()
        if directory + 16 > size:
            continue
        # Source: [PE], resource directory table: two counts at 12 and 14.
        counts = work.uint(root + directory + 12, 2) + work.uint(
            root + directory + 14, 2
        )
        count = min(counts, (size - directory - 16) // 8)
        budget -= count
        if budget < 0:
            raise LimitError("resource directories overlap")
        for index in range(count):
            entry = directory + 16 + 8 * index
            child = _map_resource(work, root, entry, size)
            if child not in seen:
                seen.add(child)
                pending.append(child)


def _map_resource(work: Workspace, root: int, entry: int, size: int) -> int:
    """Move one entry; return its directory, or 0 where it has none."""
    base, _ = work.image.directory(RESOURCE)
    moved = work.rift.map(base)

    def put(at: int, value: int) -> None:
        mapped = work.rift.map(base + (value & _LOW)) - moved
        work.put(at, (mapped & _LOW) | (value & _HIGH), 4)
        work.own(at, 4)

    name, child = work.u32(root + entry), work.u32(root + entry + 4)
    if name & _HIGH:
        put(root + entry, name)
    place = child & _LOW
    if not entry < place < size:
        return 0
    if child & _HIGH:
        put(root + entry + 4, child)
        return place
    if place + 4 <= size:
        # The creator maps the full RVA here as if it were relative.
        at = root + place
        work.put(at, (work.rift.map(base + work.u32(at)) - moved) & _ALL, 4)
        work.own(at, 4)
    return 0
