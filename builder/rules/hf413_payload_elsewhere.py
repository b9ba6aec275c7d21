"""Payload of the package lies in deltas or beside it.

What it checks: whether the package has deltas in place of files (folders `f`,
`n` and `r` below a component's folder), or an index (`*.psf.cix.xml`) of
payload that lies in a `.psf` file.

Why it matters: these files were not compared with their manifests.  A forward
delta applies to what is installed: Windows looks there for the file.

How to fix it: nothing; the package was published so.

Source: known of cumulative updates of Windows 10, version 1809, and later.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import (
    BINARY_MISSING,
    COMPONENT_NOT_FOUND,
    DELTA_FAILED,
    Answer,
)
from builder.model.subject import PackageSet
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield one note for all files of the package."""
    apart = sum(packages.is_apart(promise) for promise in packages.promised)
    if apart:
        where = "beside the package" if packages.is_express else "in deltas"
        yield Hit(
            where=packages.container.where,
            message=(
                f"{apart:,} of {len(packages.promised):,} payload files lie {where} "
                "and were not compared"
            ),
        )


RULE = Rule(
    id="HF413",
    name="payload-elsewhere",
    severity=Severity.NOTE,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=tuple(
        Answer(hresult=hresult, source=KB947821)
        for hresult in (COMPONENT_NOT_FOUND, BINARY_MISSING, DELTA_FAILED)
    ),
)
