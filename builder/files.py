"""Regular files: opened, and made together or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from builder.errors import StoreError


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Turn an OSError into a StoreError that names `path`."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise StoreError(str(path), reason) from error


# O_NONBLOCK: opening a pipe must not wait for somebody to write.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def open_regular(path: Path, *, buffering: int = -1) -> IO[bytes]:
    """Open a regular file; links to regular files are followed.

    Args:
        buffering: As of the built-in `open`; 0 saves time where large chunks
            are read.

    Raises:
        StoreError: It is a folder, a device, a pipe, or cannot be opened.
    """
    with naming(path):
        descriptor = os.open(path, _FLAGS)
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            os.close(descriptor)
            kind = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
            raise StoreError(str(path), f"is {kind}, not a file")
        return os.fdopen(descriptor, "rb", buffering=buffering)


def check_target(path: Path, *, below: Path | None = None) -> None:
    """Refuse a target that must not be replaced.

    Args:
        below: A folder above the target, which may be a link itself; links
            between the two are refused.

    Raises:
        StoreError: A link, folder, device or pipe lies there, or a link or a
            file is on the way.
    """
    if below is not None:
        _check_way(path, below)
    is_taken(path)


def is_taken(path: Path | str) -> bool:
    """Tell whether a regular file lies there.

    Raises:
        StoreError: A link, folder, device or pipe does.
    """
    with naming(path):
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            return False
    if not stat.S_ISREG(mode):
        raise StoreError(str(path), "exists and is no regular file; not replaced")
    return True


def set_modified(path: Path | str, modified: datetime | None) -> None:
    """Give a file its time; times that the system cannot keep are left out.

    Args:
        modified: Local where it has no zone.
    """
    if modified is not None and 1970 < modified.year < 2108:
        seconds = modified.timestamp()
        os.utime(path, (seconds, seconds))


def _check_way(path: Path, below: Path) -> None:
    folder = below
    for part in path.relative_to(below).parts[:-1]:
        folder /= part
        with naming(folder):
            try:
                mode = folder.lstat().st_mode
            except FileNotFoundError:
                return
        if not stat.S_ISDIR(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "no folder"
            raise StoreError(str(folder), f"is {kind} on the way; not followed")


class Sink:
    """A file while it is written; errors name what it will be."""

    def __init__(self, file: IO[bytes], path: Path | str) -> None:
        self._file = file
        self._path = path

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append.

        Raises:
            StoreError: The disk is full, or says no in another way.
        """
        with naming(self._path):
            return self._file.write(data)

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._file.tell()


@dataclass(frozen=True, slots=True)
class _Made:
    """A whole file that waits for its name."""

    partial: Path
    path: Path
    below: Path | None
    modified: datetime | None


class Batch:
    """Files that appear together when the block ends, or not at all.

    Every file is whole, and flushed to the disk, before the first one gets its
    name.  Where one cannot get it, those that were replaced are put back and
    folders that were made are removed.  Only a crash between two renames can
    leave some files new and some old.
    """

    def __init__(self) -> None:
        self._made: list[_Made] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Name all files, or remove them after an error."""
        try:
            if kind is None:
                self._commit()
        except BaseException:
            self._discard()
            raise
        if kind is not None:
            self._discard()

    @contextmanager
    def writing(
        self,
        path: Path,
        *,
        modified: datetime | None = None,
        below: Path | None = None,
    ) -> Iterator[Sink]:
        """Give a file that becomes `path` when the batch ends without an error.

        The folder is made where it is missing.

        Args:
            modified: The time that the file shall carry; local where it has no
                zone.  Times that the system cannot keep are left out.
            below: See `check_target`.

        Raises:
            StoreError: The target may not be replaced, or the disk says no.
        """
        check_target(path, below=below)
        self._make_folder(path.parent)
        partial = _beside(path, "partial")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with naming(path):
            # 0o666 and the user's umask, as an ordinary file would have.
            file = os.fdopen(os.open(partial, flags, 0o666), "w+b")
        self._made.append(_Made(partial, path, below, modified))
        try:
            yield Sink(file, path)
            with naming(path):
                file.flush()
                os.fsync(file.fileno())
        finally:
            with suppress(OSError):  # what could not be flushed was reported
                file.close()

    def _make_folder(self, folder: Path) -> None:
        missing = []
        with naming(folder):
            while not folder.exists():
                missing.append(folder)
                folder = folder.parent
        for path in reversed(missing):
            # A folder that exists was made by somebody just now.
            with naming(path), suppress(FileExistsError):
                path.mkdir()
                self._folders.append(path)

    def _commit(self) -> None:
        for made in self._made:
            check_target(made.path, below=made.below)
            with naming(made.path):
                set_modified(made.partial, made.modified)
        undo: list[tuple[Path, Path | None]] = []
        try:
            for made in self._made:
                with naming(made.path):
                    is_alone = len(self._made) == 1  # a rename is all or nothing
                    old = None if is_alone else _kept(made.path)
                    undo.append((made.path, old))
                    made.partial.replace(made.path)
            self._flush_folders()
        except BaseException:
            for (path, old), made in zip(undo, self._made, strict=False):
                _put_back(path, old, is_new=not made.partial.exists())
            raise
        for _, old in undo:
            if old is not None:
                with suppress(OSError):
                    old.unlink()

    def _flush_folders(self) -> None:
        for folder in dict.fromkeys(made.path.parent for made in self._made):
            with naming(folder):
                _flush_folder(folder)

    def _discard(self) -> None:
        for made in self._made:
            with suppress(OSError):
                made.partial.unlink()
        for folder in reversed(self._folders):
            with suppress(OSError):  # somebody else put something there
                folder.rmdir()


def _beside(path: Path, word: str) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.{word}")


def _kept(path: Path) -> Path | None:
    """Keep the old file under a second name; None where there is none."""
    old = _beside(path, "old")
    with suppress(FileNotFoundError):
        try:
            old.hardlink_to(path)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without hard links
            path.rename(old)
        return old
    return None


def _put_back(path: Path, old: Path | None, *, is_new: bool) -> None:
    with suppress(OSError):
        if old is not None:
            old.replace(path)
            # Renaming one name of a file over another does nothing.
            old.unlink(missing_ok=True)
        elif is_new:
            path.unlink()


def _flush_folder(folder: Path) -> None:
    """Flush a folder's entries where the system can (Windows cannot)."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
