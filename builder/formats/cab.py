"""Cabinets (.cab, .msu): from bytes to their structure.

Readers disagree on hostile cabinets.  What two of them would read in two
ways is refused here: a file table that does not follow the folder table,
data areas or files that overlap, blocks in the middle that are not full.
"""

from collections.abc import Iterable
from itertools import pairwise
from struct import Struct
from typing import Any, Final

from builder.errors import CabError, LimitError, UnsupportedError
from builder.formats.buffer import Buffer
from builder.formats.cab_blocks import BLOCK, walk_blocks
from builder.formats.dos_time import parse_dos_time
from builder.model.cabinet import (
    NAME_IS_UTF8,
    CabFile,
    CabFolder,
    Cabinet,
    Compression,
    Method,
    SignaturePlace,
)
from builder.model.limits import DEFAULT_LIMITS, Limits

MAGIC: Final = b"MSCF"

# signature, 0, size, 0, first CFFILE, 0, minor, major, folders, files,
# flags, set, index in set.  Source: [MS-CAB], CFHEADER.
CFHEADER: Final = Struct("<4s5I2B5H")
# bytes reserved in the header, in each CFFOLDER, in each CFDATA.
RESERVES: Final = Struct("<H2B")
# first CFDATA, blocks, compression.  Source: [MS-CAB], CFFOLDER.
CFFOLDER: Final = Struct("<I2H")
# size, offset in folder, folder, date, time, attributes.  Source: [MS-CAB], CFFILE.
CFFILE: Final = Struct("<2I4H")
# mark, offset, size, and two numbers that are 0.  Observed in signed cabinets.
_SIGNED: Final = Struct("<5I")
_SIGNED_MARK: Final = 0x0010_0000

_HAS_PREVIOUS: Final = 1
_HAS_NEXT: Final = 2
HAS_RESERVES: Final = 4
_FIRST_CONTINUATION: Final = 0xFFFD
MAX_NAME: Final = 255
"""Bytes of a file name, without the terminating zero."""


