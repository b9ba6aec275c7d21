"""Findings as markup, grouped by rule, to filter."""

from collections.abc import Iterator, Mapping

from builder.model.finding import Finding, PackageReport, Severity
from builder.model.rule import Rule, page_url
from builder.report.markup import bounded, path_markup, shown
from builder.report.text import counted

MOST_FINDINGS = 2_000
"""Of one top-level file; errors go first."""

_ORDER = {severity: at for at, severity in enumerate(Severity)}
_OPEN = 25


def findings_markup(
    package: PackageReport, name: str, *, level: int, pages: Mapping[str, Rule]
) -> Iterator[str]:
    """Yield the section's content: filters, then a group for each rule.

    Args:
        name: Begins every id.
        level: Of the headings of groups.
        pages: Rules by id; may lack any.
    """
    if not package.findings:
        yield "<p>No rule is broken.</p>"
        return
    findings, left_out = bounded(
        package.findings, MOST_FINDINGS, lambda f: f.severity is Severity.ERROR
    )
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((_ORDER[finding.severity], finding.rule), []).append(finding)
    ordered = [groups[key] for key in sorted(groups)]
    yield from _filters(package, ordered, name)
    for group in ordered:
        yield from _group(group, level, pages.get(group[0].rule))
    if left_out:
        yield (
            f'<p class="note">{counted(left_out, "finding")} not shown; '
            "<code>--format json</code> has all.</p>"
        )


def _filters(
    package: PackageReport, groups: list[list[Finding]], name: str
) -> Iterator[str]:
    yield f'<form class="filters" data-for="{name}" hidden>'
    yield "<fieldset><legend>Severity</legend>"
    for severity in Severity:
        count = package.count(severity)
        if count:
            yield (
                f'<label><input type="checkbox" value="{severity.value}" checked> '
                f"{counted(count, severity.value)}</label>"
            )
    yield "</fieldset>"
    yield f'<label>Rule <select id="{name}-rule"><option value="">all rules</option>'
    for rule, title in sorted({(g[0].rule, g[0].name) for g in groups}):
        yield f'<option value="{shown(rule)}">{shown(rule)} {shown(title)}</option>'
    yield "</select></label>"
    yield f'<label>Text <input type="search" id="{name}-text"></label>'
    yield '<button type="reset">Show all</button>'
    yield '<p class="count" role="status"></p></form>'


def _group(group: list[Finding], level: int, page: Rule | None) -> Iterator[str]:
    first = group[0]
    severity = first.severity.value
    is_open = " open" if len(group) <= _OPEN else ""
    yield f'<details class="group {severity}"{is_open}><summary>'
    yield (
        f'<h{level}><span class="chip {severity}">{severity}</span> '
        f"{shown(first.rule)} {shown(first.name)}</h{level}> "
        f'<span class="count">{len(group):,}</span></summary>'
    )
    if page is not None:
        if first.severity is not Severity.NOTE:
            yield f'<p class="advice">How to fix it: {shown(page.advice)}</p>'
        yield _about(page)
    answers = {answer.hresult: None for finding in group for answer in finding.answers}
    for hresult in answers:
        yield f'<p class="advice">Windows answers {shown(str(hresult))}: '
        yield f"{shown(hresult.meaning)}.</p>"
    yield "<ul>"
    for finding in group:
        yield (
            f'<li data-rule="{shown(finding.rule)}" data-severity="{severity}">'
            f'<p class="message">{shown(finding.hit.message)}</p>'
            f'<p class="path">{place_markup(finding)}</p></li>'
        )
    yield "</ul></details>"


def _about(rule: Rule) -> str:
    parts = [rule.summary, *(f"{head}: {text}" for head, text in rule.paragraphs)]
    text = "".join(f"<p>{shown(' '.join(part.split()))}</p>" for part in parts)
    link = f'<a href="{shown(page_url(rule.id))}">the page of {shown(rule.id)}</a>'
    return (
        f'<details class="rule"><summary>About {shown(rule.id)}</summary>{text}'
        f"<p>More on {link}.</p></details>"
    )


def place_markup(finding: Finding) -> str:
    """Return the place of a finding, its containers as steps."""
    hit = finding.hit
    text = path_markup(hit.where)
    if hit.line is not None:
        text += f", line {hit.line:,}"
    if hit.offset is not None:
        text += f", at byte {hit.offset:#x}"
    return text
