"""Judge siblings: the report of packages for several architectures."""

from collections.abc import Sequence

from builder.model.finding import PackageReport
from builder.model.portrait import Portrait
from builder.model.siblings import Siblings
from builder.rules import RULES
from builder.rules.core import run
from builder.rules.parity import are_alike
from builder.steps.portray_xml import walk
from builder.steps.siblings import compare_siblings


def judge_siblings(portraits: Sequence[Portrait]) -> tuple[PackageReport, ...]:
    """Compare packages for several architectures, and run the rules about it.

    Args:
        portraits: Two or more, one for each architecture.

    Returns:
        One report for each of them, in order.
    """
    siblings = compare_siblings(portraits)
    found = run(RULES, (siblings,))
    return tuple(
        PackageReport(
            path=portrait.name,
            findings=tuple(f for f in found if f.hit.where[0] == portrait.name),
            files=_files(portrait),
            checked=_files(portrait),
            verified=_verified(siblings, at),
            not_checked=portrait.unread,
        )
        for at, portrait in enumerate(portraits)
    )


def _verified(siblings: Siblings, at: int) -> tuple[str, ...]:
    member = siblings.members[at]
    others = [
        f"{other.word} ({other.name})"
        for other in siblings.members
        if are_alike(member, other)
    ]
    if not others:
        return ()
    return (f"{member.compared:,} parts compared with {' and '.join(others)}",)


def _files(portrait: Portrait) -> int:
    return sum(part.fact("size") is not None for part in walk(portrait.root))
