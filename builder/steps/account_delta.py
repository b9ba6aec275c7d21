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
            known = "known from the index alone" if members[0].promise else "not opened"
            yield (
                f"{_count(len(members), 'file')} of {_place(container)}, {known}: "
                f"{reason}"
            )
        if container.unused:
            count = _count(container.unused, "delta")
            yield f"{count} of {_place(container)} that its index does not use"


def _place(container: Container) -> str:
    return "!".join(container.where)
