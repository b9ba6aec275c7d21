"""`hotfix schema show` and `hotfix schema check`."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE
from builder.errors import SpecError, reading
from builder.model.escaped import printable

_SUFFIX = ".schema.json"
_NAMES = sorted(
    file.name.removesuffix(_SUFFIX)
    for file in files("builder.schemas").iterdir()
    if file.name.endswith(_SUFFIX)
)


@click.group(name="schema")
def command() -> None:
    """Print the JSON Schemas, or hold documents to them."""


@command.command(name="show")
@click.argument("name", type=click.Choice(_NAMES))
def show(*, name: str) -> None:
    """Print the schema of a document that hotfix reads or prints."""
    from builder.formats.schema import schema

    click.echo(schema(f"{name}.schema.json"), nl=False)


@command.command(name="check")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option(
    "--as",
    "kind",
    type=click.Choice(_NAMES),
    help="What the files are.  [default: what their names say]",
)
@click.pass_context
def check(ctx: click.Context, *, paths: tuple[Path, ...], kind: str | None) -> None:
    """Hold FILEs to their schemas, and to what a schema cannot say.

    Exits with 1 if one is not as it should be and with 3 if one cannot be read.
    """
    code = 0
    for path in paths:
        name = kind or path.name.split(".")[0]
        if name not in _NAMES:
            raise click.UsageError(f"{path}: say with --as what it is")
        data = store.read_document(path)
        try:
            with reading(str(path)):
                _judge(name, data)
        except SpecError as error:
            click.echo(printable(str(error)))
            code = 1
        else:
            click.echo(printable(f"{path}: valid {name}"))
    ctx.exit(code)


def _judge(name: str, data: bytes) -> None:
    """Read a document as its command does.

    Raises:
        SpecError: It is not what it should be.
    """
    from builder.formats.json_schema import validate_json
    from builder.formats.json_text import parse_json
    from builder.formats.recipe import parse_recipe
    from builder.formats.spec import parse_inventory, parse_spec
    from builder.formats.system_profile import parse_profile

    parse: dict[str, Callable[[bytes], object]] = {
        "inventory": parse_inventory,
        "kb": parse_spec,
        "profile": parse_profile,
        "recipe": parse_recipe,
    }
    if name in parse:
        parse[name](data)
    else:
        validate_json(f"{name}.schema.json", parse_json(data))
