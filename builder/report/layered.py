"""Places for the nodes of a graph, in columns: what refers stands to the left.

Deterministic: layers by the longest way from a start, order within a layer by
the means of the neighbours, ties by index; all numbers are integers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 236, 42
_BESIDE, _BETWEEN, _BELOW = WIDTH + 20, WIDTH + 84, HEIGHT + 12
_MARGIN = 16
_SWEEPS = 4

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where boxes of `WIDTH` and `HEIGHT` stand.

    Attributes:
        places: Left and upper edge of each node.
        width: Of everything, as are `height`'s units: CSS pixels.
    """

    places: tuple[tuple[int, int], ...]
    width: int
    height: int


def lay_out(count: int, edges: Pairs, *, ahead: frozenset[int]) -> Layout:
    """Place `count` nodes.

    Args:
        edges: From the node that refers to the other.
        ahead: Nodes that stand in columns of their own before all others.
    """
    inner = [(s, t) for s, t in edges if s not in ahead and t not in ahead]
    heights = _layers(count, inner)
    layers: list[list[int]] = [[] for _ in range(max(heights, default=0) + 2)]
    for node in _preorder(count, inner):
        layers[0 if node in ahead else heights[node] + 1].append(node)
    _untangle(layers, edges, count)
    return _place([layer for layer in layers if layer], count)


def _neighbours(count: int, edges: Pairs) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        found[source].append(target)
    return found


def _walk(
    count: int, edges: Pairs
) -> tuple[list[int], list[int], set[tuple[int, int]]]:
    """Return nodes as they are entered, as they are left, and edges that go back."""
    after = _neighbours(count, edges)
    entered: list[int] = []
    left: list[int] = []
    back: set[tuple[int, int]] = set()
    state = bytearray(count)  # 0 new, 1 on the way, 2 done
    targets = {target for _, target in edges}
    for start in sorted(range(count), key=lambda node: node in targets):
        if state[start]:
            continue
        state[start] = 1
        entered.append(start)
        stack = [(start, iter(after[start]))]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                state[node] = 2
                left.append(node)
            elif state[following] == 0:
                state[following] = 1
                entered.append(following)
                stack.append((following, iter(after[following])))
            elif state[following] == 1:
                back.add((node, following))
    return entered, left, back


def _preorder(count: int, edges: Pairs) -> list[int]:
    return _walk(count, edges)[0]


def _layers(count: int, edges: Pairs) -> list[int]:
    """Return the longest way to each node, cycles cut open."""
    _, left, back = _walk(count, edges)
    after = _neighbours(count, [edge for edge in edges if edge not in back])
    layer = [0] * count
    for node in reversed(left):
        for following in after[node]:
            layer[following] = max(layer[following], layer[node] + 1)
    return layer


def _untangle(layers: list[list[int]], edges: Pairs, count: int) -> None:
    """Order each layer by the mean place of its neighbours, both ways in turn."""
    before = _neighbours(count, [(t, s) for s, t in edges])
    after = _neighbours(count, edges)
    for sweep in range(_SWEEPS):
        near, order = (before, layers) if sweep % 2 == 0 else (after, layers[::-1])
        place = {
            node: at * 10_000 // len(layer)
            for layer in layers
            for at, node in enumerate(layer)
        }
        for layer in order:
            means = {
                node: sum(place[n] for n in near[node]) // len(near[node])
                if near[node]
                else place[node]
                for node in layer
            }
            layer.sort(key=means.__getitem__)
            place |= {node: at * 10_000 // len(layer) for at, node in enumerate(layer)}


def _place(layers: list[list[int]], count: int) -> Layout:
    """Fill columns, several for a layer that is too high for one."""
    rows = 8
    while rows * rows < 3 * count:
        rows += 1
    places = [(0, 0)] * count
    left = _MARGIN
    highest = max((min(len(layer), rows) for layer in layers), default=0)
    for layer in layers:
        columns = -(-len(layer) // rows)
        high = -(-len(layer) // columns)
        top = _MARGIN + (highest - high) * _BELOW // 2
        for at, node in enumerate(layer):
            column, row = divmod(at, high)
            places[node] = left + column * _BESIDE, top + row * _BELOW
        left += (columns - 1) * _BESIDE + _BETWEEN
    width = max(left - _BETWEEN + WIDTH, 0) + _MARGIN
    height = 2 * _MARGIN + highest * _BELOW - (_BELOW - HEIGHT)
    return Layout(places=tuple(places), width=width, height=max(height, HEIGHT))
