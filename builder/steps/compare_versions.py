"""Hold the version of an installed package to what a parent clause asks for."""

from builder.model.applicability import Truth
from builder.model.package import Parent
from builder.model.version import FileVersion

LOGS = "CBS logs: VersionComp is EQ in all of them, the others as the clause says"
_UNDIVIDED = 10  # from Windows 10 on the fourth number is one number


def compare_versions(
    present: FileVersion, wanted: FileVersion, clause: Parent
) -> tuple[Truth, str]:
    """Tell whether a version satisfies a clause, and why.

    Numbers one and two have to be equal.  The third is compared by
    `buildCompare`.  The fourth is compared by `revisionCompare` from Windows 10
    on; before, it is divided between `serviceCompare`, `distributionCompare`
    and `revisionCompare`, and how is not published.  No known comparison
    accepts a lower number; whether one accepts a higher number depends on it,
    and where the clause does not name it, nobody can tell.

    Source: CBS logs of Windows 7 and 10.
    """
    if present == wanted:
        return Truth.HOLDS, "the same version"
    if present[:2] != wanted[:2]:
        return Truth.FAILS, (
            f"{present} is there; {wanted.major}.{wanted.minor} has to be equal"
        )
    truth, says = _build(present, wanted, clause.build_compare)
    if truth is not Truth.HOLDS:
        return truth, f"{present} is there: {says}"
    truth, says = _fourth(present, wanted, clause)
    return truth, f"{present} is there: {says}"


def _build(
    present: FileVersion, wanted: FileVersion, compare: str | None
) -> tuple[Truth, str]:
    if present.build == wanted.build:
        return Truth.HOLDS, "the same build"
    if present.build < wanted.build:
        return Truth.FAILS, f"build {present.build} is lower than {wanted.build}"
    if compare == "GE":
        return Truth.HOLDS, "a higher build, which buildCompare=GE accepts"
    if compare == "EQ":
        return Truth.FAILS, (
            f"build {present.build} is not {wanted.build} (buildCompare=EQ)"
        )
    word = "names no" if compare is None else f"has the unknown {compare!r} as"
    return Truth.UNKNOWN, f"a higher build, and the clause {word} buildCompare"


def _fourth(
    present: FileVersion, wanted: FileVersion, clause: Parent
) -> tuple[Truth, str]:
    here, there = present.revision, wanted.revision
    if here == there:
        return Truth.HOLDS, "the fourth number is the same"
    if here < there:
        if present.build > wanted.build:
            return Truth.UNKNOWN, (
                "a higher build with a lower fourth number; how CBS weighs them "
                "is not published"
            )
        return Truth.FAILS, f"{here} is lower than {there}"
    if present.major < _UNDIVIDED:
        return Truth.UNKNOWN, (
            f"{here} is higher than {there}; how the fourth number divides into "
            "service level, distribution and revision is not published"
        )
    return _higher(here, there, clause.revision_compare)


def _higher(here: int, there: int, compare: str | None) -> tuple[Truth, str]:
    if compare == "GE":
        return Truth.HOLDS, f"{here} is higher, which revisionCompare=GE accepts"
    if compare == "EQ":
        return Truth.FAILS, f"{here} is not {there} (revisionCompare=EQ)"
    word = "names no" if compare is None else f"has the unknown {compare!r} as"
    return Truth.UNKNOWN, f"{here} is higher, and the clause {word} revisionCompare"
