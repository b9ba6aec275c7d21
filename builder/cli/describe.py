"""`hotfix describe`."""

from pathlib import Path

import click

from builder import store
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE
from builder.errors import StoreError, reading
from builder.formats.recipe import serialize_recipe
from builder.formats.spec import serialize_inventory, serialize_spec
from builder.model.escaped import printable
from builder.steps.describe import describe


@click.command(name="describe")
@click.argument("package", metavar="PKG", type=FILE)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=FILE,
    help="Folder for kb.json, recipe.json and inventory.json.",
)
@limit_options
def command(*, package: Path, output: Path, **limits: int | None) -> None:
    """Write the specification that builds PKG: a .msu, a .cab or a folder.

    Each .mum and manifest is drafted again from it and compared with what
    lies in PKG; what comes out differently is listed.  The payload of a
    component lies in the folder of its own name below that of its
    architecture.  Nothing that is there is replaced.
    """
    chosen = chosen_limits(limits)
    containers = open_path(package, limits=chosen, opens_all=False)
    with reading(package.as_posix()):
        found = describe(containers)
    documents = {
        "kb.json": serialize_spec(found.spec),
        "recipe.json": serialize_recipe(found.recipe),
        "inventory.json": serialize_inventory(found.inventory),
    }
    for name in documents:
        if (output / name).exists():
            raise StoreError(str(output / name), "exists; not replaced")
    for name, data in documents.items():
        store.write_document(output / name, data)
    total = len(found.exact) + len(found.different)
    click.echo(
        f"{output}: KB{found.spec.number}, {found.recipe.architectures[0].word}; "
        f"{len(found.exact):,} of {total:,} documents are drafted byte for byte"
    )
    for name, reason in found.different:
        click.echo(f"  {printable(name)} {reason}")
