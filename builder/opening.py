"""From a path to containers: files, and folders as containers of files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from os import cpu_count
from pathlib import Path
from typing import Unpack

from builder import store
from builder.files import naming
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.unpacked import Container, Form
from builder.steps.archive import Archive, ArchiveFile
from builder.steps.drain import Opening
from builder.steps.unpack import unpack, unpack_archive


def open_package(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, **how: Unpack[Opening]
) -> tuple[Container, ...]:
    """Open a file or a folder and everything in it, in one pass.

    Args:
        path: A .msu, .cab, .wim, .cat, .mum or .manifest file; or a folder: a
            package that was extracted, or the packages of a system.
        limits: Bound what a hostile file can make this do.
        how: See `builder.steps.drain.Opening`; `threads` is the number of
            cores unless there is a `sink`.

    Returns:
        Containers, outermost first; a file given alone is one of its own.

    Raises:
        HotfixError: It cannot be opened; damage inside is in the containers.
    """
    # Names that collide are written by the first: in one order, so one thread.
    how.setdefault("threads", 1 if "sink" in how else cpu_count() or 1)
    name = path.as_posix()
    with naming(path):
        is_folder = path.is_dir()
    if is_folder:
        return unpack_archive(
            name, _folder(path, limits), limits=limits, spool=store.Scratch, **how
        )
    with store.mapped(path) as data:
        return unpack(name, data, limits=limits, spool=store.Scratch, **how)


def _folder(path: Path, limits: Limits) -> Archive:
    """See the files below a folder as those of a container."""
    found = [
        (
            ArchiveFile(
                name=name.replace("/", "\\"),
                size=facts.st_size,
                modified=datetime.fromtimestamp(facts.st_mtime, tz=UTC),
            ),
            place,
        )
        for name, place, facts in store.files_below(path, limit=limits.members)
    ]

    def stream(
        file: ArchiveFile, place: Path
    ) -> Iterator[tuple[ArchiveFile, Iterator[bytes]]]:
        yield file, store.chunks_of(place)

    return Archive(
        form=Form.FOLDER,
        packing="",
        files=tuple(file for file, _ in found),
        groups=tuple(partial(stream, file, place) for file, place in found),
    )
