"""`hotfix build`."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE, Time, has_colour, now, source_date_epoch
from builder.cli.sources import Specification, read_specification
from builder.errors import PlanError, reading
from builder.formats.pem import CERTIFICATE, serialize_pem
from builder.formats.spec import serialize_inventory
from builder.formats.stand_in import stand_in
from builder.keys import KeySigner, development_signer, read_signer
from builder.model.cabinet import MSZIP, STORED
from builder.model.finding import PackageReport, Report, Verdict
from builder.model.identity import Architecture
from builder.model.limits import DEFAULT_LIMITS
from builder.model.plan import Plan
from builder.report.text import render_text
from builder.steps.build import Built, Chunks, Manner, build
from builder.steps.judge import Trust, judge
from builder.steps.ledger import compare_with_ledger, update_inventory
from builder.steps.plan import architectures_of, plan
from builder.steps.unpack import unpack

_COMPRESSIONS = {"mszip": MSZIP, "none": STORED}
_UNSIGNED = "HF502"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the command line asks for."""

    specification: Specification
    payload: Path | None
    signer: KeySigner | None
    manner: Manner
    at: datetime
    output: Path


def _signer(
    cert: Path | None,
    key: Path | None,
    password_file: Path | None,
    dev_keys: Path | None,
    *,
    dev_sign: bool,
    unsigned: bool,
) -> KeySigner | None:
    """Return the one signer that was chosen; None for --unsigned."""
    chosen = sum((bool(cert or key), dev_sign, unsigned))
    if chosen != 1:
        raise click.UsageError(
            "choose one of --sign-cert with --sign-key, --dev-sign, --unsigned"
        )
    if dev_sign:
        default = Path(click.get_app_dir("hotfix")) / "development-signer"
        return development_signer(dev_keys or default)
    if dev_keys is not None:
        raise click.UsageError("--dev-keys goes with --dev-sign")
    if unsigned:
        return None
    if cert is None or key is None:
        raise click.UsageError("--sign-cert and --sign-key go together")
    password = None
    if password_file is not None:
        password = store.read_document(password_file).rstrip(b"\r\n")
    return read_signer(cert, key, password)


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
        raise PlanError(f"KB{number} has no table for {architecture.word}")
    return tuple(a for a in known if a in chosen)


