"""How the builder reads and writes the user's files.

Whatever is written appears whole or not at all, see `builder.files`.  Links,
devices and pipes are neither read as packages nor replaced.
"""

import mmap
import os
import secrets
import stat
import sys
import tempfile
import unicodedata
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from builder.errors import LimitError, StoreError
from builder.files import (
    Batch,
    Sink,
    is_taken,
    naming,
    open_regular,
    set_modified,
)
from builder.model.limits import DEFAULT_LIMITS
from builder.model.names import unsafe

_CHUNK = 1 << 20
_COPIED = 16 << 20  # bytes of a file that is not mapped
_TEMPORARY = "temporary folder"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def read_document(path: Path, *, limit: int = DEFAULT_LIMITS.held) -> bytes:
    """Read a small file whole.

    Raises:
        LimitError: It has more than `limit` bytes.
        StoreError: It cannot be read.
    """
    with open_regular(path) as file, naming(path):
        data = file.read(limit + 1)
    if len(data) > limit:
        error = LimitError(f"more than {limit:,} bytes, the limit for a document")
        error.source = (str(path),)
        raise error
    return data


def read_standard_input(*, limit: int) -> bytes:
    """Read all of standard input.

    Raises:
        LimitError: It has more than `limit` bytes.
    """
    if sys.stdin is None:  # closed by whoever started us
        raise StoreError("-", "standard input is closed")
    with naming("-"):
        data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        error = LimitError(f"more than {limit:,} bytes, the limit for a document")
        error.source = ("-",)
        raise error
    return data


@contextmanager
def mapped(path: Path) -> Iterator[memoryview]:
    """Give the bytes of a file, read-only.

    Files up to 16 MiB are copied, larger ones mapped into memory.  A mapped
    file must not be truncated while it is read: the system ends a process that
    touches a page which is no longer there (SIGBUS), and nothing can catch it.
    """
    with open_regular(path) as file:
        with naming(path):
            size = os.fstat(file.fileno()).st_size
            if size <= _COPIED:
                data = memoryview(file.read(size))
            else:
                # Not closed here: while an error travels up, its traceback
                # holds views of the map.  The last reference frees it.
                area = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                data = memoryview(area)
        yield data


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file in chunks of at most 1 MiB."""
    with open_regular(path, buffering=0) as file, naming(path):
        while chunk := file.read(_CHUNK):
            yield chunk


def size_of(path: Path) -> int:
    """Return the length of a regular file in bytes."""
    with open_regular(path) as file, naming(path):
        return os.fstat(file.fileno()).st_size


class Scratch:
    """A nameless temporary file: a sink while it is written, then a buffer.

    Its pages belong to the file system, not to our anonymous memory.
    """

    def __init__(self) -> None:
        with naming(_TEMPORARY):
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # until finalized
        weakref.finalize(self, _close, self._file)
        self._view: memoryview | None = None

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append or overwrite at the current position.

        Raises:
            StoreError: The disk of the temporary folder is full.
        """
        with naming(_TEMPORARY):
            return self._file.write(data)

    def seek(self, offset: int) -> int:
        """Move the position; `offset` counts from the start, in bytes."""
        with naming(_TEMPORARY):
            return self._file.seek(offset)

    def chunks(self) -> Iterator[bytes]:
        """Read the content from the start, in chunks of at most 1 MiB."""
        view = self.buffer()
        for start in range(0, len(view), _CHUNK):
            yield bytes(view[start : start + _CHUNK])

    def buffer(self) -> memoryview:
        """Return the content; nothing may be written afterwards."""
        if self._view is None:
            with naming(_TEMPORARY):
                self._file.flush()
                if os.fstat(self._file.fileno()).st_size:
                    area = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
                    self._view = memoryview(area)
                else:
                    self._view = memoryview(b"")
        return self._view


def _close(file: IO[bytes]) -> None:
    """Close a file that nobody needs; what it cannot flush is lost anyway."""
    with suppress(OSError):
        file.close()


@contextmanager
def writing(path: Path, *, modified: datetime | None = None) -> Iterator[Sink]:
    """Give one file that becomes `path` when the block ends; see `Batch`."""
    with (
        Batch() as batch,
        batch.writing(path, modified=modified) as file,
    ):
        yield file


def write_document(path: Path, data: bytes) -> None:
    """Write a small file, whole or not at all."""
    with writing(path) as file:
        file.write(data)


def find_payload(folder: Path, word: str, name: str, *, allow_flat: bool) -> Path:
    """Find a payload file, in any case: FOLDER/x86/NAME, or FOLDER/NAME.

    Args:
        word: The architecture's folder: x86, x64 and so on, or wow64.
        name: May have folders before it, with slashes.
        allow_flat: Look for FOLDER/NAME where there is no FOLDER/x86.

    Raises:
        StoreError: It is not there, or there several times in other cases.
    """
    places = _entries(folder, word)
    if len(places) > 1:
        raise StoreError(str(folder), f"has several folders called {word}")
    if places:
        place = places[0]
    elif allow_flat:
        place = folder
    else:
        raise StoreError(str(folder), f"has no folder {word}")
    *inner, name = name.split("/")
    for part in inner:
        below = [path for path in _entries(place, part) if path.is_dir()]
        if len(below) != 1:
            count = "several folders" if below else "no folder"
            raise StoreError(str(place), f"has {count} called {part}")
        place = below[0]
    found = _entries(place, name)
    if not found:
        raise StoreError(str(place), f"has no file {name}")
    if len(found) > 1:
        names = ", ".join(sorted(path.name for path in found))
        raise StoreError(str(place), f"has {name} several times: {names}")
    return found[0]


