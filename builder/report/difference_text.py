"""Differences for people: one line a part, its facts below."""

from collections.abc import Iterator
from itertools import groupby

from builder.model.change import Change, Difference, FactChange, Way
from builder.model.escaped import printable

SIGNS = {Way.ADDED: "+", Way.REMOVED: "-", Way.CHANGED: "~"}
_COLOURS = {Way.ADDED: "32", Way.REMOVED: "31", Way.CHANGED: "33"}
_LONGEST = 500


def heading(change: Change) -> str:
    """Return what a change lies in: the container, or the file itself."""
    return change.path[0]


def title(change: Change) -> str:
    """Say which part changed: "component mpio.inf > file mpio.sys"."""
    steps = zip(change.kinds, change.path, strict=True)
    shown = [f"{kind} {name}" for kind, name in steps]
    return " > ".join(shown[1:] or shown)


def shown_value(value: str | None) -> str:
    """Return a value as people read it; an absent one is a dash."""
    if value is None:
        return "-"
    text = printable(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def fact_name(fact: FactChange) -> str:
    """Name a fact."""
    return "bytes, not meaning" if fact.name == "bytes" else fact.name


def summary(difference: Difference) -> str:
    """Count the changes, in one line."""
    counts = ", ".join(f"{difference.count(way):,} {way.value}" for way in Way)
    return counts if difference.changes else "no difference"


def _lines(difference: Difference, *, colour: bool) -> Iterator[str]:
    yield f"- {printable(difference.first)}"
    yield f"+ {printable(difference.second)}"
    for head, changes in groupby(difference.changes, key=heading):
        yield printable(head)
        for change in changes:
            yield from _change(change, colour=colour)
    for sentence in difference.unread:
        yield f"not compared: {printable(sentence)}"
    yield summary(difference)


def _change(change: Change, *, colour: bool) -> Iterator[str]:
    inside = f" ({change.inside:,} parts)" if change.inside else ""
    line = f"{SIGNS[change.way]} {printable(title(change))}{inside}"
    yield "  " + (f"\x1b[{_COLOURS[change.way]}m{line}\x1b[0m" if colour else line)
    if change.way is Way.CHANGED:
        for fact in change.facts:
            values = f"{shown_value(fact.first)} -> {shown_value(fact.second)}"
            yield f"      {printable(fact_name(fact))}: {values}"


def render_difference(difference: Difference, *, colour: bool = False) -> str:
    """Render a difference as text with a final line end."""
    return "".join(f"{line}\n" for line in _lines(difference, colour=colour))
