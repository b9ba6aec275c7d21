"""`hotfix compare-arch`."""

from pathlib import Path

import click

from builder.cli.configuration import SIBLINGS
from builder.cli.diff import portrait_of
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.options import FILE
from builder.cli.reporting import Reporting, report_options
from builder.cli.siblings import require_several
from builder.errors import HotfixError
from builder.model.finding import PackageReport, Report
from builder.model.portrait import Portrait
from builder.steps.parity import judge_siblings


@click.command(name="compare-arch")
@click.argument("paths", metavar="PKG PKG...", nargs=-1, required=True, type=FILE)
@report_options(lambda _: frozenset({SIBLINGS}))
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    reporting: Reporting,
    **limits: int | None,
) -> None:
    """Compare the packages of one update for several architectures.

    They may differ in architectures and words for them, keys, digests, sizes,
    times and machines, and 64-bit ones in what is there for 32-bit programs.
    All else has to be equal, and no file may belong into another one: rules
    HF701 to HF708.  Of three or more, the odd one out is named.

    The packages are not judged by themselves: `hotfix validate --siblings`
    does both.

    Exits with 0 if nothing is odd, 1 if a rule is broken, 3 if a package
    cannot be read.
    """
    require_several(paths)
    chosen = chosen_limits(limits)
    portraits: dict[Path, Portrait] = {}
    unreadable: dict[Path, PackageReport] = {}
    for path in paths:
        try:
            portraits[path] = portrait_of(path, chosen, quiet=reporting.quiet)
        except HotfixError as error:
            name = path.as_posix()
            unreadable[path] = PackageReport(path=name, unreadable=str(error))
    judged = dict(
        zip(portraits, judge_siblings(tuple(portraits.values())), strict=True)
        if len(portraits) > 1
        else ()
    )
    reports = judged | unreadable
    ctx.exit(
        reporting.publish(
            Report(packages=tuple(reports[p] for p in paths if p in reports))
        )
    )
