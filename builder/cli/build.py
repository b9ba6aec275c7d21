"""`hotfix build`."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from builder import store
from builder.cli.options import FILE, Time, has_colour, now, source_date_epoch
from builder.cli.placing import Places, announce, check_places, write_places
from builder.cli.rebuild import compare_places
from builder.cli.signing import chosen_authority, chosen_signer, signing_options
from builder.cli.sources import Specification, read_specification
from builder.errors import PlanError, reading
from builder.formats.spec import serialize_inventory
from builder.formats.stand_in import stand_in
from builder.model.cabinet import MSZIP, STORED, Deflate
from builder.model.finding import PackageReport, Report, Verdict
from builder.model.identity import Architecture
from builder.model.limits import DEFAULT_LIMITS
from builder.model.plan import Plan
from builder.model.signer import Signer
from builder.model.trust import Trust
from builder.pem_files import read_anchors
from builder.report.text import render_text
from builder.signing import WebAuthority
from builder.steps.build import Built, Chunks, Manner, build
from builder.steps.judge import judge
from builder.steps.ledger import compare_with_ledger, update_inventory
from builder.steps.plan import architectures_of, plan
from builder.steps.unpack import unpack

_COMPRESSIONS = {
    "mszip": (MSZIP, Deflate.ZLIB),
    "mszip-ng": (MSZIP, Deflate.ZLIB_NG),
    "none": (STORED, Deflate.ZLIB),
}
_UNSIGNED = "HF502"
# Stand-ins are one line over and over: what we made ourselves may expand.
_LIMITS = replace(DEFAULT_LIMITS, ratio=1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the command line asks for."""

    specification: Specification
    payload: Path | None
    signer: Signer | None
    manner: Manner
    at: datetime
    output: Path
    stamp_anchors: tuple[bytes, ...] = ()


def _architectures(
    specification: Specification, words: tuple[str, ...]
) -> tuple[Architecture, ...]:
    """Return the architectures to build, in article order."""
    known = architectures_of(specification.spec, specification.recipe)
    if not words:
        return known
    chosen = {Architecture.of_word(word) for word in words}
    for architecture in chosen.difference(known):
        number = specification.spec.number
        with reading(str(specification.file)):
            raise PlanError(f"KB{number} has no table for {architecture.word}")
    return tuple(a for a in known if a in chosen)


def _payload(planned: Plan, order: _Order, *, is_only: bool) -> Mapping[str, Chunks]:
    """Return a source for each payload file, by its key."""
    sources: dict[str, Chunks] = {}
    for file in planned.payload:
        entry = file.entry
        if order.payload is None:
            if entry is None:
                with reading(str(order.specification.file)):
                    raise PlanError(
                        f"no single row is for {file.place}; a stand-in needs its size"
                    )
            sources[file.key] = partial(stand_in, entry)
            continue
        word, _, name = file.place.partition("/")
        path = store.find_payload(order.payload, word, name, allow_flat=is_only)
        size = store.size_of(path)
        if entry is not None and size != entry.size:
            error = PlanError(f"has {size:,} bytes; the article says {entry.size:,}")
            error.source = (str(path),)
            raise error
        sources[file.key] = partial(store.chunks_of, path)
    return sources


def _judge(built: Built, order: _Order) -> PackageReport:
    """Judge what was built, from its bytes, by the anchor it was signed under."""
    signer = order.signer
    anchors = order.stamp_anchors
    if signer is not None:
        anchors = (signer.certificates[-1], *anchors)
    trust = Trust(anchors=anchors, crls=(), at=order.at)
    containers = unpack(
        built.name, built.msu.buffer(), limits=_LIMITS, spool=store.Scratch
    )
    spec = order.specification.spec
    report = judge(built.name, containers, spec=spec, trust=trust)
    if signer is not None:
        return report
    # It was asked for: not being signed is no reason to keep the package back.
    return report.without(_UNSIGNED)


def _plans(
    order: _Order, architectures: tuple[Architecture, ...]
) -> dict[Architecture, Plan]:
    specification = order.specification
    with reading(str(specification.file)):
        return {
            word: plan(specification.spec, word, recipe=specification.recipe)
            for word in architectures
        }


