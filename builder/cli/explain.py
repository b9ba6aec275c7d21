"""`hotfix explain-applicability`."""

from pathlib import Path

import click

from builder import store
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE
from builder.cli.outputs import Output, format_options, publish
from builder.errors import reading
from builder.files import naming
from builder.model.applicability import System, Verdict
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.report.applicability import (
    render_applicability,
    render_applicability_json,
)
from builder.steps.applicability import explain

_GOOD = frozenset({Verdict.APPLICABLE, Verdict.INSTALLED})
_STORES = ("servicing/Packages", "Windows/servicing/Packages")


def _system(path: Path, limits: Limits, *, quiet: bool) -> System:
    """Read a profile, or a folder of a system: that of its packages, or above."""
    with naming(path):
        is_folder = path.is_dir()
    if not is_folder:
        from builder.formats.system_profile import parse_profile

        data = store.read_document(path, limit=DEFAULT_LIMITS.text)
        with reading(path.as_posix()):
            return parse_profile(data)
    from builder.steps.system_store import system_of

    below = (path / name for name in _STORES)
    folder = next((known for known in below if known.is_dir()), path)
    containers = open_path(folder, limits=limits, opens_all=False, quiet=quiet)
    with reading(folder.as_posix()):
        return system_of(folder.as_posix(), containers, limits=limits)


@click.command(name="explain-applicability")
@click.argument("package", metavar="PKG", type=FILE)
@click.option(
    "--os",
    "system",
    metavar="PROFILE",
    required=True,
    type=FILE,
    help="A profile (JSON; see 'hotfix schema show profile'), or the folder "
    "servicing/Packages of a system or of an offline image.",
)
@format_options(("text", "json"))
@click.option("-q", "--quiet", is_flag=True, help="Print answers only.")
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    package: Path,
    system: Path,
    outputs: tuple[Output, ...],
    quiet: bool,
    **limits: int | None,
) -> None:
    """Say whether PKG is meant for a system, and why, as a tree.

    Each parent clause of each package in PKG holds, fails or is unknown:
    where nobody has published how Windows decides, nothing is guessed.  Updates
    say which branch (GDR or LDR) a component would take; that does not decide
    whether the package is applicable.

    Exits with 0 if PKG is applicable or there already, 1 if it is not or if
    that cannot be told, 3 if an input cannot be read.
    """
    chosen = chosen_limits(limits)
    known = _system(system, chosen, quiet=quiet)
    containers = open_path(package, limits=chosen, opens_all=False, quiet=quiet)
    with reading(package.as_posix()):
        found = explain(containers, known, limits=chosen)
    publish(
        outputs,
        lambda style, *, colour: (
            render_applicability_json(found)
            if style == "json"
            else render_applicability(found, colour=colour, quiet=quiet)
        ),
    )
    ctx.exit(0 if all(one.verdict in _GOOD for one in found) else 1)