def parse_cab(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Cabinet:
    """Read the structure of a cabinet; no payload is unpacked.

    Names are not checked for safety, checksums are not compared, and bytes
    that follow the cabinet are counted but not judged.

    Args:
        data: Starts with the cabinet; held by the caller, such as a memory map.
        limits: `members` and `folders` are kept.

    Raises:
        CabError: Truncated, self-contradictory, of another version, or read
            in two ways by two readers.
        UnsupportedError: A part of a spanned set.
        LimitError: More files or folders than `limits` allow.

    Source: [MS-CAB], section 2.
    """
    with memoryview(data) as view:
        return _parse(view, limits)


def _parse(view: memoryview, limits: Limits) -> Cabinet:
    fields = _header(view)
    size, coff_files, n_folders, n_files, flags, set_id, index = fields
    reserve, folder_reserve, data_reserve, table = _reserves(view, size, flags)
    files_start = table + n_folders * (CFFOLDER.size + folder_reserve)
    if files_start > size:
        raise CabError(f"{n_folders} folders do not fit", offset=26)
    if coff_files != files_start:
        raise CabError(
            f"files are said to start at {coff_files:#x}, folders end at"
            f" {files_start:#x}: readers would disagree",
            offset=16,
        )
    if files_start + n_files * (CFFILE.size + 2) > size:
        raise CabError(f"{n_files} files do not fit", offset=28)
    _keep("folders", n_folders, limits.folders, offset=26)
    _keep("files", n_files, limits.members, offset=28)
    entries = range(table, files_start, CFFOLDER.size + folder_reserve)
    packed = [_folder_fields(view, entry) for entry in entries]
    files, tables_end = _files(view, files_start, size, n_files, packed)
    folders = _measured(view, packed, entries, (tables_end, size), data_reserve)
    _check_ranges(files, folders)
    signature = _signature(view, size, reserve)
    owned = size if signature is None else size + signature.size
    return Cabinet(
        size=size,
        set_id=set_id,
        index=index,
        flags=flags,
        header_reserve=reserve,
        folder_reserve=folder_reserve,
        data_reserve=data_reserve,
        folders=folders,
        files=files,
        signature=signature,
        trailing=len(view) - owned,
    )


def _keep(what: str, count: int, limit: int, *, offset: int) -> None:
    if count > limit:
        raise LimitError(f"{count} {what}, at most {limit} allowed", offset=offset)


def _header(view: memoryview) -> tuple[int, ...]:
    """Check the fixed header; return the fields that are used."""
    if len(view) < CFHEADER.size:
        raise CabError(f"{len(view)} bytes cannot hold a cabinet header", offset=0)
    fields: tuple[Any, ...] = CFHEADER.unpack_from(view)
    magic, _, size, _, coff_files, _, minor, major, *rest = fields
    if magic != MAGIC:
        raise CabError(f"signature is {magic!r}, not {MAGIC!r}", offset=0)
    if size < CFHEADER.size:
        raise CabError(f"{size} bytes announced, too few for a header", offset=8)
    if size > len(view):
        raise CabError(f"{size} bytes announced, {len(view)} present", offset=8)
    if (major, minor) != (1, 3):
        raise CabError(f"version {major}.{minor} is not 1.3", offset=24)
    if rest[0] == 0:
        raise CabError("a cabinet without folders", offset=26)
    if rest[1] == 0:
        raise CabError("a cabinet without files", offset=28)
    if rest[2] & (_HAS_PREVIOUS | _HAS_NEXT):
        raise UnsupportedError(
            "a part of a spanned set of cabinets is refused", offset=30
        )
    return size, coff_files, *rest


def _reserves(view: memoryview, end: int, flags: int) -> tuple[bytes, int, int, int]:
    """Return the reserved header, the two other sizes, and what comes next."""
    offset = CFHEADER.size
    if not flags & HAS_RESERVES:
        return b"", 0, 0, offset
    start = offset + RESERVES.size
    if start > end:
        raise CabError("the sizes of the reserved areas are cut off", offset=offset)
    header, folder, data = RESERVES.unpack_from(view, offset)
    if start + header > end:
        raise CabError(f"{header} reserved bytes do not fit", offset=offset)
    return bytes(view[start : start + header]), folder, data, start + header


def _folder_fields(view: memoryview, entry: int) -> tuple[int, int, Compression]:
    first, blocks, kind = CFFOLDER.unpack_from(view, entry)
    return first, blocks, _compression(kind, offset=entry + 6)


def _compression(kind: int, *, offset: int) -> Compression:
    """Decode typeCompress: method in bits 0 to 3, window in bits 8 to 12."""
    bits = kind >> 8 & 0x1F
    match kind & 0xF:
        case 0:
            return Compression(method=Method.NONE)
        case 1:
            return Compression(method=Method.MSZIP)
        case 2:
            return Compression(method=Method.QUANTUM, window_bits=bits)
        case 3 if 15 <= bits <= 21:
            return Compression(method=Method.LZX, window_bits=bits)
        case 3:
            raise CabError(f"LZX window of {bits} bits is not 15 to 21", offset=offset)
        case _:
            raise CabError(f"compression {kind:#06x} is unknown", offset=offset)


def _files(
    view: memoryview,
    start: int,
    end: int,
    count: int,
    folders: list[tuple[int, int, Compression]],
) -> tuple[tuple[CabFile, ...], int]:
    """Return the file table and the offset behind it."""
    files = []
    offset = start
    for _ in range(count):
        file = _file(view, offset, end)
        if file.folder >= len(folders):
            raise CabError(
                f"folder {file.folder} of {len(folders)} does not exist",
                offset=offset + 8,
            )
        if file.end > folders[file.folder][1] * BLOCK:
            raise CabError("a file lies outside its folder", offset=offset)
        files.append(file)
        offset += CFFILE.size + len(file.raw_name) + 1
    return tuple(files), offset


def _file(view: memoryview, entry: int, end: int) -> CabFile:
    start = entry + CFFILE.size
    if start >= end:
        raise CabError("the file table is cut off", offset=entry)
    size, offset, folder, date, time, attributes = CFFILE.unpack_from(view, entry)
    if folder >= _FIRST_CONTINUATION:
        raise UnsupportedError(
            "a file continues in another cabinet: spanned sets are refused",
            offset=entry + 8,
        )
    raw, zero, _ = bytes(view[start : min(start + MAX_NAME + 1, end)]).partition(b"\0")
    if not zero:
        raise CabError(
            f"a name does not end within {MAX_NAME} bytes and the cabinet", offset=start
        )
    if not raw:
        raise CabError("a name is empty", offset=start)
    try:
        modified = parse_dos_time(date, time)
    except ValueError:  # genuine files have such dates; a rule may mind
        modified = None
    return CabFile(
        name=_name(raw, flagged=bool(attributes & NAME_IS_UTF8), offset=start),
        raw_name=raw,
        size=size,
        offset=offset,
        folder=folder,
        modified=modified,
        dos_date=date,
        dos_time=time,
        attributes=attributes,
        entry=entry,
    )


def _name(raw: bytes, *, flagged: bool, offset: int) -> str:
    """Decode a name.

    Names without the UTF-8 flag are in the code page of the machine that
    wrote them, which the cabinet does not tell; most are ASCII.  cabextract,
    gcab and bsdtar hand on the bytes, so that unflagged UTF-8 reads as such on
    today's systems.  What is not UTF-8 can only be a code page: Latin-1 gives
    every byte a character, and the printable ones of Windows-1252 its own.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if flagged:
            raise CabError(
                f"a name is flagged as UTF-8 and is not: {error.reason}",
                offset=offset + error.start,
            ) from error
    return raw.decode("latin-1")


def _measured(
    view: memoryview,
    packed: list[tuple[int, int, Compression]],
    entries: range,
    bounds: tuple[int, int],
    reserve: int,
) -> tuple[CabFolder, ...]:
    """Walk the data blocks of every folder, lowest first; none may overlap."""
    floor, end = bounds
    folders: dict[int, CabFolder] = {}
    for index in sorted(range(len(packed)), key=lambda index: packed[index][0]):
        first, count, compression = packed[index]
        if first > end or (count and first < floor):
            raise CabError(
                f"data at {first:#x} overlaps other data or lies outside",
                offset=entries[index],
            )
        data_end, unpacked = first, 0
        for block in walk_blocks(
            view,
            first=first,
            count=count,
            reserve=reserve,
            end=end,
            stored=compression.method is Method.NONE,
        ):
            data_end = block.start + block.packed
            unpacked += block.unpacked
        floor = max(floor, data_end)
        folders[index] = CabFolder(
            first_data=first,
            data_end=data_end,
            blocks=count,
            unpacked=unpacked,
            compression=compression,
        )
    return tuple(folders[index] for index in range(len(packed)))


def _check_ranges(files: Iterable[CabFile], folders: tuple[CabFolder, ...]) -> None:
    """Refuse files that leave their folder or share bytes with another one."""
    full = []
    for file in files:
        unpacked = folders[file.folder].unpacked
        if file.end > unpacked:
            raise CabError(
                f"bytes {file.offset} to {file.end} of a folder of {unpacked}",
                offset=file.entry,
            )
        if file.size:
            full.append(file)
    full.sort(key=lambda file: (file.folder, file.offset))
    for before, after in pairwise(full):
        if after.folder == before.folder and after.offset < before.end:
            raise CabError(
                f"{after.name!r} shares bytes with {before.name!r}", offset=after.entry
            )


def announced_signature(reserve: bytes) -> tuple[int, ...] | None:
    """Read what a reserved header says of an appended signature.

    Returns:
        Its offset and length in bytes, and two numbers that are 0; None where
        the reserved bytes are about something else.
    """
    if len(reserve) != _SIGNED.size:
        return None
    mark, *announced = _SIGNED.unpack(reserve)
    return tuple(announced) if mark == _SIGNED_MARK else None


def _signature(view: memoryview, size: int, reserve: bytes) -> SignaturePlace | None:
    """Recognise an appended signature by the place that the header gives it."""
    offset, length, *_ = announced_signature(reserve) or (-1, 0)
    if offset != size:
        return None
    if not 0 < length <= len(view) - size:
        return None
    padding = length - _der_length(bytes(view[size : size + min(length, 6)]))
    if not 0 <= padding < 8 or any(view[size + length - padding : size + length]):
        return None
    return SignaturePlace(offset=size, size=length)


def _der_length(head: bytes) -> int:
    """Return the bytes of a DER sequence, header included; 0 if it is none."""
    if len(head) < 2 or head[0] != 0x30 or head[1] == 0x80 or head[1] > 0x84:
        return 0
    if head[1] < 0x80:
        return 2 + head[1]
    count = head[1] & 0x7F
    return 2 + count + int.from_bytes(head[2 : 2 + count], "big")
