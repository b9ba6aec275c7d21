"""How rules meet their subjects."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from builder.model.finding import Finding, Hit, Severity
from builder.model.rule import Rule as Rule  # noqa: PLC0414 - exported
from builder.model.vouched import NOBODY, Vouched


def findings_of(
    rules: Iterable[Rule], subjects: Iterable[object], vouched: Vouched = NOBODY
) -> Iterator[Finding]:
    """Show every subject to every rule that wants its type, as they come.

    Args:
        vouched: For what the publisher's signatures vouch.
    """
    rules = tuple(rules)
    wanted: dict[type, tuple[Rule, ...]] = {}
    for subject in subjects:
        kind = type(subject)
        if kind not in wanted:
            wanted[kind] = tuple(r for r in rules if issubclass(kind, r.subject))
        for rule in wanted[kind]:
            hits = iter(rule.check(subject))
            for first in hits:  # most have none
                yield from _findings(rule, chain((first,), hits), vouched)


def _findings(rule: Rule, hits: Iterable[Hit], vouched: Vouched) -> Iterator[Finding]:
    """Stamp the hits of a rule; of outweighed ones, one for each place."""
    outweighed: dict[tuple[str, ...], list[Hit]] = {}
    for hit in hits:
        is_note = hit.severity is Severity.NOTE
        is_moved = hit.is_moved
        if not is_note and vouched.outweighs(rule.yields, hit.where, is_moved=is_moved):
            outweighed.setdefault(hit.where, []).append(hit)
        else:
            yield rule.finding(hit)
    for first, *others in outweighed.values():
        more = f"; and {len(others):,} more" if others else ""
        message = f"{first.message}{more} (as its publisher signed it)"
        is_lesser = first.severity is not None
        severity = Severity.NOTE if is_lesser else rule.outweighed
        yield rule.finding(replace(first, message=message, severity=severity))


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
