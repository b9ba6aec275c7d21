"""Writing cabinets: members go in as streams, one cabinet comes out.

The tables of a cabinet stand before its data, so room for them is left, and
they are written last.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple, Protocol

from builder.errors import LimitError, PlanError
from builder.formats.cab import CFFILE, CFFOLDER, CFHEADER, MAGIC, MAX_NAME
from builder.formats.cab_blocks import BLOCK, CFDATA, MAX_BLOCKS, block_checksum
from builder.formats.dos_time import serialize_dos_time
from builder.formats.mszip import (
    DEFAULT_LEVEL,
    StartCompressor,
    compressor_of,
    encode_block,
)
from builder.model.cabinet import (
    ARCHIVE,
    MSZIP,
    NAME_IS_UTF8,
    Compression,
    Deflate,
    Method,
)

_MAX_FOLDER: Final = MAX_BLOCKS * BLOCK
_MAX_FILES: Final = 0xFFFF
_MAX_CABINET: Final = 0xFFFF_FFFF
# Files of unknown size: where a folder ends, and how many may be needed.
_ROOMY_FOLDER: Final = 1 << 30
_ROOMY_FOLDERS: Final = 64
_KINDS: Final = {Method.NONE: 0, Method.MSZIP: 1}
_AHEAD: Final = 8
_HAS_RESERVE: Final = 4
# Sizes of the reserved areas, then what signers expect to find in the first.
_RESERVE: Final = bytes.fromhex("1400000000001000") + bytes(16)


class Sink(Protocol):
    """Where a cabinet is written: a new file, open for writing bytes."""

    def write(self, data: bytes, /) -> object: ...

    def seek(self, offset: int, /) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CabSource:
    """A file to pack.

    Attributes:
        name: As it shall be written, with backslashes between folders.
        modified: Naive, in UTC; odd seconds round down.
        chunks: Called once, when the turn of the file comes.
        size: In bytes, where it is known before.  When the sizes of all
            files are known, the tables have no spare room.
    """

    name: str
    modified: datetime
    chunks: Callable[[], Iterable[bytes]]
    attributes: int = ARCHIVE
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedCab:
    """What was written.

    Attributes:
        size: Of the cabinet, in bytes.
        folders: Number of folders.
        sizes: Of the unpacked files, in bytes, in the order of the sources.
    """

    size: int
    folders: int
    sizes: tuple[int, ...]


class _Entry(NamedTuple):
    """The part of a CFFILE that packing finds out."""

    size: int
    offset: int
    folder: int


class _Piece(NamedTuple):
    """Up to 32 KiB of a folder, with the full block before it."""

    folder: int
    block: bytes
    history: bytes


def pack_cab(
    members: Sequence[CabSource],
    *,
    sink: Sink,
    compression: Compression = MSZIP,
    level: int = DEFAULT_LEVEL,
    deflate: Deflate = Deflate.ZLIB,
    threads: int = 1,
    set_id: int = 0,
    for_signature: bool = False,
) -> PackedCab:
    """Write a cabinet of all `members`, in their order.

    All files share one folder until it has 65,535 blocks; the next one
    starts with a file.  A file of unknown size starts a new folder when the
    present one has passed 1 GiB.  The bytes depend on the arguments and the
    library that deflates, and not on `threads`.

    Args:
        members: Pulled in order, each exactly once.
        sink: Empty; written from its start.
        compression: Stored or MSZIP.
        level: Of zlib, 1 to 9.
        deflate: The library that packs MSZIP.
        threads: That compress at the same time.
        set_id: Any 16 bits.
        for_signature: Reserve the 20 bytes of the header in which the place of
            an appended signature is written.

    Raises:
        PlanError: No members, a name or date that cannot be written, bytes
            that are not as many as promised, another compression, or a library
            that is not installed.
        LimitError: A file above 65,535 blocks, more than 65,535 files, or a
            cabinet above 4 GiB.  What was written so far is no cabinet.

    Source: [MS-CAB], section 2.
    """
    if compression.method not in _KINDS:
        raise PlanError(f"{compression} compression cannot be written")
    names = [_serialize_name(member.name) for member in members]
    stamps = [_serialize_time(member) for member in members]
    if not members:
        raise PlanError("a cabinet has at least one file")
    if len(members) > _MAX_FILES:
        raise LimitError(f"{len(members)} files, a cabinet takes {_MAX_FILES}")
    room = _folders_at_most(members)
    start = CFHEADER.size + len(_RESERVE if for_signature else b"")
    tables = start + room * CFFOLDER.size
    tables += sum(CFFILE.size + len(name) + 1 for name in names)
    sink.write(bytes(tables))

    entries: list[_Entry] = []
    encode = partial(_encode, compression.method, level, compressor_of(deflate))
    pieces = _pieces(members, entries)
    size, folders = _write_blocks(sink, _in_order(pieces, encode, threads), tables)
    if len(folders) > room:
        raise LimitError(f"more than {room} folders; give the sizes of all files")

    kind = _KINDS[compression.method]
    table = b"".join(CFFOLDER.pack(*folder, kind) for folder in folders)
    header = CFHEADER.pack(
        *(MAGIC, 0, size, 0, start + len(table), 0, 3, 1),
        *(len(folders), len(members), _HAS_RESERVE if for_signature else 0, set_id, 0),
    )
    sink.seek(0)
    sink.write(header + (_RESERVE if for_signature else b"") + table)
    for member, name, stamp, entry in zip(members, names, stamps, entries, strict=True):
        flag = 0 if name.isascii() else NAME_IS_UTF8
        attributes = member.attributes & ~NAME_IS_UTF8 | flag
        sink.write(CFFILE.pack(*entry, *stamp, attributes) + name + b"\0")
    return PackedCab(
        size=size,
        folders=len(folders),
        sizes=tuple(entry.size for entry in entries),
    )


def _serialize_name(name: str) -> bytes:
    try:
        raw = name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise PlanError(f"name {name!r} is no text: {error.reason}") from error
    if not raw or b"\0" in raw:
        raise PlanError(f"name {name!r} is empty or has a zero")
    if len(raw) > MAX_NAME:
        raise PlanError(
            f"name {name!r} has {len(raw)} bytes, a cabinet takes {MAX_NAME}"
        )
    return raw


def _serialize_time(member: CabSource) -> tuple[int, int]:
    try:
        return serialize_dos_time(member.modified)
    except ValueError as error:
        raise PlanError(f"date of {member.name!r}: {error}") from error


def _starts_folder(position: int, size: int | None) -> bool:
    """Whether a file needs a new folder, `position` bytes into the present one."""
    if size is None:
        return position >= _ROOMY_FOLDER
    return position > 0 and position + size > _MAX_FOLDER


def _folders_at_most(members: Sequence[CabSource]) -> int:
    folders, position = 1, 0
    for member in members:
        if member.size is None:
            return min(len(members), _ROOMY_FOLDERS)
        if _starts_folder(position, member.size):
            folders, position = folders + 1, 0
        position += member.size
    return folders


def _pieces(members: Sequence[CabSource], entries: list[_Entry]) -> Iterator[_Piece]:
    """Cut the members into blocks, and note where each one came to lie."""
    folder, position = 0, 0
    pending, history = bytearray(), b""
    for member in members:
        if _starts_folder(position, member.size):
            if pending:
                yield _Piece(folder, bytes(pending), history)
            folder, position = folder + 1, 0
            pending, history = bytearray(), b""
        start = position
        for part in _parts(member):
            pending += part
            position += len(part)
            if position > _MAX_FOLDER:
                raise LimitError(f"{member.name!r} needs more than 65,535 blocks")
            if len(pending) >= BLOCK:
                block = bytes(pending[:BLOCK])
                del pending[:BLOCK]
                yield _Piece(folder, block, history)
                history = block
        entries.append(_Entry(position - start, start, folder))
    if pending:
        yield _Piece(folder, bytes(pending), history)


def _parts(member: CabSource) -> Iterator[memoryview]:
    """Cut chunks to at most one block; compare their sum with the promise."""
    size = 0
    for chunk in member.chunks():
        view = memoryview(chunk)
        size += len(view)
        for start in range(0, len(view), BLOCK):
            yield view[start : start + BLOCK]
    if member.size is not None and size != member.size:
        raise PlanError(f"{member.name!r} has {size} bytes, {member.size} are promised")


def _encode(
    method: Method, level: int, start: StartCompressor, piece: _Piece
) -> tuple[int, bytes]:
    """Return the number of the folder and a whole CFDATA."""
    packed = piece.block
    if method is Method.MSZIP:
        packed = encode_block(
            piece.block, history=piece.history, level=level, start=start
        )
    sizes = CFDATA.pack(0, len(packed), len(piece.block))
    checksum = block_checksum(packed) ^ block_checksum(sizes[4:])
    return piece.folder, CFDATA.pack(checksum, len(packed), len(piece.block)) + packed


def _in_order(
    pieces: Iterable[_Piece],
    encode: Callable[[_Piece], tuple[int, bytes]],
    threads: int,
) -> Iterator[tuple[int, bytes]]:
    """Encode on several threads, a few blocks ahead; keep the order."""
    if threads < 2:
        yield from map(encode, pieces)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[tuple[int, bytes]]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(encode, piece))
            if len(waiting) > threads * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _write_blocks(
    sink: Sink, blocks: Iterable[tuple[int, bytes]], offset: int
) -> tuple[int, list[tuple[int, int]]]:
    """Write all data; return where it ends, and each folder's start and blocks."""
    folders = [(offset, 0)]
    for folder, block in blocks:
        if folder == len(folders):
            folders.append((offset, 0))
        first, count = folders[folder]
        folders[folder] = first, count + 1
        offset += len(block)
        if offset > _MAX_CABINET:
            raise LimitError(f"a cabinet above {_MAX_CABINET} bytes")
        sink.write(block)
    return offset, folders
