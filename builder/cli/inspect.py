"""`hotfix inspect`."""

from pathlib import Path

import click

from builder.cli.bases import base_option, chosen_bases
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE
from builder.report.tree import render_tree, render_tree_json
from builder.steps.inspect import inspect


@click.command(name="inspect")
@click.argument("package", metavar="PKG", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="Levels below the file itself that are shown.  [default: all]",
)
@base_option
@limit_options
def command(
    *,
    package: Path,
    as_json: bool,
    depth: int | None,
    dcm_base: Path | None,
    **limits: int | None,
) -> None:
    """Show what lies in PKG: packages, parents, components, files, catalogs.

    Nothing is judged: see `hotfix validate`.
    """
    chosen = chosen_limits(limits)
    bases = chosen_bases(dcm_base)
    containers = open_path(
        package, limits=chosen, opens_all=False, opens_scan=True, bases=bases
    )
    root = inspect(containers, limits=chosen)
    render = render_tree_json if as_json else render_tree
    click.echo(render(root, depth=depth), nl=False)
