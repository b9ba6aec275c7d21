"""`hotfix validate`."""

from datetime import datetime
from pathlib import Path

import click

from builder.cli.limits import chosen_limits, limit_options
from builder.cli.opening import open_path
from builder.cli.options import FILE, has_colour
from builder.cli.trust import chosen_trust, trust_options
from builder.errors import HotfixError, LocatedError
from builder.model.finding import PackageReport, Report, Verdict
from builder.model.kb import KbSpec
from builder.model.limits import Limits
from builder.report.json import render_json
from builder.report.text import render_text
from builder.steps.judge import Trust, judge


def _judge(
    path: Path, spec: KbSpec | None, trust: Trust, limits: Limits, *, quiet: bool
) -> PackageReport:
    """Open and judge one file; that it cannot be opened is an answer too."""
    try:
        containers = open_path(path, limits=limits, quiet=quiet)
        return judge(str(path), containers, spec=spec, trust=trust, limits=limits)
    except LocatedError as error:
        reason = str(error)
        return PackageReport(path=str(path), unreadable=reason)
    except HotfixError as error:
        return PackageReport(path=str(path), unreadable=str(error))


def exit_code(report: Report, *, strict: bool) -> int:
    """Return 3 if a file is unreadable, else 1 if one is invalid, else 0."""
    verdicts = {package.verdict(strict=strict) for package in report.packages}
    if Verdict.UNREADABLE in verdicts:
        return 3
    return 1 if Verdict.INVALID in verdicts else 0


@click.command(name="validate")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=FILE)
@click.option(
    "--kb",
    metavar="SPEC|ARTICLE",
    type=FILE,
    help="Compare with this kb.json (or its folder) or article.",
)
@trust_options
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail the run, too.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors and verdicts only.")
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    kb: Path | None,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    policy: str | None,
    style: str,
    strict: bool,
    quiet: bool,
    **limits: int | None,
) -> None:
    """Check packages (.msu, .cab), catalogs (.cat), .mum and .manifest files.

    A folder is a package that was extracted, or the servicing/Packages folder
    of a system.

    Checks schemas, identities and names, references, digests, catalogs in both
    directions, signatures up to a trust anchor and, with --kb, the article's
    tables.

    Exits with 0 if every file is valid, 1 if a rule is broken, 3 if a file
    cannot be read.
    """
    trust = chosen_trust(anchors=anchors, crls=crls, at=at, policy=policy)
    spec: KbSpec | None = None
    if kb is not None:
        from builder.cli.sources import read_promise

        spec = read_promise(kb)
    chosen = chosen_limits(limits)
    report = Report(
        packages=tuple(_judge(path, spec, trust, chosen, quiet=quiet) for path in paths)
    )
    if style == "json":
        text = render_json(report, strict=strict)
    else:
        text = render_text(report, strict=strict, colour=has_colour(), quiet=quiet)
    click.echo(text, nl=False)
    ctx.exit(exit_code(report, strict=strict))
