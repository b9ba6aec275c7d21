"""Where members go when a package is extracted."""

from collections.abc import Iterable, Iterator
from typing import Final

from builder.errors import LocatedError
from builder.model.unpacked import Container

_SUFFIXES: Final = (".cab", ".msu", ".wim", ".esd")


def extracted_name(where: tuple[str, ...]) -> str:
    r"""Return the name of a member below the folder of the extraction.

    Members of an inner container go to a folder beside it that has its name
    without the suffix: ("a.msu", "b.cab", "x\\y") is "b\\x\\y".

    Args:
        where: Path through the containers, the top-level file first.
    """
    *containers, name = where[1:]
    return "\\".join([*map(_folder, containers), name])


def _folder(container: str) -> str:
    stem, suffix = container[:-4], container[-4:].casefold()
    return stem if stem and suffix in _SUFFIXES else f"{container}.d"


def not_extracted(
    containers: Iterable[Container],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what the containers hold and did not give, with the reason."""
    for container in containers:
        waiting: dict[str, list[tuple[str, ...]]] = {}
        if container.damage is not None:
            yield container.where, _sentence(container.damage)
        if container.index_damage is not None:
            place = *container.where, *container.index_damage.source
            yield place, _sentence(container.index_damage)
        if container.waits is not None and len(container.where) == 1:
            yield container.where, container.waits
        for member in container.members:
            if member.damage is not None:
                yield member.where, _sentence(member.damage)
            elif not member.is_read:
                reason = member.waits or "lies behind a damage"
                waiting.setdefault(reason, []).append(member.where)
        for reason, places in waiting.items():
            if len(places) == 1:
                yield places[0], reason
            else:
                count = f"{len(places):,} files, the first of them {places[0][-1]}"
                yield container.where, f"{count}: {reason}"


def _sentence(error: LocatedError) -> str:
    if error.offset is not None:
        return f"{error.reason} (byte {error.offset:#x})"
    return error.reason if error.line is None else f"{error.reason} (line {error.line})"
