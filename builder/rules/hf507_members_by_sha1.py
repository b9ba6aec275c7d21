"""Catalogs list files by SHA-1.

What it checks: the digest algorithm of the catalogs' members.

Why it matters: SHA-1 collisions can be made.  Windows up to 6.1 knows no
other members, so this is a note and no fault of the package.

How to fix it: nothing for packages of that era.

Source: observed: SHA-1 members up to Windows 6.1, SHA-256 from 6.2.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import PackageSet
from builder.rules.core import Rule


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield one note for all catalogs of the package."""
    old = [
        judged
        for judged in packages.catalogs
        if judged.catalog is not None
        and judged.catalog.members
        and all(m.algorithm == "sha1" for m in judged.catalog.members)
    ]
    if old:
        yield Hit(
            where=packages.container.where,
            message=(
                f"{len(old):,} of {len(packages.catalogs):,} catalogs "
                "list their members by SHA-1 only"
            ),
        )


RULE = Rule(
    id="HF507",
    name="members-by-sha1",
    severity=Severity.NOTE,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
)
