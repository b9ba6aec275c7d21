"""Members of a cabinet as streams of bytes; every block is unpacked once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from builder.errors import CabError, LimitError
from builder.formats.buffer import Buffer
from builder.formats.cab_blocks import verify_block, walk_blocks
from builder.formats.cab_decoders import decoder
from builder.model.cabinet import CabFile, CabFolder, Cabinet, Method
from builder.model.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMembers:
    """A folder with the files that lie in it, in the order of their bytes."""

    folder: CabFolder
    files: tuple[CabFile, ...]


def group_members(cabinet: Cabinet) -> tuple[FolderMembers, ...]:
    """Sort the files of a cabinet into their folders.

    Folders without files are left out: no reader unpacks them.  Within a
    folder, files come in the order of their bytes, which is the order of the
    table in every cabinet that was not made to confuse.
    """
    groups: dict[int, list[CabFile]] = {}
    for file in cabinet.files:
        groups.setdefault(file.folder, []).append(file)
    return tuple(
        FolderMembers(
            folder=cabinet.folders[index],
            files=tuple(sorted(groups[index], key=lambda file: file.offset)),
        )
        for index in sorted(groups)
    )


def unpack_members(
    cabinet: Cabinet, data: Buffer, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[CabFile, Iterator[bytes]]]:
    """Yield each file of a cabinet with its bytes, folder by folder.

    What a caller leaves of a member is unpacked and checked when it asks for
    the next one; the iterator that it holds is empty from then on.

    Args:
        cabinet: What `parse_cab` made of `data`.
        data: The same bytes.
        limits: `unpacked`, `ratio` and `ratio_from` are kept.

    Yields:
        A file and its bytes, in chunks of at most 32 KiB.

    Raises:
        CabError: A block is damaged or its compression is not decoded.  The
            rest of its folder cannot be unpacked; other folders can, with
            `unpack_folder`.
        LimitError: The files would unpack to more than `limits` allow.
    """
    groups = group_members(cabinet)
    total = sum(group.folder.unpacked for group in groups)
    if total > limits.unpacked:
        raise LimitError(f"unpacks to {total} bytes, {limits.unpacked} are allowed")
    for group in groups:
        yield from unpack_folder(cabinet, group, data, limits=limits)


def unpack_folder(
    cabinet: Cabinet,
    members: FolderMembers,
    data: Buffer,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[tuple[CabFile, Iterator[bytes]]]:
    """Yield the files of one folder; see `unpack_members`.

    Folders do not depend on each other: they may be unpacked in any order
    and at the same time.
    """
    folder = members.folder
    _check_limits(folder, limits)
    with memoryview(data) as view:
        stream = _Stream(_unpack_blocks(cabinet, folder, view), folder.data_end)
        for file in members.files:
            stream.skip(file.offset)
            yield file, stream.take(file.end)
            stream.skip(file.end)
        stream.skip(folder.unpacked)


def _check_limits(folder: CabFolder, limits: Limits) -> None:
    """Judge a folder by its block headers, which unpacking holds it to."""
    unpacked = folder.unpacked
    if unpacked > limits.unpacked:
        raise LimitError(
            f"unpacks to {unpacked} bytes, {limits.unpacked} are allowed",
            offset=folder.first_data,
        )
    packed = folder.data_end - folder.first_data
    if unpacked > limits.ratio_from and unpacked > limits.ratio * packed:
        raise LimitError(
            f"{packed} bytes unpack to {unpacked}, more than {limits.ratio} times"
            " as many",
            offset=folder.first_data,
        )


def _unpack_blocks(
    cabinet: Cabinet, folder: CabFolder, view: memoryview
) -> Iterator[bytes]:
    """Yield the unpacked blocks of a folder, at most 32 KiB each."""
    with _placed(folder.first_data):
        blocks = decoder(folder.compression)
    for block in walk_blocks(
        view,
        first=folder.first_data,
        count=folder.blocks,
        reserve=cabinet.data_reserve,
        end=min(cabinet.size, len(view)),
        stored=folder.compression.method is Method.NONE,
    ):
        verify_block(view, block)
        with _placed(block.start):
            chunk = blocks.decode(
                view[block.start : block.start + block.packed], block.unpacked
            )
        yield chunk


@contextmanager
def _placed(start: int) -> Iterator[None]:
    """Make offsets of decoders, which know their block alone, absolute."""
    try:
        yield
    except CabError as error:
        error.offset = start + (error.offset or 0)
        raise


class _Stream:
    """The bytes of a folder, which only go forward."""

    __slots__ = ("_blocks", "_chunk", "_end", "_failure", "_left", "_position")

    def __init__(self, blocks: Iterator[bytes], end: int) -> None:
        self._blocks = blocks
        self._end = end
        self._chunk = b""
        self._left = 0
        self._position = 0
        self._failure: CabError | None = None

    def take(self, end: int) -> Iterator[bytes]:
        """Yield what lies between here and `end`; nothing once it is passed."""
        while self._position < end:
            if not self._left:
                self._fill()
            start = len(self._chunk) - self._left
            piece = self._chunk[start : start + end - self._position]
            self._left -= len(piece)
            self._position += len(piece)
            yield piece

    def skip(self, end: int) -> None:
        """Unpack and forget what lies between here and `end`."""
        for _ in self.take(end):
            pass

    def _fill(self) -> None:
        """Unpack the next block; what failed once fails again the same way."""
        if self._failure is not None:
            kind = type(self._failure)
            raise kind(self._failure.reason, offset=self._failure.offset)
        try:
            self._chunk = next(self._blocks)
        except StopIteration:
            self._failure = CabError(
                "a folder ends before its last file does", offset=self._end
            )
            raise self._failure from None
        except CabError as error:
            self._failure = error
            raise
        self._left = len(self._chunk)
