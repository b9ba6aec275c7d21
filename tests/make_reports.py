"""Reports for tests of renderers: every kind of place, hostile, large, ordinary."""

from datetime import UTC, datetime

from made_packages import Memory, Parts
from make_subjects import identity, manifest, mum

from builder.model.comparison import Cell, Comparison, Mark, Row
from builder.model.custody import Custody, Link, LinkKind, LinkState
from builder.model.dossier import Dossier, Graph, GraphEdge, GraphNode, Signed
from builder.model.finding import Finding, Hit, PackageReport, Report, Severity
from builder.model.identity import AssemblyIdentity
from builder.model.limits import DEFAULT_LIMITS
from builder.model.package import Reference, Update
from builder.model.subject import Document
from builder.model.trust import Trust
from builder.steps.judge import judge
from builder.steps.relate import relate
from builder.steps.unpack import unpack

NASTY = (
    "</script><script>document.title='gone'</script>",
    "<!--<script>",
    "]]><img src=https://example.invalid/x.png onerror=alert(1)>",
    "\"' onmouseover='alert(1)",
    "\u202egpj.exe\u2066",
    "\x00\x07\x1b[31m\r\n\u2028\u2029",
    "&lt;b&gt;&#x3c;",
    "\ud800 \udfff",
    "javascript:alert(1)",
    "${alert(1)} {{7*7}}",
)
"""Names that a package may bring to get out of the place where they are shown."""

HOSTILE = "a b%2C,:;|<!&>\"'`[x](y)](\x1b[31m\n::error::\u202e@you\udc80\ufffe"
"""A name that nobody should have, and that archives can have."""


def finding(
    *where: str,
    rule: str = "HF301",
    name: str = "file-size-differs",
    severity: Severity = Severity.ERROR,
    message: str = "5 bytes; the article says 6",
    line: int | None = None,
    offset: int | None = None,
) -> Finding:
    """Return a finding, of a file in a package where no place is given."""
    place = where or ("a.msu", "a.cab", "b.sys")
    hit = Hit(where=place, message=message, line=line, offset=offset)
    return Finding(rule=rule, name=name, severity=severity, hit=hit)


def alone(package: PackageReport) -> Report:
    return Report(packages=(package,))


def link(
    kind: LinkKind = LinkKind.FILE,
    state: LinkState = LinkState.HOLDS,
    says: str = "as promised",
    *details: str,
) -> Link:
    return Link(kind=kind, state=state, says=says, details=details)


def chain(name: str, *links: Link) -> Custody:
    return Custody(where=("a.msu", "a.cab", name), links=links or (link(),))


def comparison(text: str) -> Comparison:
    """A table with each mark, and one text in every cell."""
    rows = tuple(
        Row(
            section=text,
            product=text,
            mark=mark,
            cells=tuple(
                Cell(
                    column=column,
                    promised=None if mark is Mark.UNLISTED else text,
                    observed=f"{text} found",
                    mark=mark,
                    reason=text if mark is Mark.UNCHECKED else None,
                    odd=text if mark is Mark.DIFFERS else None,
                )
                for column in ("File name", "File size")
            ),
            notes=(text,),
        )
        for mark in Mark
    )
    return Comparison(
        promised=text, observed=text, times=text, rows=rows, notes=(text,)
    )


def hostile_package(text: str) -> PackageReport:
    """A report in which one text stands everywhere that text can stand."""
    node = GraphNode(
        kind="package", name=text, title=text, facts=((text, text),), where=(text,)
    )
    dossier = Dossier(
        graph=Graph(
            nodes=(node, GraphNode(kind="parent", name=text, title=text)),
            edges=(GraphEdge(source=1, target=0, kind="parent"),),
        ),
        chains=(
            Custody(
                where=(text, text, text),
                links=(link(LinkKind.SIGNER, LinkState.BROKEN, text, text),),
            ),
        ),
        signed=(
            Signed(
                where=(text, text),
                kind="catalog",
                version=1,
                entries=1,
                issued=datetime(2009, 2, 12, tzinfo=UTC),
                fault=text,
            ),
        ),
    )
    return PackageReport(
        path=text,
        findings=(finding(text, text, text, message=text, line=7),),
        verified=(text,),
        inferred=(text,),
        not_checked=(text,),
        comparisons=(comparison(text),),
        dossier=dossier,
    )


