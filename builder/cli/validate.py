"""`hotfix validate`."""

from datetime import datetime
from functools import partial
from os import cpu_count
from pathlib import Path

import click

from builder import store
from builder.cli.bases import base_option, chosen_bases
from builder.cli.configuration import asked_of_packages
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE, once
from builder.cli.reporting import Reporting, report_options
from builder.cli.siblings import Judged, require_several, with_siblings
from builder.cli.trust import chosen_trust, trust_options
from builder.cli.workers import chosen_jobs, judge_all
from builder.errors import HotfixError
from builder.model.finding import PackageReport, Report
from builder.model.kb import KbSpec
from builder.model.limits import Limits
from builder.model.trust import Trust
from builder.steps.expand import Base
from builder.steps.judge import judge


def _judge(
    path: Path,
    *,
    spec: KbSpec | None,
    trust: Trust,
    limits: Limits,
    bases: tuple[Base, ...],
    threads: int,
    jobs: int | None,
    quiet: bool,
    gathers: bool,
    siblings: bool,
) -> Judged:
    """Open and judge one file; that it cannot be opened is an answer too.

    Args:
        jobs: Processes that apply its deltas; see `decoders`.
        quiet: Show no progress.
        gathers: Gather what a page shows as well.

    Returns:
        The answer, and a portrait for its `siblings`, if there are any.
    """
    opened = partial(open_path, path, limits=limits, bases=bases, jobs=jobs)
    try:
        containers = opened(quiet=quiet, threads=threads)
        report = judge(
            str(path),
            containers,
            spec=spec,
            trust=trust,
            limits=limits,
            spool=store.Scratch,
            reread=lambda sink: opened(sink=sink, observes=False, quiet=True),
            gathers=gathers,
        )
    except HotfixError as error:
        return PackageReport(path=str(path), unreadable=str(error)), None
    if not siblings or report.unreadable is not None:
        return report, None
    from builder.steps.portray import portray

    return report, portray(path.as_posix(), containers, limits=limits)


@click.command(name="validate")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
@click.option(
    "--kb",
    metavar="SPEC|ARTICLE",
    type=FILE,
    help="Compare with this kb.json (or its folder) or article.",
)
@click.option(
    "--siblings",
    is_flag=True,
    help="Compare the packages, too: they are one update for several architectures.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Packages that are judged at once, or processes that apply the deltas of "
    "one; the answer does not depend on it.  [default: one for each core]",
)
@trust_options
@base_option
@report_options(
    lambda given: asked_of_packages(
        has_spec=given["kb"] is not None, has_siblings=given["siblings"]
    )
)
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    kb: Path | None,
    siblings: bool,
    jobs: int | None,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    policy: str | None,
    dcm_base: Path | None,
    reporting: Reporting,
    **limits: int | None,
) -> None:
    """Check packages (.msu, .cab), catalogs (.cat), .mum and .manifest files.

    A folder is a package that was extracted, or the servicing/Packages folder
    of a system.  A file that is given twice is judged once.

    Checks schemas, identities and names, references, digests, catalogs in both
    directions, signatures up to a trust anchor and, with --kb, the article's
    tables; with --siblings, also what `hotfix compare-arch` checks.

    Exits with 0 if every file is valid, 1 if a rule is broken, 3 if a file
    cannot be read.
    """
    if siblings:
        require_several(paths)
    paths = once(paths)
    anchors = reporting.configuration.anchors(anchors)
    trust = chosen_trust(anchors=anchors, crls=crls, at=at, policy=policy)
    spec: KbSpec | None = None
    if kb is not None:
        from builder.cli.sources import read_promise

        spec = read_promise(kb)
    together = chosen_jobs(jobs, paths)
    judge_one = partial(
        _judge,
        spec=spec,
        trust=trust,
        limits=chosen_limits(limits),
        bases=chosen_bases(dcm_base),
        threads=max(1, (cpu_count() or 1) // together),
        # Processes that judge have none of their own.
        jobs=1 if together > 1 else jobs,
        quiet=reporting.quiet or together > 1,
        gathers=reporting.has("html"),
        siblings=siblings,
    )
    judged = judge_all(judge_one, paths, jobs=together, quiet=reporting.quiet)
    packages = with_siblings(judged) if siblings else (report for report, _ in judged)
    ctx.exit(reporting.publish(Report(packages=tuple(packages))))
