"""Differences for machines: the shape of difference.schema.json."""

import json
from typing import Any

from builder.model.change import Change, Difference, Side, Way

SCHEMA = "https://hotfix-builder.invalid/schemas/difference-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def _side(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    shown: dict[str, Any] = {"where": list(side.where)}
    if side.line is not None:
        shown["line"] = side.line
    return shown


def _change(change: Change) -> dict[str, Any]:
    steps = zip(change.kinds, change.path, strict=True)
    return {
        "way": change.way.value,
        "kind": change.kind,
        "path": [{"kind": kind, "name": name} for kind, name in steps],
        "facts": [
            {"name": fact.name, "first": fact.first, "second": fact.second}
            for fact in change.facts
        ],
        "inside": change.inside,
        "first": _side(change.first),
        "second": _side(change.second),
    }


def render_difference_json(difference: Difference) -> str:
    """Render a difference as JSON in ASCII with a final line end."""
    document = {
        "schema": SCHEMA,
        "first": difference.first,
        "second": difference.second,
        "equal": not difference.changes,
        "summary": {way.value: difference.count(way) for way in Way},
        "changes": [_change(change) for change in difference.changes],
        "unread": list(difference.unread),
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