def _entries(folder: Path, name: str) -> list[Path]:
    """Return the entries of a folder with a name, compared without case."""
    with naming(folder):
        return [e for e in folder.iterdir() if e.name.casefold() == name.casefold()]


class Part:
    """A file of `Below` while it is written; errors name what it will be.

    What is written goes to the system at once: most of what an archive holds
    is small and comes in one piece, so that a buffer would cost more.

    Attributes:
        size: Number of bytes written.
    """

    __slots__ = ("_descriptor", "_target", "size")

    def __init__(self, descriptor: int, target: str) -> None:
        self._descriptor = descriptor
        self._target = target
        self.size = 0

    def write(self, data: bytes) -> int:
        """Append.

        Raises:
            StoreError: The disk is full, or says no in another way.
        """
        with naming(self._target):
            done = os.write(self._descriptor, data)
            while done < len(data):
                done += os.write(self._descriptor, memoryview(data)[done:])
        self.size += done
        return done


class Below:
    """A folder that files with strangers' names are written into, never out of.

    Names that Windows reserves, files whose names differ in case alone, and
    links on the way are refused on every system.  Folders whose names differ
    in case alone are one.

    Args:
        root: Made where it is missing; may be a link to a folder.
        replace: Regular files that lie there already are replaced.
    """

    def __init__(self, root: Path, *, replace: bool = False) -> None:
        self._replace = replace
        self._partial = f".{secrets.token_hex(8)}.partial"
        self._files: set[str] = set()
        # Texts, not paths: an archive of thousands of small files takes most
        # of its time here.
        self._folders: dict[str, str] = {"": str(root)}

    def target(self, name: str) -> str:
        """Return the path for a name, and make the folders on the way.

        Args:
            name: Relative; both slashes separate parts.

        Raises:
            StoreError: The name, or what lies there already, is refused.
        """
        reason = unsafe(name)
        if reason is not None:
            raise StoreError(name, f"refused: {reason}")
        *way, last = name.replace("/", "\\").split("\\")
        if not self._files:
            with naming(self._folders[""]):
                os.makedirs(self._folders[""], exist_ok=True)  # noqa: PTH103  a text
        key = ""
        for part in way:
            above, key = key, f"{key}{_key(part)}/"
            if key not in self._folders:
                self._enter(os.path.join(self._folders[above], part), key)  # noqa: PTH118  a text
        path = os.path.join(self._folders[key], last)  # noqa: PTH118  a text
        key += _key(last)
        if key in self._files or f"{key}/" in self._folders:
            raise StoreError(name, "refused: an earlier name, but for its case")
        self._files.add(key)
        self._check(path)
        return path

    @contextmanager
    def writing(
        self, target: str, *, modified: datetime | None = None
    ) -> Iterator[Part]:
        """Give a file that becomes `target` when the block ends without an error.

        Args:
            target: From the method of this name.
            modified: See `Batch.writing`.

        Raises:
            StoreError: Something lies there by now, or the disk says no.
        """
        partial = target + self._partial
        with naming(target):
            # 0o666 and the user's umask, as an ordinary file would have.
            descriptor = os.open(partial, _NEW, 0o666)
        try:
            try:
                yield Part(descriptor, target)
            finally:
                with naming(target):
                    os.close(descriptor)
            self._check(target)
            with naming(target):
                set_modified(partial, modified)
                os.replace(partial, target)  # noqa: PTH105  a text
        except BaseException:
            with suppress(OSError):
                os.unlink(partial)  # noqa: PTH108  a text
            raise

    def _check(self, path: str) -> None:
        """Refuse to write over what lies there."""
        if is_taken(path) and not self._replace:
            raise StoreError(path, "exists; not replaced")

    def _enter(self, folder: str, key: str) -> None:
        """Take a folder for its key, spelt as it is the first time."""
        if key[:-1] in self._files:
            raise StoreError(folder, "refused: a file has this name")
        with naming(folder):
            with suppress(FileExistsError):
                os.mkdir(folder)  # noqa: PTH102  a text
            mode = os.lstat(folder).st_mode
        if not stat.S_ISDIR(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "no folder"
            raise StoreError(folder, f"refused: {kind} is on the way")
        self._folders[key] = folder


def _key(part: str) -> str:
    """Fold a name as the least exact of file systems would."""
    return unicodedata.normalize("NFC", part.casefold())


def files_below(
    root: Path, *, limit: int
) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield the regular files below a folder, sorted, with names in slashes.

    Links are not followed; they and devices are left out.

    Raises:
        LimitError: There are more than `limit` entries.
        StoreError: A folder cannot be read.
    """
    waiting = [("", root)]
    seen = 0
    while waiting:
        prefix, folder = waiting.pop()
        with naming(folder):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        inner = []
        for entry in entries:
            seen += 1
            if seen > limit:
                error = LimitError(f"more than {limit:,} files and folders")
                error.source = (str(root),)
                raise error
            with naming(Path(entry.path)):
                if entry.is_dir(follow_symlinks=False):
                    inner.append((f"{prefix}{entry.name}/", Path(entry.path)))
                elif entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    yield prefix + entry.name, Path(entry.path), facts
        waiting.extend(reversed(inner))
