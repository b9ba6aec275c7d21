"""Reports for machines: the shape of report.schema.json."""

import json
from typing import Any

from builder.model.finding import Finding, PackageReport, Report, Severity
from builder.report.table_json import comparison_value

SCHEMA = "https://hotfix-builder.invalid/schemas/report-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def _finding(finding: Finding) -> dict[str, Any]:
    hit = finding.hit
    shown: dict[str, Any] = {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "where": list(hit.where),
        "message": hit.message,
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


def _package(package: PackageReport, *, strict: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "path": package.path,
        "verdict": package.verdict(strict=strict).value,
        "findings": [_finding(finding) for finding in package.findings],
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
    if package.unreadable is not None:
        shown["error"] = package.unreadable
    if package.comparisons:
        shown["comparisons"] = [
            comparison_value(comparison) for comparison in package.comparisons
        ]
    return shown


def render_json(report: Report, *, strict: bool = False) -> str:
    """Render a report as JSON in ASCII with a final line end."""
    packages = [_package(package, strict=strict) for package in report.packages]
    document = {"schema": SCHEMA, "packages": packages}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
