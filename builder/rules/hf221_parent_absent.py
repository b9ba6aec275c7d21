"""An update has no parent.

What it checks: a package whose `releaseType` is that of an update (Hotfix, Update,
Security Update, Critical Update, Update Rollup) and whose `identifier` is an article
has a `parent`, the package that a system must have for the update to apply.
Parts that the component builder of Windows 10 writes need none: what brings them
has one.

Why it matters: without a parent an update is applicable to every system, of any
version and edition.

How to fix it: name the packages of the systems that the update is for.

Source: 301 of 301 genuine .mum files have a parent.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.package import Package
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.number import number_of

_UPDATES = frozenset(
    ("hotfix", "update", "security update", "critical update", "update rollup")
)


def check(document: Document) -> Iterator[Hit]:
    """Yield a hit for an update without a parent."""
    package = document.value
    if not isinstance(package, Package) or package.parents or document.faults:
        return
    is_update = (package.release_type or "").casefold() in _UPDATES
    is_built = package.identity.build_type is not None
    if is_update and not is_built and number_of(package.identifier) is not None:
        yield Hit(
            where=document.member.where,
            message=f"{package.identity.name} has no parent: it is for any system",
            line=package.identity.line,
        )


RULE = Rule(
    id="HF221",
    name="parent-absent",
    severity=Severity.WARNING,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
