"""How rules meet their subjects."""

from collections.abc import Iterable, Iterator

from builder.model.finding import Finding
from builder.model.rule import Rule as Rule  # noqa: PLC0414 - exported


def findings_of(rules: Iterable[Rule], subjects: Iterable[object]) -> Iterator[Finding]:
    """Show every subject to every rule that wants its type, as they come."""
    rules = tuple(rules)
    wanted: dict[type, tuple[Rule, ...]] = {}
    for subject in subjects:
        kind = type(subject)
        if kind not in wanted:
            wanted[kind] = tuple(r for r in rules if issubclass(kind, r.subject))
        for rule in wanted[kind]:
            for hit in rule.check(subject):
                yield rule.finding(hit)


def run(rules: Iterable[Rule], subjects: Iterable[object]) -> tuple[Finding, ...]:
    """Show every subject to every rule that wants its type.

    Returns:
        Findings sorted by place, then by rule.
    """
    return in_order(findings_of(rules, subjects))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by place, then by rule."""
    return tuple(sorted(findings, key=place_of))


def place_of(finding: Finding) -> tuple[tuple[str, ...], int, int, str, str]:
    """Return what findings are sorted by."""
    hit = finding.hit
    return hit.where, hit.line or 0, hit.offset or 0, finding.rule, hit.message
