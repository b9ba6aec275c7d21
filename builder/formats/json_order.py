"""JSON documents in the order of their schema: nothing added, nothing lost."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from builder.formats.json_text import serialize_json
from builder.formats.schema import schema

_WAYS = ("allOf", "anyOf", "oneOf")
_ORDERED = "x-ordered"
"""Of a schema: the order of the names means something, such as that of attributes."""

_ALWAYS_FIRST = ("$schema", "$comment")


@cache
def _schema(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(schema(name))
    return value


def _meant(part: Any, whole: dict[str, Any]) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Yield a schema and all that it refers to or consists of."""
    if not isinstance(part, dict):
        return
    yield part
    reference = part.get("$ref")
    if isinstance(reference, str):
        yield from _meant(whole["$defs"][reference.rpartition("/")[2]], whole)
    for way in _WAYS:
        for each in part.get(way, ()):
            yield from _meant(each, whole)


def _arranged(value: Any, parts: list[dict[str, Any]], whole: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        items = [m for part in parts for m in _meant(part.get("items"), whole)]
        return [_arranged(item, items, whole) for item in value]
    if not isinstance(value, dict):
        return value
    if any(part.get(_ORDERED) for part in parts):
        return value
    known: dict[str, list[dict[str, Any]]] = {name: [] for name in _ALWAYS_FIRST}
    for part in parts:
        for name, below in part.get("properties", {}).items():
            known.setdefault(name, []).extend(_meant(below, whole))
    names = [name for name in known if name in value]
    names += [
        name for name in value if name not in known
    ]  # pairs: theirs has a meaning
    return {name: _arranged(value[name], known.get(name, []), whole) for name in names}


def arrange_json(name: str, value: object) -> bytes:
    """Serialize a value with its names in the order of a schema.

    Args:
        name: Of the schema, such as "kb.schema.json".
        value: What was read by `parse_json` and keeps to that schema.
    """
    whole = _schema(name)
    return serialize_json(_arranged(value, list(_meant(whole, whole)), whole))
