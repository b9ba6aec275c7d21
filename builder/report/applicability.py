"""Explanations of applicability, for people and for machines."""

import json
from collections.abc import Iterator
from typing import Any

from builder.model.applicability import Explanation, Reason, Truth, Verdict
from builder.model.escaped import printable

SCHEMA = "https://hotfix-builder.invalid/schemas/applicability-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""

_COLOURS = {Truth.HOLDS: "32", Truth.FAILS: "31", Truth.UNKNOWN: "33"}
_VERDICTS = {
    Verdict.APPLICABLE: "32",
    Verdict.INSTALLED: "32",
    Verdict.NOT_APPLICABLE: "31",
    Verdict.UNKNOWN: "33",
}


def render_applicability(
    explanations: tuple[Explanation, ...], *, colour: bool = False, quiet: bool = False
) -> str:
    """Render explanations as trees, with a final line end.

    Args:
        quiet: Answers only.
    """
    lines = [
        line
        for explanation in explanations
        for line in _lines(explanation, colour=colour, quiet=quiet)
    ]
    return "".join(f"{line}\n" for line in lines)


def _lines(explanation: Explanation, *, colour: bool, quiet: bool) -> Iterator[str]:
    if not quiet:
        sources: dict[str, int] = {}
        yield from _tree(explanation.reason, sources, colour=colour)
        yield from (f"[{at}] {text}" for text, at in sources.items())
        yield from (f"not known: {printable(note)}" for note in explanation.notes)
    word = _painted(explanation.verdict, _VERDICTS[explanation.verdict], colour=colour)
    answer = ""
    if explanation.hresult is not None:
        answer = f": {explanation.hresult} ({explanation.source})"
    yield (
        f"{printable(explanation.package)} on {printable(explanation.system)}: "
        f"{word}{answer}"
    )


def _painted(text: str, colour_code: str, *, colour: bool) -> str:
    return f"\x1b[{colour_code}m{text}\x1b[0m" if colour else str(text)


def _tree(root: Reason, sources: dict[str, int], *, colour: bool) -> Iterator[str]:
    waiting = [(root, 0)]
    while waiting:
        reason, level = waiting.pop()
        truth = _painted(reason.truth, _COLOURS[reason.truth], colour=colour)
        blanks = " " * (len(Truth.UNKNOWN) - len(reason.truth))
        words = " ".join(word for word in (reason.kind, reason.name) if word)
        says = f": {reason.says}" if reason.says else ""
        note = ""
        if reason.source is not None:
            note = f" [{sources.setdefault(reason.source, len(sources) + 1)}]"
        yield f"{'  ' * level}{truth}{blanks} {printable(words + says)}{note}"
        waiting.extend((part, level + 1) for part in reversed(reason.parts))


def render_applicability_json(explanations: tuple[Explanation, ...]) -> str:
    """Render explanations as JSON in ASCII with a final line end."""
    document = {
        "schema": SCHEMA,
        "packages": [_explanation(explanation) for explanation in explanations],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _explanation(explanation: Explanation) -> dict[str, Any]:
    hresult = explanation.hresult
    return {
        "package": explanation.package,
        "system": explanation.system,
        "where": list(explanation.where),
        "verdict": explanation.verdict.value,
        "hresult": None
        if hresult is None
        else {
            "code": f"{hresult.code:#010x}",
            "symbol": hresult.symbol,
            "source": explanation.source,
        },
        "notes": list(explanation.notes),
        "reason": _reason(explanation.reason),
    }


def _reason(root: Reason) -> dict[str, Any]:
    shown: list[dict[str, Any]] = []
    waiting = [(root, shown)]
    while waiting:
        reason, siblings = waiting.pop()
        parts: list[dict[str, Any]] = []
        item: dict[str, Any] = {
            "kind": reason.kind,
            "name": reason.name,
            "truth": reason.truth.value,
            "says": reason.says,
        }
        if reason.source is not None:
            item["source"] = reason.source
        if reason.state is not None:
            item["state"] = reason.state.value
        item["parts"] = parts
        siblings.append(item)
        waiting.extend((part, parts) for part in reversed(reason.parts))
    return shown[0]
