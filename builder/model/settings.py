"""What a repository decides about rules: pyproject.toml or hotfix.toml."""

import re
from dataclasses import dataclass
from functools import lru_cache

from builder.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """A decision to leave findings out, and why.

    Attributes:
        rule: An id, the beginning of one, or a name.
        reason: What people read beside the number of findings left out.
        path: Which files, as a pattern; None: all.
        line: Of the configuration, 1-based; None on the command line.
    """

    rule: str
    reason: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A configuration.

    Attributes:
        source: The file that it comes from; None where there is none.
        strict: Warnings fail the run, too.
        select: Ids, beginnings or names of the only rules that report; empty: all.
        ignores: Those for paths first; the first one that fits counts.
        severities: By id, beginning or name; the longest one that fits counts.
        anchors: Files with accepted root certificates, as written.
    """

    source: str | None = None
    strict: bool = False
    select: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedIgnores:
    """Decisions of a configuration that left nothing out in this run."""

    source: str
    ignores: tuple[Ignore, ...]


def means(selector: str, rule: str, name: str) -> bool:
    """Tell whether an id, the beginning of one or a name means a rule."""
    return name == selector or (bool(selector) and rule.startswith(selector))


def names(selector: str, finding: Finding) -> bool:
    """Tell whether an id, the beginning of one or a name means a finding's rule."""
    return means(selector, finding.rule, finding.name)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Translate "*" (within a name), "**" (any folders) and "?"."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./").rstrip("/"))
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = "".join(meanings.get(part) or re.escape(part) for part in parts)
    return re.compile(f"{text}(?:[/!].*)?", re.DOTALL)


def lies_in(place: str, pattern: str) -> bool:
    """Tell whether a place is what a pattern names, or lies in it.

    Args:
        place: A path with slashes; members of containers follow after "!".
    """
    return _pattern(pattern).fullmatch(place) is not None
