"""`hotfix stand-in`."""

from contextlib import ExitStack
from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE
from builder.cli.sources import read_spec
from builder.errors import PlanError
from builder.formats.stand_in import stand_in
from builder.model.names import unsafe
from builder.steps.plan_component import is_document


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
    promise = read_spec(spec)
    rows = [entry for entry in promise.files if not is_document(entry)]
    with ExitStack() as stack:
        for entry in rows:
            reason = unsafe(entry.name)
            if reason is not None or "\\" in entry.name or "/" in entry.name:
                raise PlanError(f"{entry.name!r} is no plain file name")
            path = output / entry.architecture.word / entry.name
            file = stack.enter_context(store.writing(path, modified=entry.modified))
            for chunk in stand_in(entry):
                file.write(chunk)
    click.echo(f"{output}: {len(rows)} stand-ins for KB{promise.number}")
