"""A file that a component installs is not there.

What it checks: each `file` of a manifest lies in the container at the
manifest's name without its suffix, then `sourceName`, unless the package has
deltas of it or an index of payload that lies elsewhere.

Why it matters: Windows cannot stage the component.

How to fix it: add the file at that place, or correct `sourceName`.

Source: observed in all genuine packages without delta compression.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import SOURCE_MISSING, Answer
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each promised file that is absent."""
    for promise in packages.promised:
        if promise.member is None and not packages.is_apart(promise):  # HF413
            yield Hit(
                where=promise.document.member.where,
                message=f"{promise.path} is not in the package",
                line=promise.file.line,
            )


RULE = Rule(
    id="HF208",
    name="payload-absent",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=SOURCE_MISSING, source=KB947821),),
    yields=Yields.TO_PACKAGE,
)
