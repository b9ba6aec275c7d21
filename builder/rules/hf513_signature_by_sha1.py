"""Catalogs are signed with SHA-1, and believed for their time stamps.

What it checks: whether a verified catalog, its countersignature or a
certificate of either chain uses SHA-1.  Such a catalog is believed only with a
verified countersignature from before 2021-01-01; without one it breaks HF501.

Why it matters: SHA-1 collisions can be made.  Genuine packages for Windows
Vista to 7 are signed so, and nothing else stands behind them.

How to fix it: nothing for packages of that era; those made today are signed
with SHA-256.

Source: observed in the genuine packages of KB2584475 and KB2999226; the date
is when Microsoft's SHA-1 roots for code signing ended.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import PackageSet
from builder.rules.core import Rule


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield one note for all catalogs of the package."""
    weak = [
        judged
        for judged in packages.catalogs
        if judged.verified is not None and judged.verified.signature.weak
    ]
    if weak:
        yield Hit(
            where=packages.container.where,
            message=(
                f"{len(weak):,} of {len(packages.catalogs):,} catalogs are "
                "signed with SHA-1 and believed for their time stamps"
            ),
        )


RULE = Rule(
    id="HF513",
    name="signature-by-sha1",
    severity=Severity.NOTE,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
)
