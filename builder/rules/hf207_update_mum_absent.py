"""A package has no update.mum.

What it checks: that the container of .mum files holds one named `update.mum`,
or holds a single .mum.  Where one .mum leads to all others, and no `update.cat`
lies there, it is a warning; if that one has no name that its identity makes, HF202
says so, and nothing else.

Why it matters: Windows starts there.

How to fix it: name the package that leads to all others `update.mum`.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import INVALID_PACKAGE, Answer
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import own_catalog
from builder.rules.hf202_name_differs_from_identity import is_misnamed
from builder.rules.windows import CBS_ERRORS


def has_start(packages: PackageSet) -> bool:
    """Tell whether there is an update.mum, or a single .mum."""
    mums = _mums(packages)
    return "update.mum" in mums or len(mums) == 1


def _mums(packages: PackageSet) -> list[str]:
    return [key for key in packages.members if key.endswith(".mum")]


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield a hit if there is no place to start."""
    if has_start(packages):
        return
    inner = {r.name for r in packages.referrals if r.kind == "package"}
    outermost = [key for key in _mums(packages) if key not in inner]
    is_plain = len(outermost) == 1 and not packages.unread
    if is_plain and any(
        document.member.key in outermost and is_misnamed(document)
        for document in packages.documents
    ):
        return  # HF202: it was renamed
    was_there = own_catalog("update.mum") in packages.members
    yield Hit(
        where=packages.container.where,
        message=f"none of the {len(_mums(packages)):,} .mum files is update.mum",
        severity=Severity.WARNING if is_plain and not was_there else None,
    )


RULE = Rule(
    id="HF207",
    name="update-mum-absent",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=INVALID_PACKAGE, source=CBS_ERRORS),),
    yields=Yields.TO_SEAL,
)
