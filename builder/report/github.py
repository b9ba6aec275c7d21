"""Reports as workflow commands: GitHub Actions shows them beside the code.

Source: GitHub, "Workflow commands for GitHub Actions"; the escaping is that of
actions/toolkit, command.ts.
"""

from collections.abc import Iterable, Iterator, Mapping

from builder.model.escaped import printable
from builder.model.finding import Finding, PackageReport, Report, Severity
from builder.model.rule import Rule, page_url
from builder.report.text import below, decisions

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _command(finding: Finding, root: str, advice: Mapping[str, str]) -> str:
    hit = finding.hit
    facts = [f"file={_property(below(hit.where[0], root))}"]
    if hit.line is not None and len(hit.where) == 1:
        facts.append(f"line={hit.line}")  # elsewhere it is a line inside of the file
    facts.append(f"title={_property(f'{finding.rule} {finding.name}')}")
    inner = "!".join(hit.where[1:])
    if inner and hit.line is not None:
        inner += f":{hit.line}"
    text = f"{inner}: {hit.message}" if inner else hit.message
    command = _COMMANDS[finding.severity]
    lines = [text, advice.get(finding.rule, ""), page_url(finding.rule)]
    said = "%0A".join(_data(line) for line in lines if line)
    return f"::{command} {','.join(facts)}::{said}"


def _package(
    package: PackageReport, root: str, advice: Mapping[str, str], *, strict: bool
) -> Iterator[str]:
    for finding in package.findings:
        yield _command(finding, root, advice)
    path = below(package.path, root)
    if package.unreadable is not None:
        reason = package.unreadable
        yield f"::error file={_property(path)},title=unreadable::{_data(reason)}"
    # What begins with "::" would be a command.
    head = f"hotfix: {printable(package.path)}"
    yield f"{head}: {package.verdict(strict=strict)}"
    yield from (f"{head}: {sentence}" for sentence in decisions(package))


def render_github(
    report: Report, rules: Iterable[Rule], *, strict: bool = False, root: str = ""
) -> Iterator[str]:
    """Render a report as lines of workflow commands, each with its line end.

    Args:
        rules: Those whose advice is given.
        root: The folder of the repository; names below it become relative to it.
    """
    advice = {rule.id: rule.advice for rule in rules}
    for package in report.packages:
        for line in _package(package, root, advice, strict=strict):
            yield f"{line}\n"
