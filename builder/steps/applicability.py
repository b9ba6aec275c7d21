"""Say whether a package is meant for a system, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.errors import FormatError, LimitError, PlanError
from builder.formats.mum import parse_mum
from builder.model.applicability import (
    Explanation,
    Reason,
    State,
    System,
    SystemPackage,
    Truth,
    Verdict,
    conjunction,
    disjunction,
)
from builder.model.hresult import NOT_APPLICABLE
from builder.model.identity import (
    Architecture,
    AssemblyIdentity,
    culture,
    package_name,
)
from builder.model.limits import Limits
from builder.model.package import Package, Parent, Update
from builder.model.unpacked import Container, Kind, Member
from builder.model.version import FileVersion
from builder.steps.branches import judge_updates
from builder.steps.compare_versions import LOGS, compare_versions

_DEEPEST = 100
"""Packages inside packages that are followed; genuine ones have four levels."""

_GONE = 'CBS and DISM logs: "no parent found, go absent", then 0x800f081e'
_DEEP = "inferred from the name of applicabilityEvaluation=deep; not published"
_NEWER = "reports of DISM users; not published"
_ALTERNATIVES = (
    "a clause names packages that exclude each other (the parents of KB2584475 are "
    "of two service packs), and CBS logs: one parent found is enough"
)


def explain(
    containers: Sequence[Container], system: System, *, limits: Limits
) -> tuple[Explanation, ...]:
    """Explain every package that lies in what was opened.

    Raises:
        PlanError: There is no package that could be installed.
    """
    found = tuple(
        _explain(container, package, system)
        for container in containers
        if (package := _Set.of(container, limits)) is not None
    )
    if not found:
        raise PlanError("holds no update.mum and no single .mum")
    return found


@dataclass(slots=True)
class _Set:
    """The packages of one container.

    Attributes:
        start: The one that is installed.
        packages: By folded name, as the servicing stack files them.
        told: Names of packages that were explained already, with what was
            told; None while one is being explained.
    """

    where: tuple[str, ...]
    start: Package
    packages: Mapping[str, Package]
    unread: tuple[str, ...]
    told: dict[str, Truth | None] = field(default_factory=dict)

    @classmethod
    def of(cls, container: Container, limits: Limits) -> "_Set | None":
        """Read the .mum files of a container; None where there is no start."""
        read: list[tuple[Member, Package]] = []
        unread = []
        for member in container.members:
            if member.kind is not Kind.MUM or (data := member.data) is None:
                continue
            try:
                read.append((member, parse_mum(data, limits=limits)))
            except (FormatError, LimitError) as error:
                unread.append(f"{member.name} cannot be read: {error.reason}")
        starts = [pair for pair in read if pair[0].key == "update.mum"]
        if not starts and len(read) == 1:
            starts = read
        if not starts:
            return None
        member, start = starts[0]
        return cls(
            where=member.where,
            start=start,
            packages={package_name(p.identity).casefold(): p for _, p in read},
            unread=tuple(unread),
        )


def _explain(container: Container, packages: _Set, system: System) -> Explanation:
    start = packages.start
    reason = _Judge(packages, system).judge(start)
    own = _own(start.identity, system)
    foreign = _architecture(start.identity, system)
    parts = tuple(part for part in (foreign, own) if part is not None)
    truth = conjunction((*(part.truth for part in parts), reason.truth))
    verdict = {
        Truth.HOLDS: Verdict.APPLICABLE,
        Truth.FAILS: Verdict.NOT_APPLICABLE,
        Truth.UNKNOWN: Verdict.UNKNOWN,
    }[truth]
    if own is not None and own.kind == _SAME:
        verdict = Verdict.INSTALLED
    is_refused = verdict is Verdict.NOT_APPLICABLE
    return Explanation(
        package=package_name(start.identity),
        system=system.name,
        where=packages.where,
        verdict=verdict,
        reason=replace(reason, parts=(*parts, *reason.parts)),
        hresult=NOT_APPLICABLE if is_refused else None,
        source=(reason.source or _GONE) if is_refused else None,
        notes=(*packages.unread, *system.notes, *_not_asked(container, start)),
    )


_SAME, _OTHER = "the same package", "another version"


def _own(identity: AssemblyIdentity, system: System) -> Reason | None:
    """Tell whether the system has the package already, or a newer one."""
    name = package_name(identity)
    for package in system.by_name.get(identity.name.casefold(), ()):
        known = package.identity
        if _other(known, identity) is not None:
            continue
        if known.version == identity.version:
            says = f"it is {package.state} already"
            return Reason(kind=_SAME, name=name, truth=Truth.HOLDS, says=says)
        present, wanted = _version(known), _version(identity)
        if present is not None and wanted is not None and present > wanted:
            says = f"{present} is {package.state}, which is newer"
            return Reason(
                kind=_OTHER, name=name, truth=Truth.FAILS, says=says, source=_NEWER
            )
    return None


def _architecture(identity: AssemblyIdentity, system: System) -> Reason | None:
    if system.architecture is None or identity.architecture is None:
        return None
    own = Architecture.of(identity.architecture)
    if own is system.architecture:
        return None
    says = f"the system is for {system.architecture.word}"
    return Reason(
        kind="architecture", name=identity.architecture, truth=Truth.FAILS, says=says
    )


def _not_asked(container: Container, start: Package) -> Iterator[str]:
    if start.installer is not None:
        installer = start.installer
        yield (
            f"whether the servicing stack is {installer.version} or later was not asked"
        )
    if any(member.key == "update-bf.mum" for member in container.members):
        yield "update-bf.mum was not asked: nothing installs it by itself"


@dataclass(slots=True)
class _Judge:
    """Judges the packages of one set for one system."""

    packages: _Set
    system: System

    def judge(self, package: Package, depth: int = 0) -> Reason:
        """Judge one package with those in it.

        Raises:
            LimitError: They are nested too deeply.
        """
        if depth > _DEEPEST:
            raise LimitError(f"packages nested deeper than {_DEEPEST}")
        key = package_name(package.identity).casefold()
        self.packages.told[key] = None
        clauses = tuple(_clause(parent, self.system) for parent in package.parents)
        truth, says = _clauses(clauses)
        parts = clauses
        is_deep = package.applicability_evaluation == "deep"
        source = None
        if truth is not Truth.FAILS:
            nested = tuple(self._nested(package, depth))
            updates = judge_updates(package, self.system)
            parts = (*clauses, *nested, *updates)
            if is_deep and nested:
                inner = disjunction(tuple(one.truth for one in nested))
                if inner is not Truth.HOLDS:
                    truth, source = conjunction((truth, inner)), _DEEP
                    says = f"{says}; of the packages in it none is known to hold"
        self.packages.told[key] = truth
        state = _state(clauses) if truth is Truth.HOLDS else None
        return Reason(
            kind="package",
            name=package_name(package.identity),
            truth=truth,
            says=says if state is None else f"{says}: it would be {state}",
            source=source,
            parts=parts,
            state=state,
        )

    def _nested(self, package: Package, depth: int) -> Iterator[Reason]:
        for update in package.updates:
            yield from self._of_update(update, depth)

    def _of_update(self, update: Update, depth: int) -> Iterator[Reason]:
        for reference in update.references:
            if reference.kind != "package":
                continue
            name = package_name(reference.identity)
            inner = self.packages.packages.get(name.casefold())
            if inner is None:
                yield Reason(
                    kind="package",
                    name=name,
                    truth=Truth.UNKNOWN,
                    says="it does not lie in the package",
                )
            elif name.casefold() in self.packages.told:
                truth = self.packages.told[name.casefold()] or Truth.UNKNOWN
                yield Reason(kind="package", name=name, truth=truth, says="see above")
            else:
                yield self.judge(inner, depth + 1)


def _clauses(clauses: tuple[Reason, ...]) -> tuple[Truth, str]:
    if not clauses:
        return Truth.HOLDS, "it names no parent"
    truths = {clause.truth for clause in clauses}
    if len(truths) == 1:
        words = {
            Truth.HOLDS: "a parent is there",
            Truth.FAILS: "no parent is there",
            Truth.UNKNOWN: "whether a parent is there cannot be told",
        }
        (truth,) = truths
        return truth, words[truth]
    says = "it has several parent clauses; whether one is enough is not published"
    return Truth.UNKNOWN, says


def _state(clauses: tuple[Reason, ...]) -> State:
    """Return what becomes of a package: no more than of its parents."""
    states = {clause.state for clause in clauses}
    return State.STAGED if State.STAGED in states else State.INSTALLED


def _clause(parent: Parent, system: System) -> Reason:
    """Judge a parent clause: one of its packages is enough."""
    parts = tuple(_parent(identity, parent, system) for identity in parent.identities)
    truth = disjunction(tuple(part.truth for part in parts))
    states = {part.state for part in parts if part.truth is Truth.HOLDS}
    words = (
        ("integrate", parent.integrate),
        ("disposition", parent.disposition),
        ("buildCompare", parent.build_compare),
        ("serviceCompare", parent.service_compare),
        ("distributionCompare", parent.distribution_compare),
        ("revisionCompare", parent.revision_compare),
    )
    state = None
    if states:
        state = State.INSTALLED if State.INSTALLED in states else State.STAGED
    return Reason(
        kind="parent",
        name=", ".join(f"{name}={value}" for name, value in words if value),
        truth=truth,
        says=f"one of these {len(parts):,} is enough" if len(parts) > 1 else "",
        source=_ALTERNATIVES if len(parts) > 1 else None,
        parts=parts,
        state=state,
    )


def _parent(identity: AssemblyIdentity, clause: Parent, system: System) -> Reason:
    """Judge one package of a clause: the best that the system has."""
    name = package_name(identity)
    judged = [
        _candidate(identity, clause, package)
        for package in system.by_name.get(identity.name.casefold(), ())
    ]
    if not judged:
        return Reason(
            kind="parent package",
            name=name,
            truth=Truth.FAILS,
            says="no package of this name is there",
        )
    order = (Truth.HOLDS, Truth.UNKNOWN, Truth.FAILS)
    states = (State.INSTALLED, State.STAGED, None)
    truth, says, state = min(
        judged, key=lambda one: (order.index(one[0]), states.index(one[2]))
    )
    return Reason(
        kind="parent package",
        name=name,
        truth=truth,
        says=says,
        source=None if says.startswith("the same version") else LOGS,
        state=state,
    )


def _candidate(
    identity: AssemblyIdentity, clause: Parent, package: SystemPackage
) -> tuple[Truth, str, State | None]:
    other = _other(package.identity, identity)
    if other is not None:
        return Truth.FAILS, other, None
    present, wanted = _version(package.identity), _version(identity)
    if present is None or wanted is None:
        return Truth.UNKNOWN, "a version that is none", None
    truth, says = compare_versions(present, wanted, clause)
    state = package.state if truth is Truth.HOLDS else None
    return truth, f"{says}, {package.state}", state


def _version(identity: AssemblyIdentity) -> FileVersion | None:
    try:
        return FileVersion.parse(identity.version or "")
    except ValueError:
        return None


def _other(known: AssemblyIdentity, wanted: AssemblyIdentity) -> str | None:
    """Say in what beside its version a package is another one."""
    pairs = (
        ("for", known.architecture, wanted.architecture),
        ("in", culture(known), culture(wanted)),
        ("by", known.public_key_token, wanted.public_key_token),
    )
    for word, present, asked in pairs:
        if (present or "").lower() != (asked or "").lower() and asked != "*":
            return f"it is there {word} {present}, not {word} {asked}"
    return None
