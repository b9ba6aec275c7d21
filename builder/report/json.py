"""Reports for machines: the shape of report.schema.json."""

import json
from collections.abc import Iterator
from typing import Any

from builder.model.finding import Finding, PackageReport, Report, Severity
from builder.model.rule import page_url
from builder.report.table_json import comparison_value

SCHEMA = "https://hotfix-builder.invalid/schemas/report-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""

_ENCODER = json.JSONEncoder(indent=2, ensure_ascii=True)


def _finding(finding: Finding) -> dict[str, Any]:
    hit = finding.hit
    shown: dict[str, Any] = {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "where": list(hit.where),
        "message": hit.message,
        "url": page_url(finding.rule),
    }
    if hit.line is not None:
        shown["line"] = hit.line
    if hit.offset is not None:
        shown["offset"] = hit.offset
    if finding.answers:
        shown["windows"] = [
            {"hresult": f"{code.code:#010x}", "symbol": code.symbol}
            for code in (answer.hresult for answer in finding.answers)
        ]
    return shown


def _before(package: PackageReport, *, strict: bool) -> dict[str, Any]:
    return {
        "path": package.path,
        "verdict": package.verdict(strict=strict).value,
    }


def _after(package: PackageReport) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "summary": {severity.value: package.count(severity) for severity in Severity}
        | {
            "files": package.files,
            "checked": package.checked,
            "not_checked": package.files - package.checked,
        },
        "notes": {
            "verified": list(package.verified),
            "inferred": list(package.inferred),
            "not_checked": list(package.not_checked),
        },
    }
    if package.ignored:
        shown["ignored"] = [
            {"rule": i.rule, "count": i.count, "reason": i.reason, "source": i.source}
            for i in package.ignored
        ]
    if package.configured:
        shown["configured"] = list(package.configured)
    if package.unreadable is not None:
        shown["error"] = package.unreadable
    if package.comparisons:
        shown["comparisons"] = [
            comparison_value(comparison) for comparison in package.comparisons
        ]
    return shown


def indented(value: dict[str, Any], depth: int) -> str:
    """Return JSON in ASCII that stands `depth` levels deep in a document."""
    return _ENCODER.encode(value).replace("\n", "\n" + "  " * depth)


def _package(package: PackageReport, *, strict: bool) -> Iterator[str]:
    """Write one package, two levels deep; its findings one by one."""
    yield indented(_before(package, strict=strict), 2).removesuffix("\n    }")
    yield ',\n      "findings": ['
    between = ""
    for finding in package.findings:
        yield f"{between}\n        {indented(_finding(finding), 4)}"
        between = ","
    yield "\n      ],\n    " if between else "],\n    "
    yield indented(_after(package), 2).removeprefix("{\n    ")


def render_json(report: Report, *, strict: bool = False) -> Iterator[str]:
    """Render a report as JSON in ASCII with a final line end, in pieces."""
    yield f'{{\n  "schema": "{SCHEMA}",\n  "packages": ['
    between = ""
    for package in report.packages:
        yield f"{between}\n    "
        yield from _package(package, strict=strict)
        between = ","
    yield "\n  ]\n}\n" if between else "]\n}\n"
