"""The package graph as a picture and as a list."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from builder.model.dossier import Graph, GraphNode
from builder.model.escaped import printable
from builder.model.finding import Finding, Severity
from builder.report.layered import HEIGHT, WIDTH, lay_out
from builder.report.markup import shown
from builder.report.text import counted

_TITLE, _SUBTITLE = 29, 38
_DEEPEST = 24
_MANY_PARENTS = 8

_Worst = dict[int, tuple[Severity, int]]


def _cut(text: str, longest: int) -> str:
    """Leave out the middle of a text: names differ at both ends."""
    text = printable(text)
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}…{text[half + 1 - longest :]}"


def worst_by_node(graph: Graph, findings: Iterable[Finding]) -> _Worst:
    """Return the worst severity and the number of findings, by node.

    What is wrong with a file in the folder of a component counts for it.
    """
    nodes = {node.where: at for at, node in enumerate(graph.nodes) if node.where}
    folders = {
        (*where[:-1], where[-1].casefold().removesuffix(".manifest")): at
        for where, at in nodes.items()
    }
    order = list(Severity)
    found: _Worst = {}
    for finding in findings:
        where = finding.hit.where
        if not where or finding.severity is Severity.NOTE:
            continue
        folder = where[-1].casefold().replace("/", "\\").partition("\\")[0]
        at = nodes.get(where, folders.get((*where[:-1], folder)))
        if at is not None:
            worst, count = found.get(at, (finding.severity, 0))
            worst = min(worst, finding.severity, key=order.index)
            found[at] = worst, count + 1
    return found


def graph_data(graph: Graph) -> dict[str, Any]:
    """Return what the script says about nodes, and the edges between them."""
    return {
        "nodes": [
            [
                node.kind,
                printable(node.name),
                node.where is not None,
                [[label, printable(value)] for label, value in node.facts],
            ]
            for node in graph.nodes
        ],
        "edges": [[edge.source, edge.target, edge.kind] for edge in graph.edges],
    }


def graph_markup(graph: Graph, findings: Iterable[Finding], name: str) -> Iterator[str]:
    """Yield controls, picture, details and list.

    Args:
        name: Begins every id.
    """
    if not graph.nodes:
        yield "<p>There is no package document that could be read.</p>"
        return
    worst = worst_by_node(graph, findings)
    kinds = Counter(node.kind for node in graph.nodes)
    words = ", ".join(counted(kinds[kind], kind) for kind in sorted(kinds))
    yield f"<p>{shown(words)}; {counted(len(graph.edges), 'reference')}.</p>"
    parents = kinds["parent"]
    yield f'<div class="graph" id="{name}-graph">'
    yield from _controls(name, parents)
    yield (
        '<div class="view" tabindex="0" role="group" aria-label="Picture of the '
        "package graph: arrow keys move it, plus and minus zoom, 0 shows all; "
        'the list below says the same">'
    )
    yield from _picture(graph, worst, name)
    yield (
        '</div><p class="hint" hidden>Drag or use the arrow keys to move; use + and '
        "&minus;, or the wheel after a click, to zoom; click a box to see what it is "
        "and what it leads to.</p>"
        '<div class="details" aria-live="polite" hidden></div>'
    )
    yield "<details><summary>The graph as a list</summary>"
    yield from _list(graph, worst, name)
    yield "</details></div>"
    if graph.left_out or graph.edges_left_out:
        yield (
            f'<p class="note">{counted(graph.left_out, "package or component")} and '
            f"{counted(graph.edges_left_out, 'reference')} not shown: those farthest "
            "from update.mum.</p>"
        )


def _controls(name: str, parents: int) -> Iterator[str]:
    yield '<div class="controls" hidden>'
    yield f'<label for="{name}-node">Find a package or component</label>'
    yield f'<input type="search" id="{name}-node" autocomplete="off">'
    yield '<button type="button" data-do="next">Next match</button>'
    yield '<button type="button" data-do="in" aria-label="Zoom in">+</button>'
    yield '<button type="button" data-do="out" aria-label="Zoom out">&minus;</button>'
    yield '<button type="button" data-do="fit">Show all</button>'
    if parents:
        checked = " checked" if parents <= _MANY_PARENTS else ""
        yield (
            f'<label class="check"><input type="checkbox" data-do="parents"{checked}> '
            f"parents ({parents:,})</label>"
        )
    yield '<p class="count" role="status"></p></div>'


def _picture(graph: Graph, worst: _Worst, name: str) -> Iterator[str]:
    ahead = frozenset(
        at for at, node in enumerate(graph.nodes) if node.kind == "parent"
    )
    layout = lay_out(
        len(graph.nodes),
        [(edge.source, edge.target) for edge in graph.edges],
        ahead=ahead,
    )
    yield (
        f'<svg viewBox="0 0 {layout.width} {layout.height}" role="img" '
        'aria-label="Package graph">'
    )
    for edge in graph.edges:
        left, top = layout.places[edge.source]
        right, below = layout.places[edge.target]
        x, y = left + WIDTH, top + HEIGHT // 2
        to_x, to_y = right, below + HEIGHT // 2
        bend = max(40, abs(to_x - x) // 2)
        yield (
            f'<path class="edge {edge.kind}" '
            f'd="M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"/>'
        )
    for at, node in enumerate(graph.nodes):
        yield _box(node, at, layout.places[at], worst, name)
    yield "</svg>"


def _box(
    node: GraphNode, at: int, place: tuple[int, int], worst: _Worst, name: str
) -> str:
    here = "" if node.where is not None or node.kind == "parent" else " elsewhere"
    bad, mark = "", ""
    if at in worst:
        severity, count = worst[at]
        bad = f" {severity.value}"
        mark = f'<text class="mark" x="{WIDTH - 10}" y="18">! {count:,}</text>'
    title = shown(_cut(node.title, _TITLE - (4 if mark else 0)))
    subtitle = shown(_cut(" · ".join(_subtitle(node)), _SUBTITLE))
    return (
        f'<g class="node {node.kind}{here}{bad}" id="{name}-n{at}" '
        f'transform="translate({place[0]} {place[1]})">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text x="10" y="18">{title}</text>'
        f'<text class="sub" x="10" y="33">{subtitle}</text>'
        f"{mark}</g>"
    )


def _subtitle(node: GraphNode) -> Iterator[str]:
    facts = dict(node.facts)
    yield node.kind
    if node.where is None and node.kind != "parent":
        yield "elsewhere"
    for label in ("version", "architecture", "language"):
        if facts.get(label, "neutral") != "neutral":
            yield facts[label]


def _list(graph: Graph, worst: _Worst, name: str) -> Iterator[str]:
    """Yield nested lists; what is reached again is named, not repeated."""
    after: list[list[int]] = [[] for _ in graph.nodes]
    needs: list[list[int]] = [[] for _ in graph.nodes]
    led_to: set[int] = set()
    for edge in graph.edges:
        if edge.kind == "parent":
            needs[edge.target].append(edge.source)
        else:
            after[edge.source].append(edge.target)
            led_to.add(edge.target)
    starts = [at for at, n in enumerate(graph.nodes) if n.kind != "parent"]
    starts.sort(key=lambda at: at in led_to)
    written: set[int] = set()
    waiting = [(iter(starts), "</ul>")]
    yield "<ul>"
    while waiting:
        at = next(waiting[-1][0], None)
        if at is None:
            yield waiting.pop()[1]
        elif at not in written:
            written.add(at)
            yield f"<li>{_item(graph, at, needs[at], worst, name)}"
            is_nested = bool(after[at]) and len(waiting) < _DEEPEST
            yield "<ul>" if is_nested else "</li>"
            waiting.append((iter(after[at]), "</ul></li>" if is_nested else ""))
        elif len(waiting) > 1:
            yield f"<li>{_link(graph, at, name)} (see above)</li>"


def _link(graph: Graph, at: int, name: str) -> str:
    return f'<a href="#{name}-n{at}"><bdi>{shown(graph.nodes[at].name)}</bdi></a>'


def _item(graph: Graph, at: int, needs: list[int], worst: _Worst, name: str) -> str:
    node = graph.nodes[at]
    text = f"{node.kind} {_link(graph, at, name)}"
    if node.where is None:
        text += ", elsewhere"
    if at in worst:
        severity, count = worst[at]
        text += (
            f' <span class="chip {severity.value}">{counted(count, "finding")}, '
            f"worst: {severity.value}</span>"
        )
    if needs:
        named = "; ".join(_link(graph, parent, name) for parent in needs)
        text += (
            f"<details><summary>{counted(len(needs), 'parent')}</summary>"
            f"<p>{named}</p></details>"
        )
    return text
