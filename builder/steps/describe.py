"""Turn a package back into the specification that builds it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from builder.errors import FormatError, LimitError, PlanError
from builder.formats.manifest import parse_manifest
from builder.formats.mum import parse_mum
from builder.model.era import ERAS
from builder.model.identity import Architecture, keyform
from builder.model.inventory import Facts, Inventory, ObservedFile
from builder.model.kb import PLATFORMS, FileEntry, KbSpec, Provenance, Restart
from builder.model.machine import MACHINES
from builder.model.names import unsafe
from builder.model.package import Component, Package
from builder.model.plan import ROOT_NAME, Plan
from builder.model.recipe import Recipe
from builder.model.unpacked import Container, Kind, Member
from builder.model.version import FileVersion
from builder.steps.describe_recipe import Source, recipe_of
from builder.steps.draft import draft
from builder.steps.plan import plan

_NUMBER = re.compile(r"KB([1-9][0-9]{3,8})", re.ASCII | re.IGNORECASE)
_NO_DOCUMENT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_SHORT = 500  # of a title


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A package as a specification, and how well it is met.

    Attributes:
        exact: Names of the documents that are drafted again byte for byte.
        different: Names of those that are not, each with a clause that says
            why.
    """

    spec: KbSpec
    recipe: Recipe
    inventory: Inventory
    exact: tuple[str, ...]
    different: tuple[tuple[str, str], ...]


def describe(containers: Iterable[Container]) -> Described:
    """Describe the first container that has an update.mum.

    Raises:
        PlanError: There is none, or its package has no number, no version or
            another architecture than packages are built for.
    """
    container = _package_container(containers)
    documents = {m.key: m for m in container.members if m.content is not None}
    source = _source(documents.values(), _times(container))
    recipe = recipe_of(source)
    observed = {
        key: (member, component)
        for component in source.components.values()
        for key, member in _payload(component, container, source.architecture)
    }
    spec = _spec(source, (member for member, _ in observed.values()), container)
    inventory = _inventory(source, {k: m for k, (m, _) in observed.items()})
    planned = plan(spec, source.architecture, recipe=recipe)
    exact, different = _compared(planned, documents, source)
    return Described(
        spec=spec,
        recipe=recipe,
        inventory=inventory,
        exact=exact,
        different=different,
    )


def _package_container(containers: Iterable[Container]) -> Container:
    for container in containers:
        if any(member.key == ROOT_NAME for member in container.members):
            return container
    raise PlanError("there is no update.mum in it")


def _times(container: Container) -> dict[str, datetime]:
    """Return the times of files of which several have one name.

    A table cannot tell such files apart.
    """
    names = Counter(member.key.rpartition("\\")[2] for member in container.members)
    return {
        member.key: _modified(member)
        for member in container.members
        if names[member.key.rpartition("\\")[2]] > 1
    }


def _source(members: Iterable[Member], times: dict[str, datetime]) -> Source:
    """Read the documents; what cannot be read is left to the comparison."""
    packages: dict[str, tuple[Package, bytes]] = {}
    components: dict[str, Component] = {}
    texts: dict[str, bytes] = {}
    for member in members:
        data = member.data or b""
        try:
            if member.kind is Kind.MUM:
                packages[member.key] = parse_mum(data), data
            elif member.kind is Kind.MANIFEST:
                components[member.key] = parse_manifest(data)
                texts[member.key] = data
        except (FormatError, LimitError):
            continue
    if ROOT_NAME not in packages:
        raise PlanError("its update.mum cannot be read")
    root = packages[ROOT_NAME][0]
    found = _NUMBER.match(root.identifier or "") or _NUMBER.search(root.identity.name)
    if found is None:
        raise PlanError("its update.mum names no article")
    architecture = Architecture.of(root.identity.architecture)
    if architecture is None:
        raise PlanError(f"its architecture is {root.identity.architecture!r}")
    try:
        version = FileVersion.parse(root.identity.version or "")
    except ValueError as error:
        raise PlanError(f"its version: {error}") from error
    return Source(
        number=int(found[1]),
        architecture=architecture,
        version=version,
        era=_era(root, components.values()),
        packages=packages,
        components=components,
        texts=texts,
        times=times,
    )


def _era(root: Package, components: Iterable[Component]) -> str:
    """Tell the era: most components' version says it, or else the parents'."""
    counted = Counter(
        component.identity.version
        for component in components
        if component.files or not component.is_deployment
    )
    versions = [version for version, _ in counted.most_common()]
    versions += [i.version for parent in root.parents for i in parent.identities]
    for version in versions:
        name = ".".join((version or "").split(".")[:2])
        if name in ERAS:
            return name
    return "6.1"


