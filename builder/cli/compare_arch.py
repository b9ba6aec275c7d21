"""`hotfix compare-arch`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from builder import store
from builder.cli.configuration import SIBLINGS
from builder.cli.diff import portrait_of
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.options import FILE
from builder.cli.reporting import Reporting, report_options
from builder.errors import HotfixError
from builder.model.finding import PackageReport, Report
from builder.model.portrait import Portrait
from builder.steps.parity import judge_siblings

Judged = tuple[PackageReport, Portrait | None]


def require_several(paths: tuple[Path, ...]) -> None:
    """Refuse a single package, which has nothing to be compared with.

    Raises:
        click.UsageError: Fewer than two, or one of them twice.
    """
    if len(paths) < 2:
        raise click.UsageError("give the packages for two architectures or more")
    if len(set(paths)) < len(paths):
        raise click.UsageError("a package is given twice")


def with_siblings(judged: tuple[Judged, ...]) -> Iterator[PackageReport]:
    """Add what rules say about the packages beside each other."""
    from builder.steps.gather import Gatherer

    portraits = [portrait for _, portrait in judged if portrait is not None]
    compared = iter(judge_siblings(portraits) if len(portraits) > 1 else ())
    for report, portrait in judged:
        more = next(compared, None) if portrait is not None else None
        if more is None:
            yield report
            continue
        gatherer = Gatherer(store.Scratch)
        gatherer.add(report.findings)
        gatherer.add(more.findings)
        yield replace(
            report,
            findings=gatherer.finish(),
            verified=(*report.verified, *more.verified),
        )


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
