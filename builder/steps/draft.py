"""Write a plan down as .mum and .manifest files."""

from collections.abc import Mapping
from dataclasses import replace

from builder.errors import PlanError, XmlError
from builder.formats.manifest import (
    DEPLOYMENT,
    MANIFEST,
    MANIFEST_STANDALONE,
    serialize_manifest,
)
from builder.formats.mum import MUM, MUM_BF, MUM_MARKED, serialize_mum
from builder.formats.xml import XmlStyle
from builder.model.artefact import Artefact
from builder.model.era import Era
from builder.model.inventory import Facts
from builder.model.kb import FileEntry
from builder.model.package import Component
from builder.model.plan import ROOT_NAME, Plan, PlannedComponent, PlannedPackage


def draft(plan: Plan, observed: Mapping[str, Facts]) -> tuple[Artefact, ...]:
    """Draft every document of one architecture, sorted by name.

    Args:
        observed: Facts of the payload by `PlannedFile.key`.

    Raises:
        PlanError: A payload file was not observed, or a document does not
            come out as long as the article says.
    """
    drafted = [_manifest(made, observed, plan.era) for made in plan.components]
    drafted += [_mum(package, plan.era) for package in plan.packages]
    return tuple(sorted(drafted, key=lambda artefact: artefact.name))


def draft_packages(plan: Plan) -> tuple[Artefact, ...]:
    """Draft the .mum files of one architecture, which name no payload.

    Raises:
        PlanError: A document does not come out as long as the article says.
    """
    return tuple(_mum(package, plan.era) for package in plan.packages)


def _mum(planned: PlannedPackage, era: Era) -> Artefact:
    style = MUM
    if planned.style == "tabs":
        style = MUM_BF
    elif planned.name == ROOT_NAME and era.root_is_marked:
        style = MUM_MARKED
    data = serialize_mum(planned.package, style)
    return _held(Artefact(name=planned.name, data=data), planned.entry)


def _style(component: Component, era: Era) -> XmlStyle:
    is_driver = component.identity.type == "driverUpdate"
    if component.is_deployment and not is_driver:
        return DEPLOYMENT
    return MANIFEST_STANDALONE if era.manifests_stand_alone else MANIFEST


def _manifest(
    planned: PlannedComponent, observed: Mapping[str, Facts], era: Era
) -> Artefact:
    files = []
    pairs = zip(planned.component.files, planned.payload, strict=True)
    for file, payload in pairs:
        facts = observed.get(payload.key)
        if facts is None:
            raise PlanError(f"{file.name} was not observed")
        files.append(replace(file, digest=facts.sha256))
    component = replace(planned.component, files=tuple(files))
    try:
        data = serialize_manifest(component, _style(component, era))
    except XmlError as error:
        raise PlanError(f"{component.identity.name}: {error.reason}") from error
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
