"""One view of every container: files by name, and their bytes as streams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from builder.errors import FormatError, LimitError
from builder.formats.buffer import Buffer
from builder.formats.cab import MAGIC as CAB_MAGIC
from builder.formats.cab import parse_cab
from builder.formats.cab_decoders import check_decoded
from builder.formats.cab_gaps import hidden_bytes
from builder.formats.cab_members import FolderMembers, group_members, unpack_folder
from builder.formats.cab_seal import cabinet_seal
from builder.model.cabinet import Cabinet
from builder.model.limits import Limits
from builder.model.seal import Seal
from builder.model.tree import Node
from builder.model.unpacked import Form

_WIM_MAGICS: Final = (b"MSWIM\0\0\0", b"WLPWM\0\0\0")
_MAGICS: Final = (CAB_MAGIC, *_WIM_MAGICS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """One file of a container.

    Attributes:
        name: As the container writes it.  Nothing says that it is safe to use
            as a path.
        size: In bytes.
        modified: Naive where the container names no zone; None where unknown.
        waits: Why it cannot be unpacked although nothing is wrong, or None.
    """

    name: str
    size: int
    modified: datetime | None
    waits: str | None = None

    @property
    def key(self) -> str:
        """The name as names compare: folded, with backslashes."""
        return self.name.casefold().replace("/", "\\")


Streams = Callable[[], Iterator[tuple[ArchiveFile, Iterator[bytes]]]]
"""Unpacks files that depend on each other, each of them once.

What a caller leaves of a file is unpacked and checked when it asks for the
next one, but for files that wait.  Raises a FormatError where the container is
damaged.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A container, its structure read, nothing unpacked.

    Attributes:
        packing: How its files are packed, such as "LZX:21".
        files: In container order.
        groups: All files, once.  Groups do not depend on each other: they may
            be unpacked in any order and at the same time.
        is_signed: An Authenticode signature is appended.
        seal: Takes that signature with the digests it speaks of; reads the
            whole container.
        trailing: Bytes behind the container that are no signature.
        hidden: Bytes inside the container that belong to no file.
        tables: What it says of itself besides its files.
        waits: Why its files are not known although nothing is wrong, or None.
    """

    form: Form
    packing: str
    files: tuple[ArchiveFile, ...]
    groups: tuple[Streams, ...]
    is_signed: bool = False
    seal: Callable[[], Seal | None] = lambda: None
    trailing: int = 0
    hidden: int = 0
    tables: tuple[Node, ...] = ()
    waits: str | None = None


def is_archive(head: bytes) -> bool:
    """Tell by the first 8 bytes whether a file is a cabinet or a WIM."""
    return head.startswith(_MAGICS)


def open_archive(data: Buffer, *, limits: Limits) -> Archive:
    """Read the structure of a cabinet or a WIM.

    Args:
        data: The whole container; held by the caller.

    Raises:
        FormatError: It is damaged, or neither.
        UnsupportedError: It is sound as far as seen, and is packed in a way
            that is not decoded.
        LimitError: Larger than `limits` allow.
    """
    head = bytes(memoryview(data)[:8])
    if head.startswith(CAB_MAGIC):
        return _open_cab(data, limits)
    if head.startswith(_WIM_MAGICS):
        # Few packages are WIM files; the others need not wait for this.
        from builder.steps.archive_wim import open_wim  # noqa: PLC0415

        return open_wim(data, limits=limits)
    raise FormatError("is neither a cabinet nor a WIM file", offset=0)


def _open_cab(data: Buffer, limits: Limits) -> Archive:
    cabinet = parse_cab(data, limits=limits)
    for compression in {folder.compression for folder in cabinet.folders}:
        check_decoded(compression)
    files = tuple(
        ArchiveFile(name=file.name, size=file.size, modified=file.modified)
        for file in cabinet.files
    )
    shown = {file.entry: seen for file, seen in zip(cabinet.files, files, strict=True)}
    groups = group_members(cabinet)
    total = sum(group.folder.unpacked for group in groups)
    if total > limits.unpacked:
        raise LimitError(f"unpacks to {total:,} bytes, {limits.unpacked:,} are allowed")

    def streams(group: FolderMembers) -> Iterator[tuple[ArchiveFile, Iterator[bytes]]]:
        for file, chunks in unpack_folder(cabinet, group, data, limits=limits):
            yield shown[file.entry], chunks

    return Archive(
        form=Form.CABINET,
        packing=_packing(cabinet),
        files=files,
        groups=tuple(partial(streams, group) for group in groups),
        is_signed=cabinet.signature is not None,
        seal=partial(cabinet_seal, data, cabinet),
        trailing=cabinet.trailing,
        hidden=hidden_bytes(cabinet, data),
    )


def _packing(cabinet: Cabinet) -> str:
    methods = dict.fromkeys(str(folder.compression) for folder in cabinet.folders)
    return ", ".join(methods)
