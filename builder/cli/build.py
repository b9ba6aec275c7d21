"""`hotfix build`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from builder.cli.options import FILE, Time, has_colour, now, source_date_epoch
from builder.cli.orders import (
    Done,
    Order,
    carry_out,
    payload_of,
    plans_of,
    reports,
)
from builder.cli.placing import Places, announce, check_places, write_places
from builder.cli.rebuild import compare_places
from builder.cli.signing import chosen_authority, chosen_signer, signing_options
from builder.cli.sources import Specification, read_specification
from builder.model.cabinet import MSZIP, STORED, Deflate
from builder.model.finding import Report, Verdict
from builder.model.signer import Signer
from builder.pem_files import read_anchors
from builder.report.text import render_text
from builder.signing import WebAuthority
from builder.steps.build import Manner

_COMPRESSIONS = {
    "mszip": (MSZIP, Deflate.ZLIB),
    "mszip-ng": (MSZIP, Deflate.ZLIB_NG),
    "none": (STORED, Deflate.ZLIB),
}


def _places(
    signer: Signer | None,
    output: Path,
    specification: Specification,
    *,
    is_updated: bool,
) -> Places:
    return Places(
        output=output,
        number=specification.spec.number,
        ledger=specification.folder if is_updated else None,
        anchor=None if signer is None else signer.certificates[-1],
    )


def _manner(  # what the options say about how to build
    specification: Specification,
    *,
    signer: Signer | None,
    time: datetime | None,
    compression: str,
    stand_in_payload: bool,
    jobs: int,
    authority: WebAuthority | None,
    is_sealed: bool,
) -> Manner:
    latest = specification.recipe.time or max(
        entry.modified for entry in specification.spec.files
    )
    method, deflate = _COMPRESSIONS[compression]
    return Manner(
        signer=signer,
        time=time or source_date_epoch() or latest,
        is_stand_in=stand_in_payload,
        compression=method,
        deflate=deflate,
        threads=jobs,
        authority=authority,
        is_sealed=is_sealed,
    )


def _is_valid(done: Sequence[Done], *, quiet: bool) -> bool:
    """Judge what was built, and print what was found."""
    report = Report(packages=tuple(reports(done)))
    for line in render_text(report, colour=has_colour(), quiet=quiet):
        click.echo(line, nl=False)
    is_valid = all(p.verdict() is Verdict.VALID for p in report.packages)
    if not is_valid:
        click.echo("nothing was written: the result breaks a rule", err=True)
    return is_valid


def _read_all(
    paths: tuple[Path, ...], recipe: Path | None
) -> dict[Path, Specification]:
    """Read all specifications, in their order.

    Raises:
        UsageError: Two are for one article: both would be written to one place.
    """
    if recipe is not None and len(paths) > 1:
        raise click.UsageError("--recipe goes with one SPEC")
    found: dict[int, Path] = {}
    specifications: dict[Path, Specification] = {}
    for path in paths:
        specifications[path] = read_specification(path, recipe)
        number = specifications[path].spec.number
        if number in found:
            raise click.UsageError(f"{found[number]} and {path} are both KB{number}")
        found[number] = path
    return specifications


def _orders(
    specifications: Mapping[Path, Specification],
    *,
    words: tuple[str, ...],
    payload: Path | None,
    manner: Callable[[Specification], Manner],
    at: datetime,
    places: Callable[[Specification], Places],
    stamp_anchors: tuple[bytes, ...],
) -> tuple[Order, ...]:
    is_only = len(specifications) == 1
    return tuple(
        Order(
            spec=path,
            specification=specification,
            plans=plans_of(specification, words),
            payload=payload_of(payload, specification, is_only=is_only),
            manner=manner(specification),
            at=at,
            places=places(specification),
            stamp_anchors=stamp_anchors,
        )
        for path, specification in specifications.items()
    )


def _check_stamping(
    signer: Signer | None,
    *,
    url: str | None,
    anchors: tuple[Path, ...],
    is_sealed: bool,
) -> None:
    """Refuse options that go together and were not given together."""
    if signer is None and (url is not None or is_sealed):
        raise click.UsageError("--unsigned leaves nothing to sign or to stamp")
    if bool(url) is not bool(anchors):
        raise click.UsageError("--timestamp-url and --timestamp-anchor go together")


@click.command(name="build")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, type=FILE)
@click.option(
    "--payload",
    metavar="DIR",
    type=FILE,
    help="The real files: DIR/{x86,x64,ia64,…}/NAME, or DIR/NAME for one --arch; "
    "of several SPECs: below DIR/kbN.",
)
@click.option(
    "--stand-in", "use_stand_in", is_flag=True, help="Build from labelled stand-ins."
)
@click.option(
    "--arch",
    "words",
    metavar="ARCH",
    multiple=True,
    type=click.Choice(["x86", "x64", "ia64", "arm", "arm64"]),
    help="Build x86, x64, ia64, arm or arm64 only.  Repeatable.  "
    "[default: all in the article or recipe]",
)
@click.option("--recipe", metavar="FILE", type=FILE, help="Instead of recipe.json.")
@click.option(
    "--time",
    type=Time(),
    help="Time of what the article does not date.  "
    "[default: SOURCE_DATE_EPOCH, else the latest time of the tables]",
)
@signing_options
@click.option(
    "--timestamp-anchor",
    "stamp_anchors",
    metavar="PEM",
    multiple=True,
    type=FILE,
    help="Root of the --timestamp-url authority, for the last check.  Repeatable.",
)
@click.option(
    "--sign-packages",
    is_flag=True,
    help="Sign the .cab and the .msu as well (Authenticode).",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=FILE,
    default=Path("dist"),
    show_default=True,
    help="Where kbN/ARCH/….msu is written.",
)
@click.option(
    "--compression",
    type=click.Choice(sorted(_COMPRESSIONS)),
    default="mszip",
    show_default=True,
    help="How cabinets are packed; mszip-ng is MSZIP by zlib-ng, where that is "
    "installed: faster, and other bytes.",
)
@click.option(
    "--update-ledger",
    is_flag=True,
    help="Write inventory.json and the drafted XML beside kb.json.",
)
@click.option(
    "--at", type=Time(), help="Time at which the signer is judged.  [default: now]"
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Architectures, and threads that compress, at once; the result does not "
    "depend on it.",
)
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option(
    "--check",
    "is_comparison",
    is_flag=True,
    help="Write nothing; compare with what lies in --output byte for byte.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors and verdicts only.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    specs: tuple[Path, ...],
    payload: Path | None,
    use_stand_in: bool,
    words: tuple[str, ...],
    recipe: Path | None,
    time: datetime | None,
    stamp_anchors: tuple[Path, ...],
    sign_packages: bool,
    timestamp_url: str | None,
    output: Path,
    compression: str,
    update_ledger: bool,
    at: datetime | None,
    jobs: int,
    dry_run: bool,
    is_comparison: bool,
    quiet: bool,
    **signing: Any,  # noqa: ANN401 - as `chosen_signer` takes them
) -> None:
    """Build .msu packages from SPECs, each a kb.json or its folder.

    Plans the package family, drafts .mum and .manifest files, signs one catalog
    per .mum and packs .cab and .msu for each architecture.  The result is
    validated against the article before it is written; all of it appears, or
    nothing, of several SPECs too.  The same input, key and --time give the
    same bytes.

    Exits with 1 if the result breaks a rule, or differs with --check, and with
    3 if it cannot be made.
    """
    if (payload is None) is not use_stand_in:
        raise click.UsageError("choose one of --payload and --stand-in")
    signer = chosen_signer(**signing)
    _check_stamping(
        signer, url=timestamp_url, anchors=stamp_anchors, is_sealed=sign_packages
    )
    manner = partial(
        _manner,
        signer=signer,
        time=time,
        compression=compression,
        stand_in_payload=use_stand_in,
        jobs=jobs,
        authority=chosen_authority(timestamp_url),
        is_sealed=sign_packages,
    )
    orders = _orders(
        _read_all(specs, recipe),
        words=words,
        payload=payload,
        manner=manner,
        at=at or now(),
        places=partial(_places, signer, output, is_updated=update_ledger),
        stamp_anchors=read_anchors(stamp_anchors),
    )
    for order in orders:
        check_places(order.places, order.plans)
    done = tuple(carry_out(orders, jobs=jobs))
    if not _is_valid(done, quiet=quiet):
        ctx.exit(1)
    if is_comparison:
        codes = [compare_places(item.order.places, item.built) for item in done]
        ctx.exit(max(codes))
    if dry_run:
        click.echo("dry run: nothing was written")
        return
    write_places((item.order.places, item.built, item.ledger) for item in done)
    for item in done:
        announce(item.order.places, item.built, item.order.spec)