def hostile_report() -> Report:
    """One package for each nasty name, and one that cannot be read."""
    packages = tuple(map(hostile_package, NASTY))
    return Report(
        packages=(*packages, PackageReport(path="x", unreadable=" ".join(NASTY)))
    )


def branching_documents(count: int, width: int = 6) -> tuple[Document, ...]:
    """A package of `count` documents: each leads to the next `width` ones."""

    def name(number: int) -> AssemblyIdentity:
        return identity(f"Package_{number}_for_KB1" if number else "Package_for_KB1")

    def leads(number: int) -> tuple[Update, ...]:
        below = range(number * width + 1, min((number + 1) * width + 1, count))
        return tuple(
            Update(
                name=f"{n}",
                references=(
                    Reference(
                        kind="package" if n % 5 else "component", identity=name(n)
                    ),
                ),
            )
            for n in below
        )

    return tuple(
        mum(name(n), *leads(n), file=None if n else "update.mum")
        if n % 5 or not n
        else manifest(name(n))
        for n in range(count)
    )


def large_report(nodes: int = 500, findings: int = 600) -> Report:
    """A broken package of many documents with many findings and files."""
    graph = relate(branching_documents(nodes))
    names = [node.where for node in graph.nodes if node.where is not None]
    found = tuple(
        finding(
            *names[at % len(names)],
            rule=f"HF{301 + at % 7}",
            name=f"rule-{at % 7}",
            severity=list(Severity)[at % 7 % 3],
            message=f"message {at} of many",
        )
        for at in range(findings)
    )
    chains = tuple(
        chain(
            f"x86_part_{at}\\file{at}.dll",
            link(says=f"{at:,} bytes, sha256 {at:064x}"),
            link(
                LinkKind.MEMBER,
                LinkState.HOLDS if at % 9 else LinkState.BROKEN,
                "none of 2 catalogs lists the file" if at % 9 == 0 else "a.cat",
            ),
        )
        for at in range(1_200)
    )
    dossier = Dossier(graph=graph, chains=chains)
    return alone(
        PackageReport(
            path="large.msu",
            findings=found,
            files=1_200,
            checked=1_000,
            dossier=dossier,
        )
    )


def gathered(parts: Parts) -> PackageReport:
    """Judge parts, put together, with all that a page shows."""
    assert parts.signer is not None
    trust = Trust(anchors=(parts.signer.certificates[-1],), crls=(), at=parts.at)
    containers = unpack(parts.name, parts.pack(), limits=DEFAULT_LIMITS, spool=Memory)
    return judge(parts.name, containers, spec=parts.spec, trust=trust, gathers=True)


def every_kind() -> Report:
    """Return a report with every kind of place, and a file that is unreadable."""
    msu = "dist/a b.msu"
    findings = (
        finding(msu, offset=8, rule="HF403", severity=Severity.WARNING),
        finding(msu, "in.cab", rule="HF407"),
        finding(msu, "in.cab", "update.mum", line=12, rule="HF102"),
        finding(msu, "in.cab", "update.mum", line=14, rule="HF102"),
        finding(msu, "in.cab", "x86\\ntfs.sys", offset=64),
        finding(msu, HOSTILE, message=f"is {HOSTILE}", severity=Severity.NOTE),
    )
    return Report(
        packages=(
            PackageReport(
                path=msu,
                findings=findings,
                files=5,
                checked=4,
                verified=("2 catalogs",),
                not_checked=("revocation: no lists were given",),
            ),
            PackageReport(
                path="k/kb.json", findings=(finding("k/kb.json", line=3, rule="HF901"),)
            ),
            PackageReport(path="good.cab", files=1, checked=1),
            PackageReport(path="none.msu", unreadable="none.msu: no such file"),
        )
    )