def _payload(planned: Plan, order: _Order, *, is_only: bool) -> Mapping[str, Chunks]:
    """Return a source for each payload file, by its key."""
    sources: dict[str, Chunks] = {}
    for file in planned.payload:
        entry = file.entry
        if order.payload is None:
            if entry is None:
                raise PlanError(
                    f"no single row of kb.json is for {file.place}; "
                    "a stand-in needs its size"
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
    anchors = () if signer is None else (signer.certificates[-1],)
    trust = Trust(anchors=anchors, crls=(), at=order.at)
    containers = unpack(
        built.name, built.msu.buffer(), limits=DEFAULT_LIMITS, spool=store.Scratch
    )
    spec = order.specification.spec
    report = judge(built.name, containers, spec=spec, trust=trust)
    if signer is not None:
        return report
    # It was asked for: not being signed is no reason to keep the package back.
    return report.without(_UNSIGNED)


def _build(order: _Order, architectures: tuple[Architecture, ...]) -> Iterator[Built]:
    specification = order.specification
    for architecture in architectures:
        planned = plan(specification.spec, architecture, recipe=specification.recipe)
        payload = _payload(planned, order, is_only=len(architectures) == 1)
        yield build(planned, payload, manner=order.manner, scratch=store.Scratch)


def _targets(order: _Order, architecture: Architecture, built: Built) -> Path:
    folder = f"kb{order.specification.spec.number}"
    return order.output / folder / architecture.word / built.name


def _anchor(target: Path) -> Path:
    return target.with_suffix(".anchor.pem")


def _write(
    order: _Order, done: Mapping[Architecture, Built], ledger: bytes | None
) -> None:
    """Write all packages, anchors and, if asked for, the ledger, together."""
    folder = order.specification.folder
    with ExitStack() as stack:
        for architecture, built in done.items():
            target = _targets(order, architecture, built)
            file = stack.enter_context(store.writing(target))
            for chunk in built.msu.chunks():
                file.write(chunk)
            if order.signer is not None:
                anchor = stack.enter_context(store.writing(_anchor(target)))
                anchor.write(serialize_pem(order.signer.certificates[-1], CERTIFICATE))
            if ledger is not None:
                for artefact in built.documents:
                    path = folder / architecture.word / artefact.name
                    stack.enter_context(store.writing(path)).write(artefact.data)
        if ledger is not None:
            path = folder / "inventory.json"
            stack.enter_context(store.writing(path)).write(ledger)


def _announce(order: _Order, done: Mapping[Architecture, Built], spec: Path) -> None:
    """Print what was written and how to check it."""
    for architecture, built in done.items():
        target = _targets(order, architecture, built)
        words = ["hotfix", "validate", str(target), "--kb", str(spec)]
        if order.signer is not None:
            words += ["--trust-anchor", str(_anchor(target))]
        click.echo(f"{target}: {len(built.msu.buffer()):,} bytes; check it with")
        click.echo(f"  {shlex.join(words)}")


def _manner(  # what the options say about how to build
    specification: Specification,
    signer: KeySigner | None,
    *,
    time: datetime | None,
    compression: str,
    stand_in_payload: bool,
    jobs: int,
) -> Manner:
    latest = specification.recipe.time or max(
        entry.modified for entry in specification.spec.files
    )
    return Manner(
        signer=signer,
        time=time or source_date_epoch() or latest,
        is_stand_in=stand_in_payload,
        compression=_COMPRESSIONS[compression],
        threads=jobs,
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
@click.option("--sign-cert", metavar="PEM", type=FILE, help="Signer and its chain.")
@click.option("--sign-key", metavar="PEM", type=FILE, help="Private key (RSA).")
@click.option(
    "--password-file", metavar="FILE", type=FILE, help="Password of --sign-key."
)
@click.option(
    "--dev-sign", is_flag=True, help="Sign with a development key, made on first use."
)
@click.option(
    "--dev-keys",
    metavar="DIR",
    type=FILE,
    help="Where the development key lives.  [default: the user's settings folder]",
)
@click.option("--unsigned", is_flag=True, help="Leave the catalogs unsigned.")
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
    help="How cabinets are packed.",
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
    help="Threads that compress; the result does not depend on it.",
)
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors and verdicts only.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    spec: Path,
    payload: Path | None,
    use_stand_in: bool,
    words: tuple[str, ...],
    recipe: Path | None,
    time: datetime | None,
    sign_cert: Path | None,
    sign_key: Path | None,
    password_file: Path | None,
    dev_sign: bool,
    dev_keys: Path | None,
    unsigned: bool,
    output: Path,
    compression: str,
    update_ledger: bool,
    at: datetime | None,
    jobs: int,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Build .msu packages from SPEC, a kb.json or its folder.

    Plans the package family, drafts .mum and .manifest files, signs one catalog
    per .mum and packs .cab and .msu for each architecture.  The result is
    validated against the article before it is written; all of it appears, or
    nothing.  The same input, key and --time give the same bytes.

    Exits with 1 if the result breaks a rule and with 3 if it cannot be made.
    """
    if (payload is None) is not use_stand_in:
        raise click.UsageError("choose one of --payload and --stand-in")
    signer = _signer(
        sign_cert,
        sign_key,
        password_file,
        dev_keys,
        dev_sign=dev_sign,
        unsigned=unsigned,
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
        ),
        at=at or now(),
        output=output,
    )
    architectures = _architectures(specification, words)
    done = dict(zip(architectures, _build(order, architectures), strict=True))
    ledger = _ledger(order, done, is_updated=update_ledger)
    report = Report(packages=tuple(_judge(built, order) for built in done.values()))
    click.echo(render_text(report, colour=has_colour(), quiet=quiet), nl=False)
    if any(p.verdict() is not Verdict.VALID for p in report.packages):
        click.echo("nothing was written: the result breaks a rule", err=True)
        ctx.exit(1)
    if dry_run:
        click.echo("dry run: nothing was written")
        return
    _write(order, done, ledger)
    _announce(order, done, spec)
