"""Packages that are spread over several cabinets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from builder.model.unpacked import Container, Form, Kind

_START = "update.mum"


def _parts_of(
    containers: Iterable[Container],
) -> Mapping[tuple[str, ...], tuple[Container, ...]]:
    """Return the cabinets that belong to the package around them, by its place.

    A cabinet that lists cabinets has its files in them: service packs and
    large updates are packed so.  One that starts a package is one by itself.
    """
    containers = tuple(containers)
    listing = {
        container.where: list[Container]()
        for container in containers
        if any(member.kind is Kind.CABINETS for member in container.members)
    }
    for container in containers:
        is_own = any(member.key == _START for member in container.members)
        if container.form is Form.CABINET and not is_own:
            around = listing.get(container.where[:-1])
            if around is not None:
                around.append(container)
    return {where: tuple(parts) for where, parts in listing.items() if parts}


def _joined(container: Container, parts: tuple[Container, ...]) -> Container:
    """Return a container with the members of its parts behind its own."""
    members = container.members
    own = {part.where for part in parts}
    return replace(
        container,
        members=(
            *(member for member in members if member.where not in own),
            *(member for part in parts for member in part.members),
        ),
    )


def whole(containers: Sequence[Container]) -> Iterator[tuple[Container, Container]]:
    """Yield each container, and the whole that it starts; without members, a part."""
    parts = _parts_of(containers)
    inside = {part.where for found in parts.values() for part in found}
    for container in containers:
        if container.where in inside:
            yield container, replace(container, members=())
        else:
            yield container, _joined(container, parts.get(container.where, ()))
