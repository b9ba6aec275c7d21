"""The only module that reads and writes the user's files.

Whatever is written appears whole or not at all: a temporary file beside the
target, flushed to the disk, then renamed over it.  Links, devices and pipes
are neither read as packages nor replaced.
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
from builder.model.limits import DEFAULT_LIMITS
from builder.model.names import unsafe

_CHUNK = 1 << 20


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn an OSError into a StoreError that names `path`."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise StoreError(str(path), reason) from error


def _open_regular(path: Path) -> IO[bytes]:
    """Open a regular file; links to regular files are followed.

    Raises:
        StoreError: It is a folder, a device, a pipe, or cannot be opened.
    """
    with _naming(path):
        # O_NONBLOCK: opening a pipe must not wait for somebody to write.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags)
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            kind = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
            raise StoreError(str(path), f"is {kind}, not a file")
        return os.fdopen(descriptor, "rb")


def read_document(path: Path, *, limit: int = DEFAULT_LIMITS.held) -> bytes:
    """Read a small file whole.

    Raises:
        LimitError: It has more than `limit` bytes.
        StoreError: It cannot be read.
    """
    with _open_regular(path) as file, _naming(path):
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
    with _naming(Path("-")):
        data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        error = LimitError(f"more than {limit:,} bytes, the limit for a document")
        error.source = ("-",)
        raise error
    return data


@contextmanager
def mapped(path: Path) -> Iterator[memoryview]:
    """Map a file into memory, read-only; an empty file gives an empty view."""
    with _open_regular(path) as file, _naming(path):
        if not os.fstat(file.fileno()).st_size:
            yield memoryview(b"")
            return
        # Not closed here: while an error travels up, its traceback holds views
        # of the map.  The last reference frees it.
        yield memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def chunks_of(path: Path) -> Iterator[bytes]:
    """Read a file in chunks of at most 1 MiB."""
    with _open_regular(path) as file, _naming(path):
        while chunk := file.read(_CHUNK):
            yield chunk


def size_of(path: Path) -> int:
    """Return the length of a regular file in bytes."""
    with _open_regular(path) as file, _naming(path):
        return os.fstat(file.fileno()).st_size


class Scratch:
    """A nameless temporary file: a sink while it is written, then a buffer.

    Its pages belong to the file system, not to our anonymous memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # until finalized
        weakref.finalize(self, self._file.close)
        self._view: memoryview | None = None

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append or overwrite at the current position."""
        return self._file.write(data)

    def seek(self, offset: int) -> int:
        """Move the position; `offset` counts from the start, in bytes."""
        return self._file.seek(offset)

    def chunks(self) -> Iterator[bytes]:
        """Read the content from the start, in chunks of at most 1 MiB."""
        view = self.buffer()
        for start in range(0, len(view), _CHUNK):
            yield bytes(view[start : start + _CHUNK])

    def buffer(self) -> memoryview:
        """Return the content; nothing may be written afterwards."""
        if self._view is None:
            self._file.flush()
            if os.fstat(self._file.fileno()).st_size:
                area = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
                self._view = memoryview(area)
            else:
                self._view = memoryview(b"")
        return self._view


def check_target(path: Path) -> None:
    """Refuse a target that must not be replaced.

    Raises:
        StoreError: A link, folder, device or pipe lies there, or its folder
            is a file.
    """
    with _naming(path):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            return
    if not stat.S_ISREG(mode):
        raise StoreError(str(path), "exists and is no regular file; not replaced")


@contextmanager
def writing(
    path: Path, *, modified: datetime | None = None, durable: bool = True
) -> Iterator[IO[bytes]]:
    """Give a file that becomes `path` when the block ends without an error.

    The folder is made where it is missing.

    Args:
        modified: The time that the file shall carry; local where it has no
            zone.  Times that the system cannot keep are left out.
        durable: Flush to the disk before the file gets its name.

    Raises:
        StoreError: The target may not be replaced, or the disk says no.
    """
    check_target(path)
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        # 0o666 and the user's umask, as an ordinary file would have.
        descriptor = os.open(partial, flags, 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            with _naming(path):
                file.flush()
                if durable:
                    os.fsync(file.fileno())
        check_target(path)
        with _naming(path):
            if modified is not None and 1970 < modified.year < 2108:
                seconds = modified.timestamp()
                os.utime(partial, (seconds, seconds))
            partial.replace(path)
            if durable:
                _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Flush a folder's entries where the system can (Windows cannot)."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_document(path: Path, data: bytes) -> None:
    """Write a small file, whole or not at all."""
    with writing(path) as file, _naming(path):
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
    with _naming(folder):
        return [e for e in folder.iterdir() if e.name.casefold() == name.casefold()]


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
        self._root = root
        self._replace = replace
        self._files: set[str] = set()
        self._folders: dict[str, Path] = {}

    def target(self, name: str) -> Path:
        """Return the path for a name, and make the folders on the way.

        Args:
            name: Relative; both slashes separate parts.

        Raises:
            StoreError: The name, or what lies there already, is refused.
        """
        reason = unsafe(name)
        if reason is not None:
            raise StoreError(name, f"refused: {reason}")
        parts = name.replace("/", "\\").split("\\")
        folder, key = self._root, ""
        self._make(folder)
        for part in parts[:-1]:
            key = f"{key}{_key(part)}/"
            folder = self._enter(folder / part, key)
        key += _key(parts[-1])
        if key in self._files or f"{key}/" in self._folders:
            raise StoreError(name, "refused: an earlier name, but for its case")
        self._files.add(key)
        path = folder / parts[-1]
        check_target(path)
        if not self._replace and path.exists():
            raise StoreError(str(path), "exists; not replaced")
        return path

    def _make(self, folder: Path) -> None:
        with _naming(folder):
            folder.mkdir(parents=folder == self._root, exist_ok=True)

    def _enter(self, folder: Path, key: str) -> Path:
        """Return the folder of a key: spelt as it was the first time."""
        if key in self._folders:
            return self._folders[key]
        if key.rstrip("/") in self._files:
            raise StoreError(str(folder), "refused: a file has this name")
        self._make(folder)
        with _naming(folder):
            is_folder = stat.S_ISDIR(folder.lstat().st_mode)
        if not is_folder:
            raise StoreError(str(folder), "refused: a link is on the way")
        self._folders[key] = folder
        return folder


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
        with _naming(folder):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        inner = []
        for entry in entries:
            seen += 1
            if seen > limit:
                error = LimitError(f"more than {limit:,} files and folders")
                error.source = (str(root),)
                raise error
            with _naming(Path(entry.path)):
                if entry.is_dir(follow_symlinks=False):
                    inner.append((f"{prefix}{entry.name}/", Path(entry.path)))
                elif entry.is_file(follow_symlinks=False):
                    facts = entry.stat(follow_symlinks=False)
                    yield prefix + entry.name, Path(entry.path), facts
        waiting.extend(reversed(inner))