def _build(order: _Order, plans: Mapping[Architecture, Plan]) -> Iterator[Built]:
    """Build all architectures, several at once; in their order, errors too."""
    workers = min(order.manner.threads, len(plans))
    with ThreadPoolExecutor(workers) as pool:
        one = partial(_built, order, is_only=len(plans) == 1)
        yield from pool.map(one, plans.values())


def _built(order: _Order, planned: Plan, *, is_only: bool) -> Built:
    payload = _payload(planned, order, is_only=is_only)
    try:
        return build(planned, payload, manner=order.manner, scratch=store.Scratch)
    except PlanError as error:  # of the payload, or of what kb.json promises
        error.source = error.source or (str(order.specification.file),)
        raise


def _places(order: _Order, *, is_updated: bool) -> Places:
    signer = order.signer
    return Places(
        output=order.output,
        number=order.specification.spec.number,
        ledger=order.specification.folder if is_updated else None,
        anchor=None if signer is None else signer.certificates[-1],
    )


def _manner(  # what the options say about how to build
    specification: Specification,
    signer: Signer | None,
    *,
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


def _ledger(
    order: _Order, done: Mapping[Architecture, Built], *, is_updated: bool
) -> bytes | None:
    """Hold the payload to the ledger, or return the ledger's new inventory."""
    observed = {architecture: built.observed for architecture, built in done.items()}
    known = order.specification.inventory
    is_stand_in = order.manner.is_stand_in
    with reading(str(order.specification.folder)):
        if is_updated:
            spec = order.specification.spec
            inventory = update_inventory(
                spec, observed, is_stand_in=is_stand_in, ledger=known
            )
            return serialize_inventory(inventory)
        if known is not None:
            compare_with_ledger(known, observed, is_stand_in=is_stand_in)
    return None


def _is_valid(
    order: _Order, done: Mapping[Architecture, Built], *, quiet: bool
) -> bool:
    """Judge what was built, and print what was found."""
    report = Report(packages=tuple(_judge(built, order) for built in done.values()))
    for line in render_text(report, colour=has_colour(), quiet=quiet):
        click.echo(line, nl=False)
    is_valid = all(p.verdict() is Verdict.VALID for p in report.packages)
    if not is_valid:
        click.echo("nothing was written: the result breaks a rule", err=True)
    return is_valid


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
@click.argument("spec", type=FILE)
@click.option(
    "--payload",
    metavar="DIR",
    type=FILE,
    help="The real files: DIR/{x86,x64,ia64,…}/NAME, or DIR/NAME for one --arch.",
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
    spec: Path,
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
    """Build .msu packages from SPEC, a kb.json or its folder.

    Plans the package family, drafts .mum and .manifest files, signs one catalog
    per .mum and packs .cab and .msu for each architecture.  The result is
    validated against the article before it is written; all of it appears, or
    nothing.  The same input, key and --time give the same bytes.

    Exits with 1 if the result breaks a rule, or differs with --check, and with
    3 if it cannot be made.
    """
    if (payload is None) is not use_stand_in:
        raise click.UsageError("choose one of --payload and --stand-in")
    signer = chosen_signer(**signing)
    _check_stamping(
        signer, url=timestamp_url, anchors=stamp_anchors, is_sealed=sign_packages
    )
    specification = read_specification(spec, recipe)
    order = _Order(
        specification=specification,
        payload=payload,
        signer=signer,
        manner=_manner(
            specification,
            signer,
            time=time,
            compression=compression,
            stand_in_payload=use_stand_in,
            jobs=jobs,
            authority=chosen_authority(timestamp_url),
            is_sealed=sign_packages,
        ),
        stamp_anchors=read_anchors(stamp_anchors),
        at=at or now(),
        output=output,
    )
    architectures = _architectures(specification, words)
    plans = _plans(order, architectures)
    places = _places(order, is_updated=update_ledger)
    check_places(places, plans)
    done = dict(zip(architectures, _build(order, plans), strict=True))
    ledger = _ledger(order, done, is_updated=update_ledger)
    if not _is_valid(order, done, quiet=quiet):
        ctx.exit(1)
    if is_comparison:
        ctx.exit(compare_places(places, done))
    if dry_run:
        click.echo("dry run: nothing was written")
        return
    write_places(places, done, ledger)
    announce(places, done, spec)
