"""`hotfix extract`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from builder import store
from builder.cli.bases import base_option, chosen_bases
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE
from builder.errors import FormatError, StoreError, reading
from builder.report.text import printable
from builder.steps.archive import ArchiveFile, is_archive
from builder.steps.extract import extracted_name, not_extracted


class _Folder:
    """Writes members below a folder; remembers what it refused."""

    def __init__(self, root: Path, *, replace: bool) -> None:
        self._below = store.Below(root, replace=replace)
        self.files = 0
        self.bytes = 0
        self.refused: list[str] = []

    @contextmanager
    def writing(
        self, where: tuple[str, ...], file: ArchiveFile
    ) -> Iterator[Callable[[bytes], object] | None]:
        """Open the file of one member; its name is refused or taken."""
        try:
            path = self._below.target(extracted_name(where))
        except StoreError as error:
            self.refused.append(f"{'!'.join(where)}: {error.reason}")
            yield None
            return
        with self._below.writing(path, modified=file.modified) as target:
            yield target.write
        self.files += 1
        self.bytes += target.size


@click.command(name="extract")
@click.argument("package", metavar="PKG", type=FILE)
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option(
    "--raw",
    is_flag=True,
    help="Write members as containers hold them; restore and decode nothing.",
)
@base_option
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Processes that apply deltas; what is written does not depend on it.  "
    "[default: one for each core, where there is much to do]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print what was refused only.")
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    package: Path,
    folder: Path,
    force: bool,
    raw: bool,
    dcm_base: Path | None,
    jobs: int | None,
    quiet: bool,
    **limits: int | None,
) -> None:
    """Write what lies in PKG (.msu, .cab, .wim) below DIR.

    Inner cabinets are written, too, and what they hold goes to a folder beside
    each of them.  Names that could leave DIR, reserved names, links on the way
    and files that exist are refused; every file appears whole or not at all.
    Files carry the time of the container, read as local where it has no zone.
    Packages of deltas give the files that they stand for, unless --raw; with
    --dcm-base, compressed manifests are written as text.

    Exits with 3 if anything could not be written.
    """
    bases = chosen_bases(dcm_base)
    sink = _Folder(folder, replace=force)
    with store.mapped(package) as data, reading(str(package)):
        if not is_archive(bytes(data[:8])):
            raise FormatError("is no container; expected .msu, .cab or .wim")
    containers = open_path(
        package,
        limits=chosen_limits(limits),
        sink=sink,
        opens_all=False,
        opens_scan=True,
        restores=not raw,
        observes=False,
        bases=() if raw else bases,
        jobs=jobs,
        quiet=quiet,
    )
    missing = [f"{'!'.join(where)}: {why}" for where, why in not_extracted(containers)]
    for line in (*sink.refused, *missing):
        click.echo(printable(f"{line}: not written"), err=True)
    if quiet:
        ctx.exit(3 if sink.refused or missing else 0)
    count = f"{sink.files:,} file" if sink.files == 1 else f"{sink.files:,} files"
    click.echo(printable(f"{folder}: {count}, {sink.bytes:,} bytes"))
    ctx.exit(3 if sink.refused or missing else 0)
