"""What `hotfix build` was asked for, and how it comes about."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from builder import store
from builder.cli.placing import Places
from builder.cli.sources import Specification
from builder.errors import PlanError, reading
from builder.formats.spec import serialize_inventory
from builder.formats.stand_in import stand_in
from builder.model.finding import PackageReport
from builder.model.identity import Architecture
from builder.model.limits import DEFAULT_LIMITS
from builder.model.plan import Plan
from builder.model.trust import Trust
from builder.steps.build import Built, Chunks, Manner, build
from builder.steps.judge import judge
from builder.steps.ledger import compare_with_ledger, update_inventory
from builder.steps.plan import architectures_of, plan
from builder.steps.unpack import unpack

_UNSIGNED = "HF502"
# Stand-ins are one line over and over: what we made ourselves may expand.
_LIMITS = replace(DEFAULT_LIMITS, ratio=1 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One specification that is to be built.

    Attributes:
        spec: As the user gave it.
        plans: In article order.
        payload: The folder of its files; None: stand-ins.
        at: The time at which the signer is judged, in UTC.
        stamp_anchors: Roots of the time-stamp authority, each as DER.
    """

    spec: Path
    specification: Specification
    plans: Mapping[Architecture, Plan]
    payload: Path | None
    manner: Manner
    at: datetime
    places: Places
    stamp_anchors: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of an order.

    Attributes:
        built: In article order.
        ledger: The new inventory.json; None where the ledger is left alone.
    """

    order: Order
    built: Mapping[Architecture, Built]
    ledger: bytes | None


def plans_of(
    specification: Specification, words: tuple[str, ...]
) -> dict[Architecture, Plan]:
    """Plan the architectures that are to be built, in article order.

    Args:
        words: Of the architectures; empty: all.

    Raises:
        PlanError: The specification has none of that name, or no package can
            be computed from it.
    """
    spec, recipe = specification.spec, specification.recipe
    known = architectures_of(spec, recipe)
    chosen = {Architecture.of_word(word) for word in words} or set(known)
    with reading(str(specification.file)):
        for architecture in chosen.difference(known):
            raise PlanError(f"KB{spec.number} has no table for {architecture.word}")
        return {a: plan(spec, a, recipe=recipe) for a in known if a in chosen}


def payload_of(
    folder: Path | None, specification: Specification, *, is_only: bool
) -> Path | None:
    """Return where the files of one specification lie, of several below kbN."""
    if folder is None or is_only:
        return folder
    return folder / f"kb{specification.spec.number}"


def carry_out(orders: Sequence[Order], *, jobs: int) -> Iterator[Done]:
    """Build everything, several architectures at once.

    What comes out, errors included, comes in the order of the orders.

    Args:
        jobs: Architectures that are built at the same time.
    """
    wanted = [(order, planned) for order in orders for planned in order.plans.values()]
    with ThreadPoolExecutor(min(jobs, len(wanted))) as pool:
        results = pool.map(_built, *zip(*wanted, strict=True))
        for order in orders:
            built = {architecture: next(results) for architecture in order.plans}
            yield Done(order=order, built=built, ledger=_ledger(order, built))


def _built(order: Order, planned: Plan) -> Built:
    payload = _payload(order, planned)
    with reading(str(order.specification.file)):
        return build(planned, payload, manner=order.manner, scratch=store.Scratch)


def _payload(order: Order, planned: Plan) -> Mapping[str, Chunks]:
    """Return a source for each payload file, by its key."""
    is_only = len(order.plans) == 1
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


def _ledger(order: Order, built: Mapping[Architecture, Built]) -> bytes | None:
    """Hold the payload to the ledger, or return the ledger's new inventory."""
    observed = {architecture: done.observed for architecture, done in built.items()}
    known = order.specification.inventory
    is_stand_in = order.manner.is_stand_in
    with reading(str(order.specification.folder)):
        if order.places.ledger is not None:
            spec = order.specification.spec
            inventory = update_inventory(
                spec, observed, is_stand_in=is_stand_in, ledger=known
            )
            return serialize_inventory(inventory)
        if known is not None:
            compare_with_ledger(known, observed, is_stand_in=is_stand_in)
    return None


def reports(done: Sequence[Done]) -> Iterator[PackageReport]:
    """Judge what was built, from its bytes, by the anchor it was signed under."""
    for item in done:
        for built in item.built.values():
            yield _judge(built, item.order)


def _judge(built: Built, order: Order) -> PackageReport:
    signer = order.manner.signer
    anchors = order.stamp_anchors
    if signer is not None:
        anchors = (signer.certificates[-1], *anchors)
    trust = Trust(anchors=anchors, crls=(), at=order.at)
    opened = partial(
        unpack, built.name, built.msu.buffer(), limits=_LIMITS, spool=store.Scratch
    )
    report = judge(
        built.name,
        opened(),
        spec=order.specification.spec,
        trust=trust,
        spool=store.Scratch,
        reread=lambda sink: opened(sink=sink, observes=False),
    )
    if signer is not None:
        return report
    # It was asked for: not being signed is no reason to keep the package back.
    return report.without(_UNSIGNED)
