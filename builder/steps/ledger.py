"""The ledger: what a payload was when its documents were drafted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from builder.errors import PlanError
from builder.model.identity import Architecture
from builder.model.inventory import Facts, Inventory, ObservedFile
from builder.model.kb import KbSpec

Observed = Mapping[Architecture, Mapping[str, Facts]]


def compare_with_ledger(
    ledger: Inventory, observed: Observed, *, is_stand_in: bool
) -> None:
    """Hold a payload to the inventory that its specification carries.

    Args:
        observed: Facts by architecture, then by the key of the file.

    Raises:
        PlanError: Another payload, or stand-ins where the ledger has none.
    """
    advice = "build with --update-ledger if that is meant"
    if ledger.stand_in and not is_stand_in:
        raise PlanError(f"inventory.json describes stand-ins; {advice}")
    if is_stand_in and not ledger.stand_in:
        raise PlanError(f"inventory.json describes the real payload; {advice}")
    for architecture, files in observed.items():
        recorded = {
            file.key: file.facts
            for file in ledger.files
            if file.architecture is architecture
        }
        for name, facts in files.items():
            known = recorded.get(name)
            place = f"{architecture.word}/{name}"
            if known is None:
                raise PlanError(f"inventory.json does not know {place}; {advice}")
            if known != facts:
                raise PlanError(
                    f"{place} is another file than inventory.json describes "
                    f"({_difference(facts, known)}); {advice}"
                )


def _difference(facts: Facts, known: Facts) -> str:
    """Say what differs, the most telling first."""
    if facts.sha256 != known.sha256:
        return f"SHA-256 {facts.sha256.hex()}, there {known.sha256.hex()}"
    if facts.size != known.size:
        return f"{facts.size:,} bytes, there {known.size:,}"
    if facts.sha1 != known.sha1:
        return f"SHA-1 {facts.sha1.hex()}, there {known.sha1.hex()}"
    return "equal bytes, but there another machine, version or image hash"


def _files(
    spec: KbSpec, observed: Observed, kept: Inventory | None
) -> Iterator[ObservedFile]:
    """Yield the files in article order, then what has no row of its own."""
    old = {(file.architecture, file.key): file for file in (kept.files if kept else ())}
    made = {
        (architecture, key): _observed_file(architecture, key, facts)
        for architecture, files in observed.items()
        for key, facts in files.items()
    }
    for entry in spec.files:
        place = entry.architecture, entry.name.casefold()
        file = made.pop(place, None)
        if file is not None:
            yield replace(file, name=entry.name)
        elif place in old and entry.architecture not in observed:
            yield old.pop(place)
    rest = [
        *made.values(),
        *(f for f in old.values() if f.architecture not in observed),
    ]
    yield from sorted(rest, key=lambda file: (file.architecture.word, file.key))


def _observed_file(architecture: Architecture, key: str, facts: Facts) -> ObservedFile:
    folder, _, name = key.rpartition("/")
    return ObservedFile(
        architecture=architecture, name=name, facts=facts, folder=folder
    )


def update_inventory(
    spec: KbSpec, observed: Observed, *, is_stand_in: bool, ledger: Inventory | None
) -> Inventory:
    """Return the inventory after a build, other architectures kept.

    Raises:
        PlanError: Stand-ins and real files would be mixed.
    """
    known = {file.architecture for file in ledger.files} if ledger else set()
    kept = ledger if known.difference(observed) else None
    if kept is not None and kept.stand_in != is_stand_in:
        raise PlanError(
            "the ledger would mix stand-ins and real files; "
            "build all architectures at once"
        )
    files = tuple(_files(spec, observed, kept))
    return Inventory(number=spec.number, stand_in=is_stand_in, files=files)
