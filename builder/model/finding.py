"""What rules say about packages."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from builder.model.comparison import Comparison
from builder.model.dossier import Dossier
from builder.model.hresult import Answer


class Severity(StrEnum):
    """How bad a broken rule is; the words are SARIF's."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Verdict(StrEnum):
    """The answer for one top-level file."""

    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A place where a rule is broken.

    Attributes:
        where: Path through the containers, outermost first.
        message: What was found, what was expected.
        line: 1-based line of a text, or None.
        offset: Byte offset, or None.
        severity: Where this hit is less bad than the rule says, or None.
        answer: What Windows says to this kind of hit, where the rule knows
            several kinds.
        is_moved: What is wrong is the name of the place, or that it lies there,
            which no catalog shows: of the publisher's signatures, only one over
            a container around it counts.
    """

    where: tuple[str, ...]
    message: str
    line: int | None = None
    offset: int | None = None
    severity: Severity | None = None
    answer: Answer | None = None
    is_moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A hit, stamped with its rule's identity.

    Attributes:
        answers: What Windows would say, as far as it is known.
    """

    rule: str
    name: str
    severity: Severity
    hit: Hit
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Findings that a configuration leaves out, for one reason.

    Attributes:
        rule: The rule that they break.
        source: The configuration with the line, or the option, that says so.
        count: How many they are.
    """

    rule: str
    reason: str
    source: str
    count: int


class Findings(Collection[Finding]):
    """Findings that are read again whenever somebody iterates over them.

    Args:
        read: Starts from the first one.
        count: How many there are.
    """

    def __init__(self, read: Callable[[], Iterator[Finding]], count: int) -> None:
        self._read = read
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __contains__(self, finding: object) -> bool:
        return any(finding == known for known in self)

    def __iter__(self) -> Iterator[Finding]:
        return self._read()


@dataclass(frozen=True, kw_only=True)
class PackageReport:
    """The answer for one top-level file.

    Attributes:
        path: As the user gave it.
        findings: Sorted by place, then by rule.  A tuple where they are few;
            many lie outside our own memory and are read again whenever
            somebody iterates: go through them one by one.
        files: Members seen in all containers.
        checked: Members whose bytes were checked against a promise.
        verified: Sentences about what was verified.
        inferred: Sentences about what was inferred, not proven.
        not_checked: Sentences about what was not checked, and why.
        unreadable: Why the file cannot be read at all, or None.
        comparisons: The article's tables beside each package that they fit.
        ignored: What a configuration leaves out; part of no count or verdict.
        configured: Sentences about what else a configuration changed.
        dossier: What a page shows beyond that; None where it was not gathered.
    """

    path: str
    findings: Collection[Finding] = ()
    files: int = 0
    checked: int = 0
    verified: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    unreadable: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    configured: tuple[str, ...] = ()
    dossier: Dossier | None = None

    @cached_property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity."""
        return Counter(finding.severity for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity."""
        return self.counts[severity]

    def verdict(self, *, strict: bool = False) -> Verdict:
        """Judge; with `strict`, warnings make a package invalid too."""
        if self.unreadable is not None:
            return Verdict.UNREADABLE
        bad = self.count(Severity.ERROR)
        if strict:
            bad += self.count(Severity.WARNING)
        return Verdict.INVALID if bad else Verdict.VALID

    def without(self, rule: str) -> "PackageReport":
        """Return the report without the findings of one rule."""

        def left() -> Iterator[Finding]:
            return (finding for finding in self.findings if finding.rule != rule)

        return replace(self, findings=Findings(left, sum(1 for _ in left())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answers for all top-level files, in the order they were given."""

    packages: tuple[PackageReport, ...]
