"""Reports as Markdown: job summaries, comments on merge requests.

What was read is escaped as GitHub Flavored Markdown and CommonMark demand: no
name in a package becomes a link, a mention, an image or markup.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from builder.model.escaped import printable
from builder.model.finding import PackageReport, Report, Severity, Verdict
from builder.model.rule import Rule, page_url
from builder.report.text import advice, counted, decisions, place

MOST = 500
"""Findings that are shown of one file: job summaries hold a mebibyte."""

_MARKS = {Verdict.VALID: "✅", Verdict.INVALID: "❌", Verdict.UNREADABLE: "⛔"}
# A dot makes a link after "www" only, and no text of ours begins a line.
_SPECIAL = re.compile(r"([\\`*_\[\]!|~@$#:]|(?<=www)\.)", re.IGNORECASE)


def _text(text: str) -> str:
    """Escape text; a backslash before punctuation is that punctuation."""
    shown = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return _SPECIAL.sub(r"\\\1", shown.replace(">", "&gt;"))


def _counts(package: PackageReport) -> str:
    counts = [counted(package.count(severity), severity) for severity in Severity]
    files = counted(package.files, "file")
    return f"{', '.join(counts)}; {package.checked:,} of {files} checked"


def _package(package: PackageReport, *, strict: bool) -> Iterator[str]:
    verdict = package.verdict(strict=strict)
    yield f"### {_MARKS[verdict]} {_text(package.path)}: {verdict}"
    yield ""
    if package.unreadable is not None:
        yield f"Unreadable: {_text(package.unreadable)}"
        yield ""
        return
    yield _counts(package)
    yield ""
    if package.findings:
        yield "| | rule | place | finding |"
        yield "|---|---|---|---|"
    for finding in islice(package.findings, MOST):
        rule = f"[{finding.rule}]({page_url(finding.rule)}) {finding.name}"
        cells = (
            finding.severity,
            rule,
            _text(place(finding)),
            _text(finding.hit.message),
        )
        yield f"| {' | '.join(cells)} |"
    if package.findings:
        yield ""
    if len(package.findings) > MOST:
        yield f"{len(package.findings) - MOST:,} more findings are not shown here."
        yield ""
    yield from (f"- {_text(sentence)}" for sentence in decisions(package))
    for label, sentences in (
        ("Verified", package.verified),
        ("Inferred", package.inferred),
        ("Not checked", package.not_checked),
    ):
        yield from (f"- {label}: {_text(sentence)}" for sentence in sentences)
    yield ""


def render_markdown(
    report: Report, rules: Iterable[Rule], *, strict: bool = False
) -> str:
    """Render a report as GitHub Flavored Markdown with a final line end.

    Args:
        rules: Those whose advice is given.
    """
    lines = [
        line for package in report.packages for line in _package(package, strict=strict)
    ]
    lines += (f"- {_text(line)}" for line in advice(report, rules))
    return "".join(f"{line}\n" for line in lines).rstrip("\n") + "\n"
