"""What a package refers to and does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.model.identity import keyform, package_name
from builder.model.subject import Document, PackageSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A document that is referred to and not there.

    Attributes:
        name: Of the document, folded, with its suffix.
        document: The first one that refers to it.
        referrers: How many do.
    """

    name: str
    document: Document
    line: int | None
    referrers: int = 1

    @property
    def others(self) -> str:
        """A clause about the other referrers, or nothing."""
        return f" ({self.referrers:,} references)" if self.referrers > 1 else ""


def _is_faulty(document: Document, line: int | None) -> bool:
    return any(fault.line == line for fault in document.faults)


def _referred(packages: PackageSet) -> Iterator[Absence]:
    for document, package in packages.packages:
        for update in package.updates:
            for reference in update.references:
                identity = reference.identity
                if _is_faulty(document, reference.line):
                    continue  # HF102
                if reference.kind != "package":
                    name = f"{keyform(identity)}.manifest"
                elif reference.contained == "false":
                    continue
                else:
                    name = f"{package_name(identity)}.mum"
                yield Absence(
                    name=name.casefold(), document=document, line=reference.line
                )
    for document, component in packages.components:
        for dependency in component.dependencies:
            if dependency.dependency_type == "install":
                name = f"{keyform(dependency.identity)}.manifest"
                yield Absence(name=name, document=document, line=dependency.line)


def absences(packages: PackageSet) -> tuple[Absence, ...]:
    """Return what is referred to and absent, each once, in order of reference.

    A document answers by its file name or by its identity: that the two
    differ is another rule's cause.
    """
    known = set(packages.members)
    known |= {
        f"{package_name(package.identity)}.mum".casefold()
        for _, package in packages.packages
    }
    known |= {f"{keyform(c.identity)}.manifest" for _, c in packages.components}
    found: dict[str, list[Absence]] = {}
    for absence in _referred(packages):
        if absence.name not in known:
            found.setdefault(absence.name, []).append(absence)
    return tuple(
        Absence(
            name=name,
            document=same[0].document,
            line=same[0].line,
            referrers=len(same),
        )
        for name, same in found.items()
    )


def missed(packages: PackageSet) -> frozenset[str]:
    """Return the folded names, without folders, of everything that is absent."""
    names = {absence.name for absence in absences(packages)}
    names |= {
        promise.path.rpartition("\\")[2]
        for promise in packages.promised
        if promise.member is None
    }
    return frozenset(names)
