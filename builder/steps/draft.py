"""Write a plan down as .mum and .manifest files."""

from collections.abc import Mapping
from dataclasses import replace

from builder.errors import PlanError
from builder.formats.manifest import serialize_manifest
from builder.formats.mum import serialize_mum
from builder.model.artefact import Artefact
from builder.model.inventory import Facts
from builder.model.kb import FileEntry
from builder.model.plan import Plan, PlannedComponent, PlannedPackage


def draft(plan: Plan, observed: Mapping[str, Facts]) -> tuple[Artefact, ...]:
    """Draft every document of one architecture, sorted by name.

    Args:
        observed: Facts of the payload by folded name, as the article prints
            the names.

    Raises:
        PlanError: A payload file was not observed, or a document does not
            come out as long as the article says.
    """
    drafted = [_manifest(component, observed) for component in plan.components]
    drafted += [_mum(package) for package in plan.packages]
    return tuple(sorted(drafted, key=lambda artefact: artefact.name))


def _mum(planned: PlannedPackage) -> Artefact:
    data = serialize_mum(planned.package)
    return _held(Artefact(name=planned.name, data=data), planned.entry)


def _manifest(planned: PlannedComponent, observed: Mapping[str, Facts]) -> Artefact:
    files = []
    for file in planned.component.files:
        facts = observed.get(file.name.casefold())
        if facts is None:
            raise PlanError(f"{file.name} was not observed")
        files.append(replace(file, digest=facts.sha256))
    component = replace(planned.component, files=tuple(files))
    data = serialize_manifest(component)
    artefact = Artefact(name=f"{planned.stem}.manifest", data=data)
    return _held(artefact, planned.entry)


def _held(artefact: Artefact, entry: FileEntry | None) -> Artefact:
    """Hold a draft to the length that the article publishes."""
    if entry is not None and len(artefact.data) != entry.size:
        raise PlanError(
            f"{entry.name} is drafted with {len(artefact.data):,} bytes; "
            f"the article says {entry.size:,}"
        )
    return artefact
