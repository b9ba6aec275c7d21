"""Leave out and weigh findings as a repository has decided; count what was."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from builder.model.finding import Finding, Findings, Ignored, PackageReport, Severity
from builder.model.settings import Ignore, Settings, lies_in, names

NOT_SELECTED = "not selected"
_Place = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Configured:
    """A report after the configuration, and which decisions it took.

    Attributes:
        used: Those that left something out.
        due: Those that could have: their files were looked at.
    """

    package: PackageReport
    used: frozenset[Ignore]
    due: frozenset[Ignore]


def _ignore_of(finding: Finding, settings: Settings, place: _Place) -> Ignore | None:
    """Return the decision that leaves a finding out, if there is one."""
    if settings.select and not any(names(s, finding) for s in settings.select):
        return Ignore(rule=finding.rule, reason=NOT_SELECTED)
    first, *rest = finding.hit.where
    for ignore in settings.ignores:
        if not names(ignore.rule, finding):
            continue
        if ignore.path is None:
            return ignore
        where = "!".join((place(first), *(part.replace("\\", "/") for part in rest)))
        if lies_in(where, ignore.path):
            return ignore
    return None


def _severity_of(finding: Finding, settings: Settings) -> Severity:
    fitting = [
        (len(selector), severity)
        for selector, severity in settings.severities
        if names(selector, finding)
    ]
    return max(fitting, key=lambda known: known[0])[1] if fitting else finding.severity


def _kept(
    findings: Iterable[Finding], settings: Settings, place: _Place
) -> Iterator[Finding]:
    """Yield what a configuration leaves, with the severities that it gives."""
    for finding in findings:
        if _ignore_of(finding, settings, place) is None:
            severity = _severity_of(finding, settings)
            changed = severity is not finding.severity
            yield replace(finding, severity=severity) if changed else finding


def configure(
    package: PackageReport, settings: Settings, place: Callable[[str], str]
) -> Configured:
    """Apply a configuration to a report; what it leaves out stays countable.

    Args:
        place: Gives the path of a file as patterns see it, with slashes.
    """
    ignored: Counter[tuple[str, Ignore]] = Counter()
    changed: Counter[tuple[str, Severity, Severity]] = Counter()
    for finding in package.findings:
        ignore = _ignore_of(finding, settings, place)
        severity = _severity_of(finding, settings)
        if ignore is not None:
            ignored[finding.rule, ignore] += 1
        elif severity is not finding.severity:
            changed[finding.rule, finding.severity, severity] += 1
    if ignored or changed:
        source = settings.source or "the command line"
        kept = partial(_kept, package.findings, settings, place)
        left = len(package.findings) - ignored.total()
        package = replace(
            package,
            findings=Findings(kept, left),
            ignored=tuple(_ignored(ignored, source)),
            configured=tuple(_changed(changed, source)),
        )
    seen = place(package.path)
    due = frozenset(i for i in settings.ignores if i.path is None or _meets(seen, i))
    return Configured(package, frozenset(ignore for _, ignore in ignored), due)


def _ignored(ignored: Counter[tuple[str, Ignore]], source: str) -> Iterator[Ignored]:
    for rule, ignore in sorted(ignored, key=lambda key: (key[0], key[1].reason)):
        yield Ignored(
            rule=rule,
            reason=ignore.reason,
            source=source if ignore.line is None else f"{source}:{ignore.line}",
            count=ignored[rule, ignore],
        )


def _changed(
    changed: Counter[tuple[str, Severity, Severity]], source: str
) -> Iterator[str]:
    for (rule, old, new), count in sorted(changed.items()):
        yield f"{count:,} of {rule}: {new} instead of {old} ({source})"


def _meets(place: str, ignore: Ignore) -> bool:
    """Tell whether a pattern could name something in what was looked at."""
    assert ignore.path is not None  # noqa: S101 - the caller asks for patterns only
    fixed = ignore.path.partition("*")[0].partition("!")[0].partition("?")[0]
    return (
        place in (".", "")
        or lies_in(place, ignore.path)
        or fixed.startswith(f"{place}/")
        or f"{place}/".startswith(fixed)
    )
