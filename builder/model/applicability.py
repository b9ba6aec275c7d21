"""Whether a package is meant for a system: the system, the answer, the reasons.

Source: public CBS logs ("Appl: detect Parent, … VersionComp: EQ, BuildComp: GE,
RevisionComp: GE"; on Windows 7 also ServiceComp and DistributionComp) and the
parents of genuine packages.  What neither tells is unknown, and said to be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from builder.model.hresult import Hresult
from builder.model.identity import Architecture, AssemblyIdentity
from builder.model.version import FileVersion


class State(StrEnum):
    """What a system has of a package; the words are those of CBS."""

    INSTALLED = "installed"
    STAGED = "staged"


class Truth(StrEnum):
    """What can be told of a condition."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What Windows would answer."""

    APPLICABLE = "applicable"
    NOT_APPLICABLE = "not applicable"
    INSTALLED = "already installed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackage:
    """A package that a system has."""

    identity: AssemblyIdentity
    state: State = State.INSTALLED


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemComponent:
    """A component that a system has, as profiles write it.

    Attributes:
        architecture: As manifests spell it; None: that of the system.
    """

    name: str
    version: FileVersion
    architecture: str | None = None


@dataclass(frozen=True, kw_only=True)
class System:
    """What packages are held against.

    Attributes:
        name: What people call it.
        architecture: None where nobody says.
        components: None where nobody lists them.
        notes: What is not known about it, as sentences.
    """

    name: str
    architecture: Architecture | None
    packages: tuple[SystemPackage, ...]
    components: tuple[SystemComponent, ...] | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, tuple[SystemPackage, ...]]:
        """Packages by folded name, in order."""
        found: dict[str, list[SystemPackage]] = {}
        for package in self.packages:
            found.setdefault(package.identity.name.casefold(), []).append(package)
        return {name: tuple(packages) for name, packages in found.items()}

    @cached_property
    def highest(self) -> Mapping[tuple[str, str], FileVersion]:
        """The highest version of each component, by folded name and architecture."""
        own = "" if self.architecture is None else self.architecture.value
        found: dict[tuple[str, str], FileVersion] = {}
        for component in self.components or ():
            key = component.name.casefold(), component.architecture or own
            found[key] = max(component.version, found.get(key, component.version))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A condition, what can be told of it, and what that rests on.

    Attributes:
        kind: "package", "parent", "parent package", "update", "condition" and
            so on.
        name: Of what is asked for.
        says: Why it holds, fails or is unknown: one clause.
        source: What the claim rests on, where that is not the package itself.
        parts: The conditions that it consists of.
        state: Of a package that holds: what would become of it.
    """

    kind: str
    name: str
    truth: Truth
    says: str = ""
    source: str | None = None
    parts: tuple["Reason", ...] = ()
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether one package is meant for one system, and why.

    Attributes:
        where: Path through the containers to its document.
        hresult: What Windows answers where it refuses; None else.
        source: What that claim rests on.
        notes: What was not asked or is not known, as sentences.
    """

    package: str
    system: str
    where: tuple[str, ...]
    verdict: Verdict
    reason: Reason
    hresult: Hresult | None = None
    source: str | None = None
    notes: tuple[str, ...] = ()


def conjunction(truths: tuple[Truth, ...]) -> Truth:
    """Tell whether all hold."""
    if Truth.FAILS in truths:
        return Truth.FAILS
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.HOLDS


def disjunction(truths: tuple[Truth, ...]) -> Truth:
    """Tell whether one of them holds."""
    if Truth.HOLDS in truths:
        return Truth.HOLDS
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.FAILS
