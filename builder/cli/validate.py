"""`hotfix validate`."""

from datetime import datetime
from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE, Time, has_colour, now
from builder.cli.sources import read_promise
from builder.errors import HotfixError, LocatedError
from builder.keys import read_anchors, read_crls
from builder.model.finding import PackageReport, Report, Verdict
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS
from builder.report.json import render_json
from builder.report.text import render_text
from builder.steps.judge import Trust, judge
from builder.steps.unpack import unpack


def _judge(path: Path, spec: KbSpec | None, trust: Trust) -> PackageReport:
    """Open and judge one file; that it cannot be opened is an answer too."""
    try:
        with store.mapped(path) as data:
            containers = unpack(
                path.as_posix(), data, limits=DEFAULT_LIMITS, spool=store.Scratch
            )
            return judge(str(path), containers, spec=spec, trust=trust)
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
@click.option(
    "--trust-anchor",
    "anchors",
    metavar="PEM",
    multiple=True,
    type=FILE,
    help="Accept chains to the root certificates in this file.  Repeatable.",
)
@click.option(
    "--crl",
    "crls",
    metavar="PEM",
    multiple=True,
    type=FILE,
    help="Judge revocation by the lists in this file.  Repeatable.",
)
@click.option(
    "--at",
    type=Time(),
    help="Time at which certificates have to be valid.  [default: now]",
)
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
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    kb: Path | None,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    style: str,
    strict: bool,
    quiet: bool,
) -> None:
    """Check packages (.msu, .cab), catalogs (.cat), .mum and .manifest files.

    Checks schemas, identities and names, references, digests, catalogs in both
    directions, signatures up to a trust anchor and, with --kb, the article's
    tables.  No trust anchor is accepted unless it is given.

    Exits with 0 if every file is valid, 1 if a rule is broken, 3 if a file
    cannot be read.
    """
    trust = Trust(
        anchors=tuple(read_anchors(anchors)),
        crls=tuple(read_crls(crls)),
        at=at or now(),
    )
    spec = None if kb is None else read_promise(kb)
    report = Report(packages=tuple(_judge(path, spec, trust) for path in paths))
    if style == "json":
        text = render_json(report, strict=strict)
    else:
        text = render_text(report, strict=strict, colour=has_colour(), quiet=quiet)
    click.echo(text, nl=False)
    ctx.exit(exit_code(report, strict=strict))
