"""An update refers to a package that is not there.

What it checks: each `update/package` has its .mum in the same container,
unless it says `contained="false"`.

Why it matters: Windows cannot resolve the package family and installs
nothing.

How to fix it: add the .mum, or correct the identity that refers to it.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import SOURCE_MISSING, Answer
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each .mum that is referred to and absent."""
    for absence in packages.absences:
        if absence.name.endswith(".mum"):
            yield Hit(
                where=absence.document.member.where,
                message=absence.message,
                line=absence.line,
            )


RULE = Rule(
    id="HF203",
    name="package-absent",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=SOURCE_MISSING, source=KB947821),),
    yields=Yields.TO_SEAL,
)
