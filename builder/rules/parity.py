"""What the rules about siblings share: which rule an oddity is the business of."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from builder.model.change import FactChange, Way
from builder.model.finding import Hit
from builder.model.identity import Architecture
from builder.model.machine import NATIVE, machine_word
from builder.model.portrait import Part
from builder.model.siblings import FilePair, Oddity, Sibling, Siblings

_DOCUMENTS = frozenset({"package", "component"})
_REFERENCES = frozenset({"condition", "dependency", "update"})
_PARENTS = frozenset({"parent", "parent package"})
_BESIDE = frozenset({"container", "package set", "properties", "unattend"})
_LISTED = _DOCUMENTS | _REFERENCES | _BESIDE | {"file"}
_IDENTITY = frozenset(
    {
        "buildType",
        "language",
        "name",
        "processorArchitecture",
        "publicKeyToken",
        "type",
        "version",
        "versionScope",
    }
)


class Concern(Enum):
    """What an oddity is about."""

    IDENTITY = auto()
    PART = auto()
    PARENT = auto()
    ATTRIBUTE = auto()
    FILE_VERSION = auto()
    CONTENT = auto()


def oddities(siblings: Siblings, concern: Concern) -> Iterator[Oddity]:
    """Yield the oddities of one concern, with the facts that belong to it.

    Packages that are no siblings are HF701 and not compared; what follows from
    another oddity is left out.
    """
    known = _Known.of(siblings)
    for oddity in siblings.oddities:
        if not all(are_alike(oddity.odd, other) for other in oddity.others):
            continue
        if oddity.change.way is not Way.CHANGED:
            if _of_part(oddity) is concern and not known.explains(oddity):
                yield oddity
            continue
        facts = tuple(
            fact
            for fact in oddity.change.facts
            if _of_fact(oddity, fact) is concern and not known.accounts(oddity, fact)
        )
        if facts:
            yield replace(oddity, change=replace(oddity.change, facts=facts))


def are_alike(one: Sibling, other: Sibling) -> bool:
    """Tell whether two packages can be siblings."""
    return one.identifier == other.identifier and one.architecture != other.architecture


def _of_part(oddity: Oddity) -> Concern:
    kind = oddity.change.kind
    if kind in _PARENTS:
        return Concern.PARENT
    is_in_component = len(oddity.change.kinds) > 2
    if kind in _LISTED - {"dependency"} or not is_in_component:
        return Concern.PART
    return Concern.CONTENT


def _of_fact(oddity: Oddity, fact: FactChange) -> Concern:
    kind = oddity.change.kind
    if kind == "file":
        return _of_file_fact(oddity, fact)
    if kind in _PARENTS:
        return Concern.PARENT
    is_own = kind in _DOCUMENTS and fact.name in _IDENTITY
    if is_own or (kind in _REFERENCES and fact.name.rpartition("/")[2] in _IDENTITY):
        return Concern.IDENTITY
    if kind in _BESIDE | _REFERENCES | {"package"}:
        return Concern.ATTRIBUTE
    return Concern.CONTENT


def _of_file_fact(oddity: Oddity, fact: FactChange) -> Concern:
    if any(known.name == "payload" for known in oddity.change.facts):
        return Concern.PART
    is_version = fact.name == "file version"
    return Concern.FILE_VERSION if is_version else Concern.CONTENT


@dataclass(frozen=True, slots=True)
class _Known:
    """What explains other oddities: one cause, one finding."""

    absent: frozenset[tuple[str, str]]
    identities: frozenset[tuple[str, str, str | None, str | None]]
    swapped: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, siblings: Siblings) -> "_Known":
        documents = [o for o in siblings.oddities if o.change.kind in _DOCUMENTS]
        return cls(
            absent=frozenset((o.odd.name, o.change.key) for o in documents),
            identities=frozenset(
                (o.odd.name, fact.name, fact.first, fact.second)
                for o in documents
                for fact in o.change.facts
            ),
            swapped=frozenset(part.where for _, _, part, _ in swaps(siblings)),
        )

    def explains(self, oddity: Oddity) -> bool:
        """Tell a reference to a document that is absent, too."""
        if oddity.change.kind not in _REFERENCES:
            return False
        key = oddity.change.key
        keys = (key, key.partition(" ")[2])  # updates: what they bring comes last
        return any((oddity.odd.name, known) in self.absent for known in keys)

    def accounts(self, oddity: Oddity, fact: FactChange) -> bool:
        """Tell a reference to a document whose identity differs in the same way."""
        if oddity.change.kind == "file":
            return oddity.side.where in self.swapped
        if oddity.change.kind not in _REFERENCES:
            return False
        last = fact.name.rpartition("/")[2]
        return (oddity.odd.name, last, fact.first, fact.second) in self.identities


def hits(found: Iterator[Oddity]) -> Iterator[Hit]:
    """Say of each oddity what is odd."""
    for oddity in found:
        side = oddity.side
        if oddity.change.way is Way.CHANGED:
            says = "; ".join(map(_fact, oddity.change.facts))
            message = f"{oddity.title}: {says} ({oddity.words})"
        elif oddity.is_missing:
            message = f"{oddity.title} is not there; {oddity.words} has it"
        else:
            message = f"{oddity.title} is not in {oddity.words}"
        yield Hit(where=side.where, message=message, line=side.line)


def _fact(fact: FactChange) -> str:
    seen = "absent" if fact.second is None else repr(fact.second)
    wanted = "absent" if fact.first is None else repr(fact.first)
    return f"{fact.name} is {seen}, not {wanted}"


Swap = tuple[Sibling, Sibling, Part, str]


def swaps(siblings: Siblings) -> Iterator[Swap]:
    """Yield the files of one sibling that belong into another, and why."""
    told: set[tuple[str, ...]] = set()
    for pair in siblings.files:
        if not are_alike(pair.first, pair.second):
            continue
        for swap in (*_swap(pair), *_swap(_turned(pair))):
            if swap[2].where not in told:
                told.add(swap[2].where)
                yield swap


def _turned(pair: FilePair) -> FilePair:
    return FilePair(
        first=pair.second, second=pair.first, one=pair.other, other=pair.one
    )


def _swap(pair: FilePair) -> Iterator[Swap]:
    """Tell whether the first file of a pair belongs to the second sibling."""
    seen, digest = pair.one.fact("machine"), pair.one.fact("sha256")
    is_copy = digest is not None and digest == pair.other.fact("sha256")
    own, foreign = _machine(pair.first), _machine(pair.second)
    if seen is not None and seen == foreign and seen != own:
        same = ", byte for byte that of its package" if is_copy else ""
        yield pair.first, pair.second, pair.one, f"built for {seen}{same}"
        return
    if digest is None or digest == _promised(pair.one):
        return
    if is_copy or digest == _promised(pair.other):
        yield pair.first, pair.second, pair.one, f"the file of {pair.second.word}"


def _machine(sibling: Sibling) -> str | None:
    architecture = Architecture.of(sibling.architecture)
    return None if architecture is None else machine_word(NATIVE[architecture])


def _promised(part: Part) -> str | None:
    try:
        return b64decode(part.fact("hash/DigestValue") or "", validate=True).hex()
    except (Error, ValueError):
        return None
