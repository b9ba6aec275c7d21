"""What an answer about a delta package rests on."""

from collections.abc import Iterable, Iterator

from builder.model.unpacked import Container, Member


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def restored_sentences(containers: Iterable[Container]) -> Iterator[str]:
    """Say how many files of each delta package were checked directly."""
    for container in containers:
        restored = [m for m in container.members if m.promise and m.facts is not None]
        if restored:
            raw = sum(m.promise.is_raw for m in restored if m.promise)
            copies = sum(m.promise.is_copy for m in restored if m.promise)
            deltas = len(restored) - raw - copies
            yield (
                f"{_count(len(restored), 'file')} of {_place(container)} restored and "
                f"checked against its index: {raw:,} as they are, "
                f"{deltas:,} from deltas, {copies:,} copies"
            )


def waiting_sentences(containers: Iterable[Container]) -> Iterator[str]:
    """Say what was not unpacked although nothing is wrong with it."""
    for container in containers:
        waiting: dict[str, list[Member]] = {}
        for member in container.members:
            if member.waits is not None and member.damage is None:
                waiting.setdefault(member.waits, []).append(member)
        for reason, members in waiting.items():
            known = "not opened" if members[0].facts else "known from the index alone"
            yield (
                f"{_count(len(members), 'file')} of {_place(container)}, {known}: "
                f"{reason}"
            )
        if container.unused:
            count = _count(container.unused, "delta")
            yield f"{count} of {_place(container)} that its index does not use"


def expanded_sentences(containers: Iterable[Container]) -> Iterator[str]:
    """Say what decoded manifests rest on: a base that nothing vouches for."""
    used: dict[str, int] = {}
    for container in containers:
        for member in container.members:
            if member.expanded is not None:
                base = member.expanded.base
                used[base] = used.get(base, 0) + 1
    for base, number in used.items():
        count = _count(number, "compressed manifest")
        yield f"{count} (DCM) decoded with {base}; no hash says that it is the base"


def _place(container: Container) -> str:
    return "!".join(container.where)
