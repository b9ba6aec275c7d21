"""`hotfix new`."""

import re
import shlex
from datetime import datetime
from pathlib import Path

import click

from builder.cli.options import FILE, Time, now
from builder.errors import StoreError
from builder.files import Batch
from builder.model.era import ERAS
from builder.model.escaped import printable
from builder.model.identity import Architecture
from builder.steps.skeleton import skeleton

_NUMBER = re.compile(r"(?:kb)?([1-9][0-9]{3,8})", re.ASCII | re.IGNORECASE)


@click.command(name="new")
@click.argument("number", metavar="KB")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=FILE,
    default=Path("manifests"),
    show_default=True,
    help="Folder for kbN/kb.json and kbN/recipe.json.",
)
@click.option(
    "--era",
    type=click.Choice(list(ERAS)),
    default="6.1",
    show_default=True,
    help="The Windows version that the package is for.",
)
@click.option(
    "--arch",
    "words",
    metavar="ARCH",
    multiple=True,
    type=click.Choice(["x86", "x64", "ia64", "arm", "arm64"]),
    default=("x86", "x64"),
    show_default=True,
    help="A package to build.  Repeatable.",
)
@click.option("--time", type=Time(), help="Of the example's file.  [default: now]")
def command(
    *,
    number: str,
    output: Path,
    era: str,
    words: tuple[str, ...],
    time: datetime | None,
) -> None:
    """Write a specification to start from for KB, such as KB123456.

    It describes one component with a file and a registry key, and builds as
    it stands:  hotfix build manifests/kb123456 --stand-in --dev-sign

    Nothing that is there is replaced.
    """
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise click.UsageError(f"{number!r} is no number of an article like KB123456")
    chosen = tuple(dict.fromkeys(map(Architecture.of_word, words)))
    for architecture in chosen:
        if architecture not in ERAS[era].architectures:
            raise click.UsageError(f"Windows {era} does not run on {architecture.word}")
    folder = output / f"kb{found[1]}"
    moment = (time or now()).replace(second=0)
    documents = skeleton(int(found[1]), era=era, architectures=chosen, modified=moment)
    for name in documents:
        if (folder / name).exists():
            raise StoreError(str(folder / name), "exists; not replaced")
    with Batch() as batch:
        for name, data in documents.items():
            with batch.writing(folder / name, below=output) as file:
                file.write(data)
    for name in documents:
        click.echo(printable(str(folder / name)))
    line = shlex.join(["hotfix", "build", str(folder), "--stand-in", "--dev-sign"])
    click.echo(f"try it with\n  {printable(line)}")
