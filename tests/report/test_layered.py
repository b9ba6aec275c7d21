"""Places of a graph's nodes: apart, in reading order, the same every time."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.report.layered import HEIGHT, WIDTH, Layout, lay_out

sizes = st.integers(0, 40)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], frozenset[int]]:
    count = draw(sizes)
    node = st.integers(0, max(count - 1, 0))
    edges = draw(st.lists(st.tuples(node, node), max_size=90)) if count else []
    ahead = draw(st.frozensets(node)) if count else frozenset()
    return count, edges, ahead


def apart(layout: Layout) -> None:
    columns: dict[int, list[int]] = {}
    for x, y in layout.places:
        assert 0 <= x <= layout.width - WIDTH
        assert 0 <= y <= layout.height - HEIGHT
        columns.setdefault(x, []).append(y)
    lefts = sorted(columns)
    assert all(b - a > WIDTH for a, b in pairwise(lefts))
    for tops in columns.values():
        tops.sort()
        assert all(b - a > HEIGHT for a, b in pairwise(tops))


@settings(deadline=None)
@given(graphs())
def test_no_box_covers_another(
    graph: tuple[int, list[tuple[int, int]], frozenset[int]],
) -> None:
    count, edges, ahead = graph
    layout = lay_out(count, edges, ahead=ahead)
    assert len(layout.places) == count
    apart(layout)
    assert lay_out(count, edges, ahead=ahead) == layout


@settings(deadline=None)
@given(graphs())
def test_without_cycles_every_edge_leads_to_the_right(
    graph: tuple[int, list[tuple[int, int]], frozenset[int]],
) -> None:
    count, edges, _ = graph
    forward = [(s, t) for s, t in edges if s < t]
    layout = lay_out(count, forward, ahead=frozenset())
    for source, target in forward:
        assert layout.places[source][0] < layout.places[target][0]


@settings(deadline=None)
@given(graphs())
def test_what_goes_ahead_stands_left_of_all_others(
    graph: tuple[int, list[tuple[int, int]], frozenset[int]],
) -> None:
    count, edges, ahead = graph
    places = lay_out(count, edges, ahead=ahead).places
    others = [places[n][0] for n in range(count) if n not in ahead]
    for node in ahead:
        assert all(places[node][0] < other for other in others)


def test_a_long_chain_and_a_wide_fan_are_placed() -> None:
    chain = [(n, n + 1) for n in range(4_999)]
    assert len(lay_out(5_000, chain, ahead=frozenset()).places) == 5_000
    fan = lay_out(1_001, [(0, n) for n in range(1, 1_001)], ahead=frozenset())
    apart(fan)
    assert fan.width < 4 * fan.height
    assert fan.height < 4 * fan.width


def test_neighbours_of_neighbours_stay_in_order() -> None:
    edges = [(0, 1), (0, 2), (1, 4), (2, 3)]
    places = lay_out(5, edges, ahead=frozenset()).places
    assert (places[1][1] < places[2][1]) == (places[4][1] < places[3][1])
