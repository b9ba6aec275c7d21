"""`hotfix diff`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from builder.cli.group import Failure
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE
from builder.cli.outputs import Output, format_options, publish
from builder.errors import HotfixError, StoreError
from builder.model.change import Difference
from builder.model.limits import Limits
from builder.model.portrait import Portrait
from builder.report.difference_html import render_difference_html
from builder.report.difference_json import render_difference_json
from builder.report.difference_text import render_difference
from builder.steps.differ import differ
from builder.steps.portray import portray

_STYLES: Mapping[str, Callable[[Difference], str]] = MappingProxyType(
    {
        "text": render_difference,
        "json": render_difference_json,
        "html": render_difference_html,
    }
)


def portrait_of(path: Path, limits: Limits, *, quiet: bool) -> Portrait:
    """Open and portray a file or a folder.

    Raises:
        HotfixError: It cannot be read; damage inside is in the portrait.
    """
    name = path.as_posix()
    containers = open_path(path, limits=limits, opens_all=False, quiet=quiet)
    portrait = portray(name, containers, limits=limits)
    if len(containers) == 1 and not containers[0].is_cabinet:
        reason = portrait.root.parts[0].fact("unreadable")
        if reason is not None:
            raise StoreError(name, reason)
    return portrait


def _both(paths: tuple[Path, Path], limits: Limits, *, quiet: bool) -> list[Portrait]:
    """Portray both sides.

    Raises:
        HotfixError: One cannot be read. If neither can, the first is named here.
    """
    found: list[Portrait] = []
    failed: dict[Path, HotfixError] = {}
    for path in paths:
        try:
            found.append(portrait_of(path, limits, quiet=quiet))
        except HotfixError as error:
            failed[path] = error
    for path in tuple(failed)[:-1]:
        Failure(str(failed.pop(path))).show()
    for last in failed.values():
        raise last
    return found


@click.command(name="diff")
@click.argument("first", metavar="A", type=FILE)
@click.argument("second", metavar="B", type=FILE)
@format_options(_STYLES)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing: only exit.")
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    first: Path,
    second: Path,
    outputs: tuple[Output, ...],
    quiet: bool,
    **limits: int | None,
) -> None:
    """Say where two packages, catalogs, .mum or .manifest files differ.

    What they mean is compared, not how they are packed: packages, components,
    parents, files with versions and digests, registry, services, dependencies,
    catalogs.  Parts are matched by identity without version, and the
    architecture of each side stands for itself, so that two versions or two
    architectures of a package can be compared.

    Exits with 0 if they are equal, 1 if they differ, 3 if one cannot be read
    or is damaged.  What is damaged inside is named, and the rest is compared.
    """
    chosen = chosen_limits(limits)
    one, other = _both((first, second), chosen, quiet=quiet)
    difference = differ(one, other)
    publish(
        tuple(known for known in outputs if not (quiet and known.is_printed)),
        lambda style, *, colour: (
            render_difference(difference, colour=colour)
            if style == "text"
            else _STYLES[style](difference)
        ),
    )
    if difference.unread:
        ctx.exit(3)
    ctx.exit(1 if difference.changes else 0)