def _payload(
    component: Component, container: Container, architecture: Architecture
) -> Iterator[tuple[str, Member]]:
    """Yield the payload of a component with the key that a plan gives it."""
    stem = keyform(component.identity)
    own = Architecture.of(component.identity.architecture) or architecture
    members = {member.key: member for member in container.members}
    for file in component.files:
        source = file.source_name or file.name
        member = members.get(f"{stem}\\{source}".casefold())
        if member is not None:
            place = f"{own.word}/{stem}/{source}".replace("\\", "/")
            yield place.removeprefix(f"{architecture.word}/").casefold(), member


def _modified(member: Member) -> datetime:
    moment = member.modified or datetime(1980, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=UTC, microsecond=0)


def _spec(source: Source, payload: Iterable[Member], container: Container) -> KbSpec:
    found = [_row(member, source.architecture) for member in payload]
    # Rows that only a time tells apart would be paired by chance.
    counted = Counter((row.key, row.version, row.platform) for row in found)
    rows = tuple(r for r in found if counted[r.key, r.version, r.platform] == 1)
    if not rows:
        root = next(m for m in container.members if m.key == ROOT_NAME)
        rows = (_row(root, source.architecture),)
    root_package = source.packages[ROOT_NAME][0]
    needs_restart = any(
        package.restart == "required" for package, _ in source.packages.values()
    )
    return KbSpec(
        number=source.number,
        title=(root_package.description or f"KB{source.number}")[:_SHORT],
        applies_to=(ERAS[source.era].product,),
        prerequisites=(),
        restart=Restart.REQUIRED if needs_restart else Restart.POSSIBLE,
        replaces=(),
        registry=None,
        source=Provenance(
            article=None,
            revision=None,
            created=None,
            published=None,
            sha256=_NO_DOCUMENT,
        ),
        files=rows,
    )


def _row(member: Member, architecture: Architecture) -> FileEntry:
    pe = member.facts.pe if member.facts is not None else None
    machine = None if pe is None else pe.machine
    platforms = sorted(PLATFORMS.get(architecture, ()), key=lambda a: a.word)
    return FileEntry(
        architecture=architecture,
        name=member.name.replace("/", "\\").rpartition("\\")[2],
        size=member.size,
        modified=_modified(member),
        version=None if pe is None else pe.version,
        platform=next((a for a in platforms if machine in MACHINES[a]), None),
    )


def _inventory(source: Source, payload: dict[str, Member]) -> Inventory:
    files = []
    for key, member in payload.items():
        folder, _, _ = key.rpartition("/")
        name = member.name.replace("/", "\\").rpartition("\\")[2]
        if member.facts is not None and unsafe(name) is None:
            files.append(
                ObservedFile(
                    architecture=source.architecture,
                    name=name,
                    facts=member.facts,
                    folder=folder,
                )
            )
    return Inventory(
        number=source.number,
        stand_in=False,
        files=tuple(sorted(files, key=lambda file: file.key)),
    )


def _compared(
    planned: Plan, documents: dict[str, Member], source: Source
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Draft everything again, and hold it to what was there."""
    observed: dict[str, Facts] = {}
    for component in planned.components:
        known = source.components.get(f"{component.stem}.manifest")
        files = () if known is None else known.files
        for file, payload in zip(files, component.payload, strict=False):
            observed[payload.key] = Facts(
                size=0, sha1=bytes(20), sha256=file.digest or bytes(32)
            )
    drafted = {artefact.name: artefact.data for artefact in draft(planned, observed)}
    exact: list[str] = []
    different: list[tuple[str, str]] = []
    for key, member in sorted(documents.items()):
        if member.kind not in (Kind.MUM, Kind.MANIFEST):
            continue
        made = drafted.get(key)
        if made == member.data:
            exact.append(key)
        elif made is None:
            different.append((key, "is not part of the specification"))
        else:
            different.append((key, _difference(made, member.data or b"")))
    return tuple(exact), tuple(different)


def _difference(made: bytes, data: bytes) -> str:
    at = next(
        (i for i, (a, b) in enumerate(zip(made, data, strict=False)) if a != b),
        min(len(made), len(data)),
    )
    line = data.count(b"\n", 0, at) + 1
    return f"differs from line {line} on ({len(made):,} bytes for {len(data):,})"
