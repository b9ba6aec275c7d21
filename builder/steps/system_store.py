"""What a system has, from its servicing/Packages folder."""

from collections import Counter
from collections.abc import Sequence

from builder.errors import FormatError, LimitError, PlanError
from builder.formats.mum import parse_mum
from builder.model.applicability import System, SystemPackage
from builder.model.identity import Architecture, AssemblyIdentity
from builder.model.limits import Limits
from builder.model.unpacked import Container, Kind

_STATES = (
    "the folder says which packages there are, not their states: each counts as "
    "installed, although it may be staged or superseded"
)
_FOUNDATION = "microsoft-windows-foundation-package"


def system_of(name: str, containers: Sequence[Container], *, limits: Limits) -> System:
    """Read the packages of a system from the .mum files of its folder.

    Args:
        name: What to call the system.

    Raises:
        PlanError: There is no .mum file.
    """
    identities: list[AssemblyIdentity] = []
    notes = [_STATES]
    for container in containers:
        for member in container.members:
            if member.kind is not Kind.MUM or (data := member.data) is None:
                continue
            try:
                identities.append(parse_mum(data, limits=limits).identity)
            except (FormatError, LimitError) as error:
                notes.append(f"{member.name} cannot be read: {error.reason}")
    if not identities:
        raise PlanError("holds no .mum file that can be read")
    return System(
        name=name,
        architecture=_architecture(identities),
        packages=tuple(SystemPackage(identity=identity) for identity in identities),
        notes=tuple(notes),
    )


def _architecture(identities: Sequence[AssemblyIdentity]) -> Architecture | None:
    """Return the architecture of the system's base, else that of most packages."""
    for identity in identities:
        if identity.name.casefold() == _FOUNDATION:
            return Architecture.of(identity.architecture)
    counted = Counter(Architecture.of(identity.architecture) for identity in identities)
    return max(counted, key=lambda known: (counted[known], known or ""), default=None)
