"""Reports as JUnit XML, which Jenkins, GitLab and many others show as tests.

A suite is a file that was given.  Its first case is the verdict; each finding
that fails the run is a case of its own, named by rule and place, so that the
next run is compared with this one.

Source: jenkins-junit.xsd (Jenkins' xUnit plugin), which has no standard behind it.
"""

from lxml import etree

from builder.model.escaped import printable
from builder.model.finding import Finding, PackageReport, Report, Severity, Verdict
from builder.model.rule import page_url
from builder.report.text import place, render_finding


def _fails(finding: Finding, *, strict: bool) -> bool:
    severity = finding.severity
    return severity is Severity.ERROR or (strict and severity is Severity.WARNING)


def _case(suite: etree._Element, package: PackageReport, name: str) -> etree._Element:
    classname = printable(package.path)
    return etree.SubElement(suite, "testcase", name=name, classname=classname)


def _suite(root: etree._Element, package: PackageReport, *, strict: bool) -> None:
    suite = etree.SubElement(root, "testsuite", name=printable(package.path))
    failing: list[Finding] = []
    told: list[Finding] = []
    for finding in package.findings:
        (failing if _fails(finding, strict=strict) else told).append(finding)
    is_unreadable = package.verdict(strict=strict) is Verdict.UNREADABLE
    suite.set("tests", str(len(failing) + 1))
    suite.set("failures", str(len(failing)))
    suite.set("errors", str(int(is_unreadable)))
    verdict = _case(suite, package, "readable")
    if package.unreadable is not None:
        reason = printable(package.unreadable)
        error = etree.SubElement(verdict, "error", type="unreadable", message=reason)
        error.text = reason
    for finding in failing:
        name = f"{finding.rule} {finding.name}: {place(finding)}"
        message = printable(finding.hit.message)
        case = _case(suite, package, name)
        failure = etree.SubElement(
            case, "failure", type=finding.severity.value, message=message
        )
        failure.text = f"{render_finding(finding)}\n{page_url(finding.rule)}"
    lines = [render_finding(finding) for finding in told]
    lines += [f"not checked: {printable(text)}" for text in package.not_checked]
    if lines:
        etree.SubElement(suite, "system-out").text = "\n".join(lines)


def render_junit(report: Report, *, strict: bool = False) -> str:
    """Render a report as JUnit XML with a final line end.

    Args:
        strict: Warnings fail, too.
    """
    root = etree.Element("testsuites", name="hotfix")
    for package in report.packages:
        _suite(root, package, strict=strict)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    data = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return data.decode()
