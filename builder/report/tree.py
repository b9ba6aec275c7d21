"""Trees for people, and for machines in the shape of tree.schema.json."""

import json
from collections.abc import Iterator
from typing import Any

from builder.model.tree import Fact, Node
from builder.report.text import printable

SCHEMA = "https://hotfix-builder.invalid/schemas/tree-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def render_tree(root: Node, *, depth: int | None = None) -> str:
    """Render a tree as text, two columns a level, with a final line end.

    Args:
        depth: Levels below the root that are shown; None: all.
    """
    return "".join(f"{printable(line)}\n" for line in _lines(root, depth))


def _lines(root: Node, depth: int | None) -> Iterator[str]:
    waiting = [(root, 0)]
    while waiting:
        node, level = waiting.pop()
        facts = ", ".join(
            text for name, value in node.facts if (text := _fact(name, value))
        )
        yield f"{'  ' * level}{node.kind} {node.name}{': ' if facts else ''}{facts}"
        if depth is not None and level >= depth:
            continue
        waiting.extend((child, level + 1) for child in reversed(node.children))


def _fact(name: str, value: Fact) -> str:
    label = name.replace("_", " ")
    if value is True:
        return label
    if value is False:
        return ""
    if name == "size":
        return f"{value:,} bytes"
    if isinstance(value, tuple):
        value = "; ".join(value)
    return f"{label} {value}"


def render_tree_json(root: Node, *, depth: int | None = None) -> str:
    """Render a tree as JSON in ASCII with a final line end."""
    shown: list[dict[str, Any]] = []
    waiting = [(root, 0, shown)]
    while waiting:
        node, level, siblings = waiting.pop()
        children: list[dict[str, Any]] = []
        item: dict[str, Any] = {"kind": node.kind, "name": node.name}
        item |= {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in node.facts
        }
        siblings.append(item)
        if node.children and (depth is None or level < depth):
            item["children"] = children
            waiting.extend(
                (child, level + 1, children) for child in reversed(node.children)
            )
    document = {"schema": SCHEMA, "tree": shown[0]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
