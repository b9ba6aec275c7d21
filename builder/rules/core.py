"""What a rule is, and how rules meet their subjects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from builder.model.finding import Finding, Hit, Severity
from builder.model.hresult import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with an identity that outlives its wording.

    Attributes:
        id: "HF301", for ever.
        name: What people read, such as "file-size-differs".
        severity: Of its hits, unless a hit says that it is less bad.
        subject: `check` is shown every value of this type.
        page: The module's docstring: what, why, how to fix, source.
        answers: What Windows says to it, as far as a source says so; of
            several, each to a hit of another kind.
    """

    id: str
    name: str
    severity: Severity
    subject: type
    check: Callable[[Any], Iterable[Hit]]
    since: str
    page: str
    answers: tuple[Answer, ...] = ()

    def finding(self, hit: Hit) -> Finding:
        """Stamp a hit; one that is less bad than the rule has no answer."""
        answers = self.answers if hit.answer is None else (hit.answer,)
        return Finding(
            rule=self.id,
            name=self.name,
            severity=hit.severity or self.severity,
            hit=hit,
            answers=() if hit.severity is not None else answers,
        )


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
