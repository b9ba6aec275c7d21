"""Who is wrong: facts that do not depend on each other, held against a cell.

Where at least two of them agree and only one cell, or only the file, says
something else, that one is the odd one out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from builder.model.identity import Architecture, keyform
from builder.model.kb import FileEntry
from builder.model.keyform import Outcome, Solution, parse_keyform, solve
from builder.model.machine import MACHINES
from builder.model.subject import Delivery, PackageSet, PromisedFile
from builder.model.unpacked import Member
from builder.model.version import FileVersion

_MANIFEST = re.compile(r".{1,200}\.manifest", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one source says.

    Attributes:
        source: In words, such as "the version resource".
        is_file: It is about the file that lies in the package.
    """

    source: str
    value: object
    is_file: bool = False


def verdict(promised: object, facts: Sequence[Fact], *, shown: str) -> str | None:
    """Say who is wrong about a cell; None where the facts do not tell.

    Args:
        promised: What the article's cell says.
        shown: The name of the cell, such as "file version".
    """
    against = [fact for fact in facts if fact.value != promised]
    if not against:
        return None
    values = {fact.value for fact in against}
    for_article = [fact for fact in facts if fact.value == promised]
    if not for_article and len(values) == 1 and len(against) >= 2:
        return (
            f"the article's {shown} is the odd one out: {_listed(against)} "
            f"agree on {against[0].value}"
        )
    about_file = [fact for fact in against if fact.is_file]
    if about_file == against and len(against) == 1 and for_article:
        supporters = [Fact(source="the article", value=promised), *for_article]
        return f"the file is the odd one out: {_listed(supporters)} agree on {promised}"
    return None


def _listed(facts: Sequence[Fact]) -> str:
    names = list(dict.fromkeys(fact.source for fact in facts))
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What a package and its article know about files, ready to be asked.

    Attributes:
        promises: By folded path of a member, the manifest's word about it.
        manifests: By folded name of a component, the versions that manifest
            rows of the article print for it.
    """

    promises: Mapping[str, PromisedFile]
    manifests: Mapping[tuple[Architecture, str], frozenset[FileVersion]]

    @classmethod
    def of(cls, packages: PackageSet, delivery: Delivery) -> "Witnesses":
        manifests: dict[tuple[Architecture, str], set[FileVersion]] = {}
        for entry in delivery.spec.files:
            solution = solved(entry.name)
            if solution is not None and solution.outcome is Outcome.SOLVED:
                version = _parsed(solution.printed.version)
                if version is not None:
                    key = entry.architecture, solution.printed.name
                    manifests.setdefault(key, set()).add(version)
        return cls(
            promises={promise.path: promise for promise in packages.promised},
            manifests={key: frozenset(found) for key, found in manifests.items()},
        )

    def version(self, entry: FileEntry, member: Member) -> Iterator[Fact]:
        """Yield what says which version a file has."""
        pe = member.facts.pe if member.facts is not None else None
        if pe is not None and pe.version is not None:
            yield Fact(source="the version resource", value=pe.version, is_file=True)
        promise = self.promises.get(member.key)
        if promise is not None:
            stated = _parsed(promise.component.identity.version)
            if stated is not None:
                yield Fact(source="the component's manifest", value=stated)
        folder = member.key.rpartition("\\")[0].rpartition("\\")[2]
        solution = solved(f"{folder}.manifest") if folder else None
        if solution is None or solution.outcome is not Outcome.SOLVED:
            return
        printed = _parsed(solution.printed.version)
        if printed is not None:
            yield Fact(source="the key of the component's name", value=printed)
        listed = self.manifests.get((entry.architecture, solution.printed.name))
        if listed is not None and len(listed) == 1:
            yield Fact(
                source="the article's own manifest row", value=next(iter(listed))
            )

    def size(self, member: Member) -> Iterator[Fact]:
        """Yield what says how long a file is."""
        yield Fact(source="the container", value=member.size, is_file=True)
        if member.facts is None:
            return
        known = (member.facts.sha1, member.facts.sha256)
        promise = self.promises.get(member.key)
        if promise is not None and promise.file.digest is not None:
            holds = promise.file.digest in known
            value = member.size if holds else "another length"
            if holds:
                yield Fact(source="the digest in its manifest", value=value)
        if member.promise is not None and member.promise.digest in known:
            yield Fact(source="the digest in the delta's index", value=member.size)

    def platform(self, member: Member) -> Iterator[Fact]:
        """Yield what says for which platform a file is built, as a word."""
        pe = member.facts.pe if member.facts is not None else None
        if pe is not None:
            for architecture, machines in MACHINES.items():
                if pe.machine in machines and architecture != Architecture.WOW64:
                    word = Architecture(architecture).word
                    yield Fact(source="the machine number", value=word, is_file=True)
        promise = self.promises.get(member.key)
        if promise is not None:
            stated = Architecture.of(promise.component.identity.architecture)
            if stated is not None:
                word = "x86" if stated is Architecture.WOW64 else stated.word
                yield Fact(source="the component's manifest", value=word)
                if member.key.startswith(f"{keyform(promise.component.identity)}\\"):
                    yield Fact(source="the key of the component's name", value=word)


def solved(name: str) -> Solution | None:
    """Solve the key in the name of a manifest; None for all other names."""
    if not _MANIFEST.fullmatch(name):
        return None
    try:
        parse_keyform(name)
        return solve(name)
    except ValueError:
        return None


def _parsed(text: str | None) -> FileVersion | None:
    try:
        return FileVersion.parse(text or "")
    except ValueError:
        return None
