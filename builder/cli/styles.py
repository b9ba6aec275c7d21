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
        root: The working folder: code hosts want names from there on.
    """

    strict: bool = False
    quiet: bool = False
    colour: bool = False
    root: str = ""


Renderer = Callable[[Report, Look], str | Iterable[str]]
"""Gives the whole text, or its pieces in order; the last one ends with a line end."""


def _text(report: Report, look: Look) -> Iterable[str]:
    from builder.report.text import render_text
    from builder.rules import RULES

    return render_text(
        report, strict=look.strict, colour=look.colour, quiet=look.quiet, rules=RULES
    )


def _json(report: Report, look: Look) -> Iterable[str]:
    from builder.report.json import render_json

    return render_json(report, strict=look.strict)


def _sarif(report: Report, look: Look) -> Iterable[str]:
    from importlib.metadata import version

    from builder.report.sarif import render_sarif
    from builder.rules import RULES

    return render_sarif(
        report, RULES, version=version("hotfix-builder"), root=look.root
    )


def _junit(report: Report, look: Look) -> Iterable[str]:
    from builder.report.junit import render_junit
    from builder.rules import RULES

    return render_junit(report, RULES, strict=look.strict)


def _github(report: Report, look: Look) -> Iterable[str]:
    from builder.report.github import render_github
    from builder.rules import RULES

    return render_github(report, RULES, strict=look.strict, root=look.root)


def _markdown(report: Report, look: Look) -> str:
    from builder.report.markdown import render_markdown
    from builder.rules import RULES

    return render_markdown(report, RULES, strict=look.strict)


def _html(report: Report, look: Look) -> str:
    from builder.report.page import render_page
    from builder.rules import RULES

    return render_page(report, strict=look.strict, rules=RULES)


# A renderer imports what it needs when it is asked for: `--help` needs none.
STYLES: Mapping[str, Renderer] = MappingProxyType(
    {
        "text": _text,
        "json": _json,
        "sarif": _sarif,
        "junit": _junit,
        "github": _github,
        "markdown": _markdown,
        "html": _html,
    }
)
