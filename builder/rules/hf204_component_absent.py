"""An update or a deployment refers to a component that is not there.

What it checks: each `update/component` and `update/driver`, and each
component that a deployment installs, has its manifest in the same container.

Why it matters: Windows stages the package and then fails to find the
component's manifest in it.

How to fix it: add the manifest, or correct the identity that refers to it.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import ASSEMBLY_MISSING, Answer
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import ASIA_SUPPORT


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each manifest that is referred to and absent."""
    for absence in packages.absences:
        if absence.name.endswith(".manifest"):
            yield Hit(
                where=absence.document.member.where,
                message=absence.message,
                line=absence.line,
            )


RULE = Rule(
    id="HF204",
    name="component-absent",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=ASSEMBLY_MISSING, source=ASIA_SUPPORT),),
    yields=Yields.TO_PACKAGE,
)
