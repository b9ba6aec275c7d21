"""From a path to containers: files, and folders as containers of files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from os import cpu_count
from pathlib import Path

from builder import store
from builder.cli.progress import progress
from builder.files import naming
from builder.model.limits import Limits
from builder.model.unpacked import Container, Form
from builder.steps.archive import Archive, ArchiveFile
from builder.steps.drain import Sink
from builder.steps.expand import Base
from builder.steps.unpack import unpack, unpack_archive


def open_path(
    path: Path,
    *,
    limits: Limits,
    sink: Sink | None = None,
    opens_all: bool = True,
    restores: bool = True,
    bases: tuple[Base, ...] = (),
    opens_scan: bool = False,
    quiet: bool = False,
) -> tuple[Container, ...]:
    """Open a file or a folder and everything in it; see `unpack`.

    Raises:
        HotfixError: It cannot be opened; damage inside is in the containers.
    """
    # Names that collide are written by the first: in one order, so one thread.
    threads = 1 if sink is not None else cpu_count() or 1
    name = path.as_posix()
    with naming(path):
        is_folder = path.is_dir()
    with progress(path.name, quiet=quiet) as advance:
        if is_folder:
            return unpack_archive(
                name,
                _folder(path, limits),
                limits=limits,
                spool=store.Scratch,
                advance=advance,
                sink=sink,
                threads=threads,
                opens_all=opens_all,
                restores=restores,
                bases=bases,
                opens_scan=opens_scan,
            )
        with store.mapped(path) as data:
            return unpack(
                name,
                data,
                limits=limits,
                spool=store.Scratch,
                advance=advance,
                sink=sink,
                threads=threads,
                opens_all=opens_all,
                restores=restores,
                bases=bases,
                opens_scan=opens_scan,
            )


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
