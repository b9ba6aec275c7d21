"""The styles of a report: one table, one renderer each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.model.finding import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a report is shown.

    Attributes:
        strict: Warnings make a package invalid.
        quiet: Errors and verdicts only; for people.
        colour: Use ANSI colours; for people.
    """

    strict: bool = False
    quiet: bool = False
    colour: bool = False


Renderer = Callable[[Report, Look], str | Iterable[str]]
"""Gives the whole text, or its pieces in order; the last one ends with a line end."""


def _text(report: Report, look: Look) -> Iterable[str]:
    from builder.report.text import render_text

    return render_text(report, strict=look.strict, colour=look.colour, quiet=look.quiet)


def _json(report: Report, look: Look) -> Iterable[str]:
    from builder.report.json import render_json

    return render_json(report, strict=look.strict)


# A renderer imports what it needs when it is asked for: `--help` needs none.
STYLES: Mapping[str, Renderer] = MappingProxyType({"text": _text, "json": _json})
