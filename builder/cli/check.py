"""`hotfix check`."""

from collections.abc import Iterator
from pathlib import Path

import click

from builder import store
from builder.cli.configuration import LEDGER
from builder.cli.options import FILE
from builder.cli.reporting import Reporting, report_options
from builder.errors import HotfixError, StoreError
from builder.files import naming
from builder.model.finding import PackageReport, Report
from builder.steps.check import INVENTORY, KB, RECIPE, SUFFIXES, check

_FOLDERS = ("x86", "x64", "ia64", "arm", "arm64")


def _folders(path: Path) -> Iterator[Path]:
    """Yield the specification folders that a path names."""
    with naming(path):
        if not path.exists():
            raise StoreError(str(path), "no such file or folder")
        is_folder = (path / KB).exists()
    if path.name == KB:
        yield path.parent
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


def _check(folder: Path) -> PackageReport:
    """Read what belongs to a specification, by relative name, and check it."""
    files: dict[str, bytes] = {}
    strays: list[str] = []
    try:
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
        return check(folder.as_posix(), files, strays=tuple(strays))
    except HotfixError as error:
        return PackageReport(path=folder.as_posix(), unreadable=str(error))


@click.command(name="check")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=FILE)
@report_options(lambda _: frozenset({"HF1", LEDGER}))
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    reporting: Reporting,
) -> None:
    """Check specifications: schemas, generated XML, inventories; no payload.

    PATH is the ledger, one folder of it or a kb.json.  [default: manifests]

    Exits with 1 if a rule is broken and with 3 if a file cannot be read.
    """
    chosen = paths or (Path("manifests"),)
    folders = [folder for path in chosen for folder in _folders(path)]
    report = Report(packages=tuple(map(_check, folders)))
    ctx.exit(reporting.publish(report))
