"""A report as one page: nothing to fetch, to read, to filter and to print."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from builder.model.comparison import Mark
from builder.model.finding import PackageReport, Report, Severity, Verdict
from builder.model.rule import Rule
from builder.report.markup import base_name, data_block, document, shown, wide_markup
from builder.report.page_custody import custody_data, custody_markup
from builder.report.page_findings import findings_markup
from builder.report.page_graph import graph_data, graph_markup
from builder.report.page_signed import signed_markup
from builder.report.table_html import comparison_markup, legend_markup
from builder.report.text import counted, decisions

_THEMES = (
    '<label hidden>Colours <select id="theme"><option value="">as the system</option>'
    '<option value="light">light</option><option value="dark">dark</option></select>'
    "</label>"
)
_SIGNS = {Verdict.VALID: "✓", Verdict.INVALID: "✗", Verdict.UNREADABLE: "?"}


def render_page(report: Report, *, strict: bool, rules: Iterable[Rule] = ()) -> str:
    """Render a report as one HTML document with a final line end.

    The same report gives the same bytes.  All that was read is escaped; the
    policy in the page lets only its own script and style run, by their hashes.

    Args:
        strict: Warnings make a package invalid.
        rules: Those whose pages are shown with their findings.
    """
    pages = {rule.id: rule for rule in rules}
    packages = report.packages
    title = _title(packages, strict=strict)
    body = [
        '<a class="skip" href="#main">Skip to the verdict</a>',
        '<header class="top"><p>hotfix validate</p>',
        _THEMES,
        "</header>",
        '<main id="main">',
        *_verdict(packages, title, strict=strict),
    ]
    data: list[Any] = []
    for at, package in enumerate(packages):
        body += _package(
            package, at, alone=len(packages) == 1, pages=pages, strict=strict
        )
        dossier = package.dossier
        data.append(
            None
            if dossier is None
            else {
                "name": f"p{at}",
                "graph": graph_data(dossier.graph),
                "custody": custody_data(dossier),
            }
        )
    body += ["</main>", data_block("data", data)]
    return document(f"{title}: hotfix validate", body, runs=True)


def _title(packages: tuple[PackageReport, ...], *, strict: bool) -> str:
    if len(packages) == 1:
        return f"{base_name(packages[0].path)} is {packages[0].verdict(strict=strict)}"
    verdicts = [package.verdict(strict=strict) for package in packages]
    bad = [f"{verdicts.count(v)} {v}" for v in Verdict if v in verdicts]
    return f"{counted(len(packages), 'file')}: {', '.join(bad) or 'none'}"


def _worst(packages: tuple[PackageReport, ...], *, strict: bool) -> Verdict:
    verdicts = {package.verdict(strict=strict) for package in packages}
    for verdict in (Verdict.UNREADABLE, Verdict.INVALID):
        if verdict in verdicts:
            return verdict
    return Verdict.VALID


def _counts(package: PackageReport) -> str:
    counts = ", ".join(counted(package.count(s), s.value) for s in Severity)
    files = f"{package.checked:,} of {counted(package.files, 'file')}"
    return f"{counts}; the bytes of {files} are held to a promise"


def _verdict(
    packages: tuple[PackageReport, ...], title: str, *, strict: bool
) -> Iterator[str]:
    worst = _worst(packages, strict=strict)
    yield f'<section class="verdict {worst.value}" aria-labelledby="verdict">'
    yield f'<p class="sign" aria-hidden="true">{_SIGNS[worst]}</p>'
    yield f'<div><h1 id="verdict"><bdi>{shown(title)}</bdi></h1>'
    if len(packages) == 1:
        yield from _says(packages[0])
    if strict:
        yield "<p>Judged strictly: warnings make a package invalid.</p>"
    yield "</div></section>"
    if len(packages) != 1:
        yield from _overview(packages, strict=strict)


def _says(package: PackageReport) -> Iterator[str]:
    if package.unreadable is not None:
        reason = package.unreadable.removeprefix(f"{package.path}: ")
        yield f"<p>{shown(reason)}</p>"
        return
    yield f"<p>{_counts(package)}.</p>"
    for sentence in decisions(package):
        yield f'<p class="decision">{shown(sentence)}</p>'
    if package.not_checked:
        count = counted(len(package.not_checked), "thing")
        verb = "was" if len(package.not_checked) == 1 else "were"
        yield f'<p><a href="#p0-rest">{count} {verb} not checked</a>.</p>'


def _overview(packages: tuple[PackageReport, ...], *, strict: bool) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{s.value.title()}s</th>' for s in Severity)
    yield wide_markup("All files")
    yield '<table><thead><tr><th scope="col">File</th><th scope="col">Verdict</th>'
    yield f'{heads}<th scope="col">Files checked</th></tr></thead><tbody>'
    for at, package in enumerate(packages):
        name = shown(base_name(package.path))
        verdict = package.verdict(strict=strict)
        counts = "".join(f"<td>{package.count(s):,}</td>" for s in Severity)
        yield (
            f'<tr><th scope="row"><a href="#p{at}"><bdi>{name}</bdi></a></th>'
            f'<td><span class="chip {verdict.value}">{verdict}</span></td>'
            f"{counts}<td>{package.checked:,} of {package.files:,}</td></tr>"
        )
    yield "</tbody></table></div>"


def _package(
    package: PackageReport,
    at: int,
    *,
    alone: bool,
    pages: Mapping[str, Rule],
    strict: bool,
) -> Iterator[str]:
    level = 2 if alone else 3
    name = f"p{at}"
    yield f'<article id="{name}">'
    if not alone:
        verdict = package.verdict(strict=strict)
        yield (
            f"<h2><bdi>{shown(base_name(package.path))}</bdi> "
            f'<span class="chip {verdict.value}">{verdict}</span></h2>'
        )
        yield from (text.replace("#p0-", f"#{name}-") for text in _says(package))
    if package.unreadable is None:
        sections = tuple(_sections(package, name, level=level, pages=pages))
        links = "".join(
            f'<li><a href="#{name}-{key}">{title}</a> {count}</li>'
            for key, title, count, _ in sections
        )
        label = shown(f"Parts of {package.path}")
        yield f'<nav aria-label="{label}"><ul>{links}</ul></nav>'
        for key, title, _, content in sections:
            yield f'<section id="{name}-{key}"><h{level}>{title}</h{level}>'
            yield from content
            yield "</section>"
    yield "</article>"


_Section = tuple[str, str, str, Iterator[str]]


def _sections(
    package: PackageReport, name: str, *, level: int, pages: Mapping[str, Rule]
) -> Iterator[_Section]:
    """Yield the key, title, count and content of each part."""
    below = level + 1
    if package.comparisons:
        content = _tables(package, name, level=below)
        yield "kb", "The article's tables", _odd_rows(package), content
    found = findings_markup(package, name, level=below, pages=pages)
    yield "findings", "Findings", f"{len(package.findings):,}", found
    dossier = package.dossier
    if dossier is not None:
        graph = graph_markup(dossier.graph, package.findings, name)
        yield "map", "Package graph", f"{len(dossier.graph.nodes):,}", graph
        custody = custody_markup(dossier, name)
        yield "chains", "Chain of custody", f"{len(dossier.chains):,}", custody
        signed = signed_markup(dossier, package.path, level=below)
        yield "signed", "Catalogs and signatures", f"{len(dossier.signed):,}", signed
    count = f"{len(package.not_checked):,}"
    yield "rest", "What was not checked", count, _rest(package, level=below)


def _odd_rows(package: PackageReport) -> str:
    bad = sum(
        c.count(Mark.DIFFERS) + c.count(Mark.MISSING) for c in package.comparisons
    )
    return f"{bad:,} wrong" if bad else "all rows agree"


def _tables(package: PackageReport, name: str, *, level: int) -> Iterator[str]:
    yield f'<div class="tables" id="{name}-tables">{legend_markup()}'
    yield (
        '<label class="check" hidden><input type="checkbox"> '
        "only rows that are not equal</label>"
    )
    for comparison in package.comparisons:
        yield from comparison_markup(comparison, level=level)
    yield "</div>"


def _rest(package: PackageReport, *, level: int) -> Iterator[str]:
    yield from _sentences(package.not_checked, "Everything that applies was checked.")
    yield f"<h{level}>What was inferred, not proven</h{level}>"
    yield from _sentences(package.inferred, "Nothing.")
    yield f"<h{level}>What was verified</h{level}>"
    yield from _sentences(package.verified, "Nothing carries a signature that holds.")


def _sentences(sentences: tuple[str, ...], otherwise: str) -> Iterator[str]:
    if sentences:
        items = "".join(f"<li>{shown(sentence)}</li>" for sentence in sentences)
        yield f"<ul>{items}</ul>"
    else:
        yield f"<p>{otherwise}</p>"
