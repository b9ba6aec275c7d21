"""`hotfix stand-in`."""

from collections.abc import Iterator
from pathlib import Path

import click

from builder.cli.options import FILE
from builder.cli.sources import Specification, read_specification
from builder.errors import PlanError, reading
from builder.files import Batch, check_target
from builder.formats.stand_in import stand_in
from builder.model.kb import FileEntry
from builder.model.names import unsafe
from builder.report.text import printable
from builder.steps.plan import architectures_of, plan
from builder.steps.plan_component import is_document


def _places(found: Specification) -> Iterator[tuple[str, FileEntry]]:
    """Yield each payload file's place and row: of the recipe, or of the article."""
    if not found.recipe.components:
        for entry in found.spec.files:
            if not is_document(entry):
                yield f"{entry.architecture.word}/{entry.name}", entry
        return
    for architecture in architectures_of(found.spec, found.recipe):
        with reading(str(found.file)):
            planned = plan(found.spec, architecture, recipe=found.recipe)
            for file in planned.payload:
                if file.entry is None:
                    raise PlanError(f"no single row is for {file.place}")
                yield file.place, file.entry


@click.command(name="stand-in")
@click.argument("spec", type=FILE)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=FILE,
    help="Folder for {x86,x64,ia64}/NAME; made where it is missing.",
)
def command(*, spec: Path, output: Path) -> None:
    """Make labelled stand-ins for the payload of SPEC (a kb.json or its folder).

    Each file has the promised name, size, date, machine and version, and says
    in plain text that it is not the real file.  Packages built from stand-ins
    prove the build; they must not be installed.
    """
    found = read_specification(spec, None)
    rows = dict(_places(found))
    for place in rows:
        reason = unsafe(place)
        if reason is not None or "\\" in place:
            with reading(str(found.file)):
                raise PlanError(f"{place!r} is no plain file name")
        check_target(output / place, below=output)
    with Batch() as batch, reading(str(found.file)):
        for place, entry in rows.items():
            path, modified = output / place, entry.modified
            with (
                reading(place),
                batch.writing(path, modified=modified, below=output) as file,
            ):
                for chunk in stand_in(entry):
                    file.write(chunk)
    count, number = len(rows), found.spec.number
    click.echo(printable(f"{output}: {count} stand-ins for KB{number}"))
