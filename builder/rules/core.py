"""What a rule is, and how rules meet their subjects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from builder.model.finding import Finding, Hit, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with an identity that outlives its wording.

    Attributes:
        id: "HF301", for ever.
        name: What people read, such as "file-size-differs".
        severity: Of its hits, unless a hit says that it is less bad.
        subject: `check` is shown every value of this type.
        page: The module's docstring: what, why, how to fix, source.
    """

    id: str
    name: str
    severity: Severity
    subject: type
    check: Callable[[Any], Iterable[Hit]]
    since: str
    page: str


def run(rules: Iterable[Rule], subjects: Iterable[object]) -> tuple[Finding, ...]:
    """Show every subject to every rule that wants its type.

    Returns:
        Findings sorted by place, then by rule.
    """
    rules = tuple(rules)

    def findings() -> Iterator[Finding]:
        for subject in subjects:
            for rule in rules:
                if isinstance(subject, rule.subject):
                    for hit in rule.check(subject):
                        yield Finding(
                            rule=rule.id,
                            name=rule.name,
                            severity=hit.severity or rule.severity,
                            hit=hit,
                        )

    return in_order(findings())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by place, then by rule."""
    return tuple(sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[tuple[str, ...], int, int, str, str]:
    hit = finding.hit
    return hit.where, hit.line or 0, hit.offset or 0, finding.rule, hit.message
