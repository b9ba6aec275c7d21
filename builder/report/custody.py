"""Chains of custody and signatures, for people and for machines."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from builder.model.custody import Custody, Link
from builder.model.escaped import printable

SCHEMA = "https://hotfix-builder.invalid/schemas/custody-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def render_links(links: Iterable[Link], *, level: int = 0) -> Iterator[str]:
    """Yield lines without line ends; each link stands below the one before."""
    for depth, link in enumerate(links, start=level):
        indent = "  " * depth
        yield f"{indent}{link.kind}: {link.state}: {printable(link.says)}"
        for detail in link.details:
            yield f"{indent}  | {printable(detail)}"


def render_custody(chains: Iterable[Custody]) -> str:
    """Render chains as trees, each with a verdict, with a final line end."""
    lines: list[str] = []
    for chain in chains:
        place = printable("!".join(chain.where))
        lines.append(place)
        lines.extend(render_links(chain.links, level=1))
        broken = chain.broken
        if broken is None:
            lines.append(f"{place}: unbroken")
        else:
            lines.append(f"{place}: broken at {broken.kind}: {printable(broken.says)}")
    return "".join(f"{line}\n" for line in lines)


def link_json(link: Link) -> dict[str, Any]:
    """Return a link as JSON values."""
    return {
        "link": link.kind.value,
        "state": link.state.value,
        "says": link.says,
        "details": list(link.details),
    }


def render_custody_json(chains: Iterable[Custody]) -> str:
    """Render chains as JSON in ASCII with a final line end."""
    shown = [
        {
            "where": list(chain.where),
            "broken": None if chain.broken is None else chain.broken.kind.value,
            "links": [link_json(link) for link in chain.links],
        }
        for chain in chains
    ]
    document = {"schema": SCHEMA, "chains": shown}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
