"""Put packages of one update for several architectures beside each other.

Each is portrayed, stripped of what architectures may differ in, and compared
with the first one.  What may differ: architectures themselves and words for
them in names, keys, digests, sizes, times, machines, catalogs, and on 64-bit
systems what is there for 32-bit programs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from builder.model.change import Change, FactChange, Way
from builder.model.portrait import BYTES, Part, Portrait
from builder.model.sharing import shared
from builder.model.siblings import FilePair, Oddity, Sibling, Siblings
from builder.steps.differ import Natives, compare_parts, pairs
from builder.steps.portray_file import own_words
from builder.steps.portray_xml import DEPLOYMENT, walk

_WIDE = frozenset({"amd64", "ia64", "arm64"})
_TWIN = re.compile(r"~(?:x86|wow64|arm64\.x86|arm)~")
_FREE_PARTS = frozenset({"catalog", "index"})
# Facts that follow from the architecture, or from when a package was made.
_FREE = frozenset(
    {
        BYTES,
        "architecture",
        "creationTimeStamp",
        "damage",
        "hash/DigestValue",
        "issued",
        "lastUpdateTimeStamp",
        "machine",
        "modified",
        "Processor Architecture",
        "sha1",
        "sha256",
        "size",
        "waits",
    }
)
_ARCHITECTURE = "processorArchitecture"


def compare_siblings(portraits: Sequence[Portrait]) -> Siblings:
    """Compare packages of one update, one for each architecture.

    Args:
        portraits: Two or more.
    """
    common = [_common(portrait) for portrait in portraits]
    members = tuple(
        _sibling(portrait, root)
        for portrait, root in zip(portraits, common, strict=True)
    )
    found: list[tuple[Sibling, tuple[Change, ...]]] = []
    for member, root in zip(members[1:], common[1:], strict=True):
        found.append((member, tuple(compare_parts(common[0], root, Natives()))))
    files: list[FilePair] = []
    named = zip(members, portraits, strict=True)
    for (one, first), (other, second) in combinations(named, 2):
        files += _files(first.root, second.root, (one, other))
    return Siblings(
        members=members,
        oddities=tuple(_oddities(members[0], found)),
        files=tuple(files),
    )


def _sibling(portrait: Portrait, root: Part) -> Sibling:
    identifiers = {
        value
        for part in walk(root)
        if part.kind == "package" and part.key.count("~")
        for value in [part.fact("package/identifier")]
        if value is not None
    }
    # A second family of the same package, such as KB2999226_BF.
    shortest = min(identifiers, key=len, default=None)
    return Sibling(
        name=portrait.name,
        architecture=portrait.architecture,
        identifier=shortest,
        compared=sum(1 for _ in walk(root)) - 1,
        parents=frozenset(p.key for p in walk(root) if p.kind == "parent package"),
    )


def _common(portrait: Portrait) -> Part:
    """Strip a portrait of what may differ."""
    native = portrait.architecture or ""
    return _stripped(portrait.root, native, is_wide=native in _WIDE)


def _stripped(part: Part, native: str, *, is_wide: bool) -> Part:
    kept = []
    for child in part.parts:
        if child.kind in _FREE_PARTS or (is_wide and _is_twin(child)):
            continue
        kept.append(_stripped(child, native, is_wide=is_wide))
    facts = tuple(
        shared((name, own_words(value, native)))
        for name, value in part.facts
        if not _is_free(part, name, value, native)
    )
    return replace(part, facts=facts, parts=tuple(kept))


def _is_twin(part: Part) -> bool:
    """Tell what a 64-bit system has for 32-bit programs only."""
    return _TWIN.search(part.key) is not None


def _is_free(part: Part, name: str, value: str, native: str) -> bool:
    last = name.rpartition("/")[2]
    if name in _FREE or (last == _ARCHITECTURE and value.lower() == native):
        return True
    if last == "name" and part.kind in ("update", "component", "dependency"):
        return part.kind == "update" or DEPLOYMENT in part.key
    return name == "name" and part.kind in ("package set", "container")


def _oddities(
    first: Sibling, found: Sequence[tuple[Sibling, tuple[Change, ...]]]
) -> Iterator[Oddity]:
    """Say who is the odd one: the first one, if all others agree against it."""
    agreeing: dict[object, list[Sibling]] = defaultdict(list)
    for member, changes in found:
        for change in changes:
            agreeing[_signature(change)].append(member)
    told: set[object] = set()
    for member, changes in found:
        for change in changes:
            signature = _signature(change)
            against = agreeing[signature]
            if len(found) == 1 or len(against) < len(found):
                others = [first]
                others += [m for m, _ in found if m not in against]
                yield Oddity(odd=member, others=tuple(others), change=change)
            elif signature not in told:
                told.add(signature)
                yield Oddity(odd=first, others=tuple(against), change=_turned(change))


def _signature(change: Change) -> object:
    return change.way, change.kinds, change.path, change.facts


def _turned(change: Change) -> Change:
    """Turn a change around: from the second side to the first.

    Where a part is absent now, what should hold it lies where it was said to.
    """
    ways = {Way.ADDED: Way.REMOVED, Way.REMOVED: Way.ADDED}
    return replace(
        change,
        way=ways.get(change.way, change.way),
        facts=tuple(
            FactChange(name=fact.name, first=fact.second, second=fact.first)
            for fact in change.facts
        ),
        first=change.second,
        second=change.first,
    )


def _files(first: Part, second: Part, who: tuple[Sibling, Sibling]) -> list[FilePair]:
    """Pair the files of native components."""
    found: list[FilePair] = []
    waiting = [(first, second)]
    while waiting:
        above, beside = waiting.pop()
        for one, other in pairs(above.parts, beside.parts, leftovers=above is first):
            if one is None or other is None:
                continue
            if one.kind == "file" and "~*~" in above.key:
                pair = FilePair(first=who[0], second=who[1], one=one, other=other)
                found.append(pair)
            elif one.kind in ("package set", "component"):
                waiting.append((one, other))
    return found
