"""Packages of one update for several architectures, beside each other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from builder import store
from builder.cli.options import once
from builder.model.finding import PackageReport
from builder.model.portrait import Portrait

Judged = tuple[PackageReport, Portrait | None]


def require_several(paths: tuple[Path, ...]) -> None:
    """Refuse a single package, which has nothing to be compared with.

    Raises:
        click.UsageError: Fewer than two, or one of them twice.
    """
    if len(paths) < 2:
        raise click.UsageError("give the packages for two architectures or more")
    if len(once(paths)) < len(paths):
        raise click.UsageError("a package is given twice")


def with_siblings(judged: tuple[Judged, ...]) -> Iterator[PackageReport]:
    """Add what rules say about the packages beside each other."""
    from builder.steps.gather import Gatherer
    from builder.steps.parity import judge_siblings

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
