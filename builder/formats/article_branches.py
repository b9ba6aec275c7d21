"""The table that tells service branches by the versions of files."""

from collections.abc import Iterable, Iterator

from builder.formats.article_blocks import BREAK, Block, Grid
from builder.model.kb import ServiceBranch

_LEVELS = frozenset({"sr_level", "sr level", "milestone", "sp_level", "level"})
_LATEST_HEADER = 6
_LONGEST = {"version": 80, "product": 500, "level": 80, "branch": 80}


def branches(blocks: Iterable[Block]) -> tuple[ServiceBranch, ...]:
    """Read every such table of an article; damaged lines of it are left out."""
    return tuple(
        branch
        for block in blocks
        if isinstance(block, Grid) and not block.is_list
        for branch in _branches(block)
    )


def _branches(grid: Grid) -> Iterator[ServiceBranch]:
    columns: dict[str, int] = {}
    for at, row in enumerate(grid.rows):
        if not columns and at == _LATEST_HEADER:
            return
        cells = [cell.replace(BREAK, " ") for cell in row.cells]
        if not columns:
            columns = _columns(cells)
            continue
        found = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in columns.items()
        }
        versions = found["version"].replace(" ", "").replace("*", "")
        is_whole = versions and found["product"] and found["branch"]
        if is_whole and all(len(found[n]) <= _LONGEST[n] for n in found):
            yield ServiceBranch(
                versions=versions,
                product=found["product"],
                level=found.get("level") or None,
                branch=found["branch"],
            )


def _columns(cells: list[str]) -> dict[str, int]:
    """Return where the columns of a table of branches stand, or nothing."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(cells[:12]):
        word = cell.casefold()
        name = {"service branch": "branch", "file version": "version"}.get(word, word)
        if word in _LEVELS:
            name = "level"
        if name in _LONGEST:
            columns.setdefault(name, at)
    return columns if {"version", "product", "branch"} <= set(columns) else {}
