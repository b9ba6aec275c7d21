"""Put two portraits beside each other."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from builder.model.change import Change, Difference, FactChange, Side, Way
from builder.model.portrait import BYTES, Part, Portrait
from builder.steps.portray_xml import DEPLOYMENT, walk

Path = tuple[Part, ...]
_ARCHITECTURE = "processorArchitecture"


@dataclass(frozen=True, slots=True)
class Natives:
    """The architectures of two files.

    That each part of one is for x86 and each part of the other for x64 is one
    difference, not thousands.
    """

    first: str | None = None
    second: str | None = None

    def agree(self, fact: FactChange) -> bool:
        """Tell a fact that says nothing but for which of the two it is."""
        return fact.name.rpartition("/")[2] == _ARCHITECTURE and (
            (fact.first or "").lower(),
            (fact.second or "").lower(),
        ) == (self.first, self.second)


def differ(first: Portrait, second: Portrait) -> Difference:
    """Find where two files differ, by what they mean.

    Parts are matched by their keys, which name no version; of parts with one
    key, those of one version, then in order.  A part on one side only is one
    change, whatever it consists of.
    """
    natives = Natives(first.architecture, second.architecture)
    found = list(compare_parts(first.root, second.root, natives))
    return Difference(
        first=first.name,
        second=second.name,
        changes=tuple(sorted(found, key=_order)),
        unread=(*first.unread, *second.unread),
    )


def _order(change: Change) -> tuple[tuple[str, ...], str, str, str]:
    facts = "\n".join(f"{f.name}={f.first}={f.second}" for f in change.facts)
    folded = tuple(name.casefold() for name in change.path)
    return folded, change.kind, change.way.value, facts


def compare_parts(
    first: Part, second: Part, natives: Natives, path: Path = ()
) -> Iterator[Change]:
    """Yield the changes between two parts that were matched."""
    inner = (*path, first)
    below = list(_compare_children(first, second, natives, inner))
    facts = tuple(f for f in _facts(first, second) if not natives.agree(f))
    if facts and (below or len(facts) > 1):
        facts = tuple(fact for fact in facts if fact.name != BYTES)
    if facts:
        yield Change(
            way=Way.CHANGED,
            kind=first.kind,
            path=_names(inner),
            kinds=_kinds(inner),
            key=first.key,
            facts=facts,
            first=_side(first),
            second=_side(second),
        )
    yield from below


def _compare_children(
    first: Part, second: Part, natives: Natives, path: Path
) -> Iterator[Change]:
    is_outermost = len(path) == 1
    for one, other in pairs(first.parts, second.parts, leftovers=is_outermost):
        if one is None and other is not None:
            yield _alone(other, path, Way.ADDED, beside=_side(first))
        elif other is None and one is not None:
            yield _alone(one, path, Way.REMOVED, beside=_side(second))
        elif one is not None and other is not None:
            yield from compare_parts(one, other, natives, path)


def pairs(
    first: Sequence[Part], second: Sequence[Part], *, leftovers: bool = False
) -> Iterator[tuple[Part | None, Part | None]]:
    """Match the parts of two sides.

    Args:
        leftovers: Match also the only two of a kind that are left over: the
            packages in two files, whatever they are called.
    """
    groups: dict[tuple[str, str], tuple[list[Part], list[Part]]] = defaultdict(
        lambda: ([], [])
    )
    for at, parts in enumerate((first, second)):
        for part in parts:
            groups[part.kind, part.key][at].append(part)
    alone: tuple[list[Part], list[Part]] = ([], [])
    for ones, others in groups.values():
        for one, other in _in_group(ones, others):
            if one is None and other is not None:
                alone[1].append(other)
            elif other is None and one is not None:
                alone[0].append(one)
            else:
                yield one, other
    alone = yield from _only_ones(*alone, leftovers=leftovers)
    yield from ((part, None) for part in alone[0])
    yield from ((None, part) for part in alone[1])


def _in_group(
    ones: list[Part], others: list[Part]
) -> Iterable[tuple[Part | None, Part | None]]:
    """Match parts of one key: by version, then in order of versions."""
    if len(ones) == len(others) == 1:
        return ((ones[0], others[0]),)
    waiting: dict[str, list[Part]] = defaultdict(list)
    for other in reversed(others):
        waiting[other.version].append(other)
    matched: list[tuple[Part | None, Part | None]] = []
    left: list[Part] = []
    for one in ones:
        if waiting[one.version]:
            matched.append((one, waiting[one.version].pop()))
        else:
            left.append(one)
    right = [part for parts in waiting.values() for part in reversed(parts)]
    left.sort(key=_version)
    right.sort(key=_version)
    return [*matched, *zip_longest(left, right)]


def _version(part: Part) -> tuple[tuple[int, ...], str]:
    numbers = part.version.split(".")
    if all(number.isascii() and number.isdigit() for number in numbers):
        return tuple(int(number[:9]) for number in numbers), part.version
    return (), part.version


def _loose(part: Part, *, leftovers: bool) -> tuple[str, ...] | None:
    """Return what a part may be matched by where it is the only one left.

    Deployments are named by what they install; one that installs more or less
    is the same one all the same.
    """
    before, mark, _ = part.key.partition(DEPLOYMENT)
    if mark:
        return part.kind, before, part.version
    return (part.kind,) if leftovers else None


def _only_ones(
    ones: list[Part], others: list[Part], *, leftovers: bool
) -> Generator[tuple[Part, Part], None, tuple[list[Part], list[Part]]]:
    """Yield the parts that are the only ones of a sort; return the others."""
    sorts: dict[tuple[str, ...], tuple[list[Part], list[Part]]] = defaultdict(
        lambda: ([], [])
    )
    left: tuple[list[Part], list[Part]] = ([], [])
    for at, parts in enumerate((ones, others)):
        for part in parts:
            sort = _loose(part, leftovers=leftovers)
            (left if sort is None else sorts[sort])[at].append(part)
    for mine, theirs in sorts.values():
        if len(mine) == len(theirs) == 1:
            yield mine[0], theirs[0]
        else:
            left[0].extend(mine)
            left[1].extend(theirs)
    return left


def _facts(first: Part, second: Part) -> Iterator[FactChange]:
    ones, others = _by_name(first), _by_name(second)
    for name in dict.fromkeys((*ones, *others)):
        for one, other in zip_longest(ones.get(name, ()), others.get(name, ())):
            if one != other:
                yield FactChange(name=name, first=one, second=other)


def _by_name(part: Part) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in part.facts:
        found.setdefault(name, []).append(value)
    return found


def _alone(part: Part, path: Path, way: Way, *, beside: Side) -> Change:
    inner = (*path, part)
    is_added = way is Way.ADDED
    return Change(
        way=way,
        kind=part.kind,
        path=_names(inner),
        kinds=_kinds(inner),
        key=part.key,
        facts=tuple(
            FactChange(
                name=name,
                first=None if is_added else value,
                second=value if is_added else None,
            )
            for name, value in part.facts
        ),
        inside=sum(1 for _ in walk(part)) - 1,
        first=None if is_added else _side(part),
        second=_side(part) if is_added else None,
        beside=beside,
    )


def _names(path: Path) -> tuple[str, ...]:
    """Name the way to a part, without the input itself."""
    return tuple(part.name for part in path[1:]) or (path[0].name,)


def _kinds(path: Path) -> tuple[str, ...]:
    return tuple(part.kind for part in path[1:]) or (path[0].kind,)


def _side(part: Part) -> Side:
    return Side(where=part.where, line=part.line)
