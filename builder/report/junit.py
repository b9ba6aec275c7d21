"""Reports as JUnit XML, which Jenkins, GitLab and many others show as tests.

A suite is a file that was given.  Its first case is the verdict; each finding
that fails the run is a case of its own, named by rule and place, so that the
next run is compared with this one.

Source: jenkins-junit.xsd (Jenkins' xUnit plugin), which has no standard behind it.
"""

from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from lxml import etree

from builder.model.escaped import printable
from builder.model.finding import Finding, PackageReport, Report, Severity
from builder.model.rule import Rule, page_url
from builder.report.text import decisions, place, render_finding


def _fails(finding: Finding, *, strict: bool) -> bool:
    severity = finding.severity
    return severity is Severity.ERROR or (strict and severity is Severity.WARNING)


def _element(tag: str, text: str | None = None, **facts: str) -> etree._Element:
    made = etree.Element(tag, {name: printable(fact) for name, fact in facts.items()})
    made.text = text
    return made


def _case(
    package: PackageReport, finding: Finding, advice: Mapping[str, str]
) -> etree._Element:
    """Return a case that failed, named by rule and place."""
    name = f"{finding.rule} {finding.name}: {place(finding)}"
    case = _element("testcase", name=name, classname=package.path)
    lines = [render_finding(finding), advice.get(finding.rule, "")]
    text = "\n".join((*filter(None, lines), page_url(finding.rule)))
    message = finding.hit.message
    case.append(_element("failure", text, type=finding.severity.value, message=message))
    return case


def _cases(
    package: PackageReport, advice: Mapping[str, str], *, strict: bool
) -> Iterator[etree._Element]:
    readable = _element("testcase", name="readable", classname=package.path)
    if package.unreadable is not None:
        reason = printable(package.unreadable)
        readable.append(_element("error", reason, type="unreadable", message=reason))
    yield readable
    for finding in package.findings:
        if _fails(finding, strict=strict):
            yield _case(package, finding, advice)


def _told(package: PackageReport, *, strict: bool) -> Iterator[str]:
    for finding in package.findings:
        if not _fails(finding, strict=strict):
            yield render_finding(finding)
    yield from decisions(package)
    yield from (f"not checked: {printable(text)}" for text in package.not_checked)


def _totals(packages: tuple[PackageReport, ...], *, strict: bool) -> dict[str, str]:
    failing = [Severity.ERROR, *([Severity.WARNING] if strict else [])]
    failures = sum(
        package.count(severity) for package in packages for severity in failing
    )
    errors = sum(package.unreadable is not None for package in packages)
    return {
        "tests": str(len(packages) + failures),
        "failures": str(failures),
        "errors": str(errors),
    }


def _opened(tag: str, name: str, totals: dict[str, str]) -> str:
    """Return the start of an element; its end is written when it has gone by."""
    empty = etree.tostring(_element(tag, name=name, **totals), encoding="unicode")
    return f"{empty.removesuffix('/>')}>"


def render_junit(
    report: Report, rules: Iterable[Rule], *, strict: bool = False
) -> Iterator[str]:
    """Render a report as JUnit XML with a final line end, in pieces.

    Args:
        rules: Those whose advice is given.
        strict: Warnings fail, too.
    """
    advice = {rule.id: rule.advice for rule in rules}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    totals = _totals(report.packages, strict=strict)
    yield f"{_opened('testsuites', 'hotfix', totals)}\n"
    for package in report.packages:
        totals = _totals((package,), strict=strict)
        yield f"  {_opened('testsuite', package.path, totals)}\n"
        for case in _cases(package, advice, strict=strict):
            yield f"    {etree.tostring(case, encoding='unicode')}\n"
        between = "    <system-out>"
        for line in _told(package, strict=strict):
            yield f"{between}{escape(line)}"
            between = "\n"
        yield "</system-out>\n" if between == "\n" else ""
        yield "  </testsuite>\n"
    yield "</testsuites>\n"
