"""Compute the components of a package from its manifest names."""

from builder.errors import PlanError
from builder.model.identity import (
    Architecture,
    AssemblyIdentity,
    keyform,
    side_by_side_key,
)
from builder.model.kb import FileEntry, KbSpec
from builder.model.keyform import parse_keyform
from builder.model.package import Component, PackagedFile
from builder.model.plan import PlannedComponent, PlannedFile

_SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"


def is_document(entry: FileEntry) -> bool:
    """Tell whether a row is a .mum or .manifest, not payload."""
    return entry.name.lower().endswith((".mum", ".manifest"))


def _identity(entry: FileEntry, token: str) -> AssemblyIdentity:
    """Find the driver identity that a published manifest name proves."""
    try:
        printed = parse_keyform(entry.name)
    except ValueError as error:
        raise PlanError(str(error)) from error
    if Architecture.of(printed.architecture) is not entry.architecture:
        raise PlanError(
            f"{entry.name} stands in the table for {entry.architecture.word}"
        )
    if printed.public_key_token != token:
        raise PlanError(f"{entry.name}: the packages carry the token {token}")
    identity = AssemblyIdentity(
        name=printed.name,
        version=printed.version,
        architecture=printed.architecture,
        language="neutral",
        public_key_token=printed.public_key_token,
        type="driverUpdate",
        version_scope="nonSxS",
    )
    if side_by_side_key(identity) != printed.key:
        raise PlanError(
            f"{entry.name}: the key does not prove a driver (type driverUpdate); "
            "only drivers can be planned from an article alone"
        )
    return identity


def _file(entry: FileEntry, inf: str) -> PackagedFile:
    name = entry.name.lower()
    is_inf = name == inf
    return PackagedFile(
        name=name,
        source_name=name,
        # Inferred: without the INF's importPath and the identity's buildType
        # the three published lengths fit.  Other pairs fit as well.
        import_path=None if is_inf else "$(build.nttree)\\",
        digest_method=_SHA256,
        is_inf=is_inf,
    )


def _payload(stem: str, entry: FileEntry) -> PlannedFile:
    return PlannedFile(
        path=f"{stem}\\{entry.name.lower()}",
        place=f"{entry.architecture.word}/{entry.name}",
        key=entry.name.casefold(),
        entry=entry,
        modified=entry.modified,
    )


def plan_components(
    spec: KbSpec, architecture: Architecture, *, token: str
) -> tuple[PlannedComponent, ...]:
    """Plan the driver component of one architecture.

    Raises:
        PlanError: There is no manifest row, or several, so that the article
            does not say which file belongs to which; or it proves no driver.
    """
    rows = [entry for entry in spec.files if entry.architecture is architecture]
    manifests = [entry for entry in rows if entry.name.lower().endswith(".manifest")]
    payload = tuple(entry for entry in rows if not is_document(entry))
    if len(manifests) != 1:
        raise PlanError(
            f"the article lists {len(manifests)} manifests for {architecture.word}; "
            "with exactly one it says which files belong to it"
        )
    entry = manifests[0]
    identity = _identity(entry, token)
    names = [row.name.lower() for row in payload]
    if len(set(names)) != len(names):
        raise PlanError(f"the table for {architecture.word} lists a file twice")
    if identity.name not in names:
        raise PlanError(f"{entry.name}: no row for {identity.name} itself")
    stem = keyform(identity)
    ordered = tuple(sorted(payload, key=lambda row: row.name.lower() != identity.name))
    return (
        PlannedComponent(
            stem=stem,
            component=Component(
                identity=identity,
                files=tuple(_file(row, identity.name) for row in ordered),
                is_deployment=True,
            ),
            entry=entry,
            payload=tuple(_payload(stem, row) for row in ordered),
            modified=entry.modified,
        ),
    )
