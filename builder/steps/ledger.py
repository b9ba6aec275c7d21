"""The ledger: what a payload was when its documents were drafted."""

from collections.abc import Iterator, Mapping

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
        observed: Facts by architecture, then by folded name.

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
            file.name.casefold(): file.facts
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
                    f"(SHA-256 {facts.sha256.hex()}, there {known.sha256.hex()}); "
                    f"{advice}"
                )


def _files(
    spec: KbSpec, observed: Observed, kept: Inventory | None
) -> Iterator[ObservedFile]:
    """Yield a file for each payload row, in article order."""
    old = {
        (file.architecture, file.name.casefold()): file
        for file in (kept.files if kept else ())
    }
    for entry in spec.files:
        name = entry.name.casefold()
        facts = observed.get(entry.architecture, {}).get(name)
        if facts is not None:
            yield ObservedFile(
                architecture=entry.architecture, name=entry.name, facts=facts
            )
        elif (entry.architecture, name) in old:
            yield old[entry.architecture, name]


def update_inventory(
    spec: KbSpec, observed: Observed, *, is_stand_in: bool, ledger: Inventory | None
) -> Inventory:
    """Return the inventory after a build, other architectures kept.

    Raises:
        PlanError: Stand-ins and real files would be mixed.
    """
    others = {entry.architecture for entry in spec.files}.difference(observed)
    kept = ledger if ledger is not None and others else None
    if kept is not None and kept.stand_in != is_stand_in:
        raise PlanError(
            "the ledger would mix stand-ins and real files; "
            "build all architectures at once"
        )
    files = tuple(_files(spec, observed, kept))
    return Inventory(number=spec.number, stand_in=is_stand_in, files=files)
