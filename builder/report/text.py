"""Reports for people: one line per finding, a verdict per file."""

from collections.abc import Iterable, Iterator

from builder.model.escaped import printable as printable  # noqa: PLC0414 - exported
from builder.model.finding import (
    Finding,
    PackageReport,
    Report,
    Severity,
    Verdict,
)
from builder.model.rule import Rule
from builder.report.table_text import table_lines

_COLOURS = {
    Severity.ERROR: "31",
    Severity.WARNING: "33",
    Severity.NOTE: "36",
    Verdict.VALID: "32",
    Verdict.INVALID: "31",
    Verdict.UNREADABLE: "31",
}


def _painted(word: Severity | Verdict, *, colour: bool) -> str:
    return f"\x1b[{_COLOURS[word]}m{word}\x1b[0m" if colour else str(word)


def place(finding: Finding) -> str:
    """Return the place of a finding: "a.msu!b.cab!update.mum:12"."""
    hit = finding.hit
    text = "!".join(hit.where)
    if hit.line is not None:
        text += f":{hit.line}"
    if hit.offset is not None:
        text += f" at byte {hit.offset:#x}"
    return printable(text)


def below(path: str, root: str) -> str:
    """Return a path with slashes, relative to a folder that it lies below."""
    path = path.replace("\\", "/")
    return path.removeprefix(f"{root.rstrip('/')}/") if root else path


def render_finding(finding: Finding, *, colour: bool = False) -> str:
    """Return one line without a line end."""
    severity = _painted(finding.severity, colour=colour)
    message = printable(finding.hit.message)
    return f"{place(finding)}: {severity} {finding.rule} {finding.name}: {message}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 error", "2,000 errors"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def decisions(package: PackageReport) -> Iterator[str]:
    """Yield what a configuration left out or changed, and why; always shown."""
    for ignored in package.ignored:
        count = counted(ignored.count, "finding")
        why = f"{ignored.reason} ({ignored.source})"
        yield printable(f"ignored: {count} of {ignored.rule}: {why}")
    yield from (printable(f"configured: {text}") for text in package.configured)


def _package(
    package: PackageReport, *, strict: bool, colour: bool, quiet: bool
) -> Iterator[str]:
    for finding in package.findings:
        if not quiet or finding.severity is Severity.ERROR:
            yield render_finding(finding, colour=colour)
    path = printable(package.path)
    verdict = _painted(package.verdict(strict=strict), colour=colour)
    if package.unreadable is not None:
        reason = package.unreadable.removeprefix(f"{package.path}: ")
        yield f"{path}: {verdict}: {printable(reason)}"
        return
    counts = ", ".join(
        counted(package.count(severity), severity.value) for severity in Severity
    )
    files = f"{package.checked:,} of {counted(package.files, 'file')} checked"
    yield f"{path}: {verdict}: {counts}; {files}"
    for sentence in decisions(package):
        yield f"  {sentence}"
    if not quiet:
        for label, sentences in (
            ("verified", package.verified),
            ("inferred", package.inferred),
            ("not checked", package.not_checked),
        ):
            for sentence in sentences:
                yield f"  {label}: {printable(sentence)}"
        for comparison in package.comparisons:
            yield from table_lines(comparison)


def advice(report: Report, rules: Iterable[Rule]) -> Iterator[str]:
    """Yield once for each rule that is broken what to do about it."""
    broken = {
        finding.rule
        for package in report.packages
        for finding in package.findings
        if finding.severity is not Severity.NOTE
    }
    for rule in rules:
        if rule.id in broken:
            yield f"{rule.id} {rule.name}: how to fix it: {rule.advice}"


def render_text(
    report: Report,
    *,
    strict: bool = False,
    colour: bool = False,
    quiet: bool = False,
    rules: Iterable[Rule] = (),
) -> Iterator[str]:
    """Render a report as lines of text, each with its line end.

    Args:
        strict: Warnings make a package invalid.
        colour: Use ANSI colours.
        quiet: Errors and verdicts only.
        rules: Those whose advice is given at the end, unless `quiet`.
    """
    for package in report.packages:
        for line in _package(package, strict=strict, colour=colour, quiet=quiet):
            yield f"{line}\n"
    for line in () if quiet else advice(report, rules):
        yield f"{line}\n"
