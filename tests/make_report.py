"""Reports for tests of renderers: every kind of place, and hostile names."""

from builder.model.finding import Finding, Hit, PackageReport, Report, Severity

HOSTILE = "a b%2C,:;|<!&>\"'`[x](y)](\x1b[31m\n::error::\u202e@you\udc80\ufffe"
"""A name that nobody should have, and that archives can have."""


def finding(
    *where: str,
    rule: str = "HF301",
    severity: Severity = Severity.ERROR,
    message: str = "5 bytes; the article says 6",
    line: int | None = None,
    offset: int | None = None,
) -> Finding:
    """Return a finding of a rule with the name of HF301."""
    hit = Hit(where=where, message=message, line=line, offset=offset)
    return Finding(rule=rule, name="file-size-differs", severity=severity, hit=hit)


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
