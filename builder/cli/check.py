"""`hotfix check`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from builder import store
from builder.cli.configuration import LEDGER
from builder.cli.options import FILE
from builder.cli.reporting import Reporting, report_options
from builder.errors import HotfixError, StoreError
from builder.files import Batch, naming
from builder.model.finding import PackageReport, Report
from builder.steps.check import INVENTORY, KB, RECIPE, SUFFIXES, check, mended

_FOLDERS = ("x86", "x64", "ia64", "arm", "arm64")


@dataclass(frozen=True, slots=True)
class _Folder:
    """What belongs to a specification, by relative name."""

    path: Path
    files: Mapping[str, bytes]
    strays: tuple[str, ...]


def _above(path: Path) -> Iterator[Path]:
    """Yield the specification folder that a file belongs to, if there is one."""
    folder = path.absolute().parent.name
    for above in (path.parent, *([path.parent.parent] if folder in _FOLDERS else [])):
        if (above / KB).exists():
            yield above
            return
    name = path.as_posix()
    click.echo(f"hotfix: {name}: belongs to no specification; not checked", err=True)


def _folders(path: Path) -> Iterator[Path]:
    """Yield the specification folders that a path names."""
    with naming(path):
        if not path.exists():
            raise StoreError(str(path), "no such file or folder")
        is_file = path.is_file()
        is_folder = (path / KB).exists()
    if is_file:
        yield from _above(path)
    elif is_folder:
        yield path
    else:
        found = sorted(file.parent for file in path.glob(f"*/{KB}"))
        if not found:
            raise StoreError(str(path), f"no {KB} in it or in its folders")
        yield from found


def _entries(folder: Path) -> Iterator[Path]:
    """Yield what lies in the folders of architectures, sorted."""
    for name in _FOLDERS:
        with naming(folder / name):
            if (folder / name).is_dir():
                yield from sorted((folder / name).iterdir())


def _read(folder: Path) -> _Folder:
    files: dict[str, bytes] = {}
    strays: list[str] = []
    for name in (KB, INVENTORY, RECIPE):
        with naming(folder / name):
            is_there = (folder / name).exists()
        if is_there:
            files[name] = store.read_document(folder / name)
    for path in _entries(folder):
        name = path.relative_to(folder).as_posix()
        if name.endswith(SUFFIXES):
            files[name] = store.read_document(path)
        else:
            strays.append(name)
    return _Folder(folder, files, tuple(strays))


def _check(folder: Path) -> PackageReport:
    where = folder.as_posix()
    try:
        read = _read(folder)
        return check(where, read.files, strays=read.strays)
    except HotfixError as error:
        return PackageReport(path=where, unreadable=str(error))


def _mend(folders: list[Path]) -> None:
    """Rewrite what has one right answer, all of it or nothing."""
    with Batch() as batch:
        for folder in folders:
            for name, data in mended(folder.as_posix(), _read(folder).files).items():
                with batch.writing(folder / name, below=folder) as sink:
                    sink.write(data)
                click.echo(f"hotfix: {(folder / name).as_posix()}: rewritten", err=True)


def _show_patch(folders: list[Path]) -> bool:
    """Print what `_mend` would change; tell whether there is anything."""
    from builder.report.patch import render_patch
    from builder.report.text import below

    is_something = False
    for folder in folders:
        files = _read(folder).files
        for name, data in mended(folder.as_posix(), files).items():
            is_something = True
            place = below((folder / name).as_posix(), Path.cwd().as_posix())
            for piece in render_patch(place, files.get(name), data):
                click.echo(piece, nl=False)
    return is_something


@click.command(name="check")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=FILE)
@report_options(lambda _: frozenset({"HF1", LEDGER}))
@click.option(
    "--fix",
    is_flag=True,
    help="Rewrite what has one right answer: generated XML that is out of date, "
    "and the layout of JSON documents.",
)
@click.option(
    "--diff",
    is_flag=True,
    help="Print what --fix would rewrite, and write and check nothing.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    reporting: Reporting,
    fix: bool,
    diff: bool,
) -> None:
    """Check specifications: schemas, generated XML, inventories; no payload.

    PATH is the ledger, one folder of it, or any file in such a folder, which
    stands for the folder.  [default: manifests]

    Exits with 1 if a rule is broken, or --diff prints something, and with 3 if
    a file cannot be read.
    """
    if fix and diff:
        raise click.UsageError("--fix writes what --diff shows; give one of them")
    chosen = paths or (Path("manifests"),)
    named = (folder for path in chosen for folder in _folders(path))
    folders = list(dict.fromkeys(named))
    if diff:
        ctx.exit(int(_show_patch(folders)))
    if fix:
        _mend(folders)
    ctx.exit(reporting.publish(Report(packages=tuple(map(_check, folders)))))
