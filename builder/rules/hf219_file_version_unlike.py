"""Program files have another version than their components.

What it checks: the version resource of each program file against the version
of the component that installs it.

Why it matters: most components have the version of their files, so a
difference can mean that a file of another build was packed.  It can be meant as
well: a library that is the same for several versions of Windows keeps its own
version.

How to fix it: nothing, or pack the build that the component is for.

Source: observed: 88 of 346 program files of genuine packages have the version
of their component; the others are the Universal C Runtime.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import PackageSet, PromisedFile
from builder.rules.core import Rule
from builder.rules.hf202_name_differs_from_identity import promised_name
from builder.rules.payload import is_another


def _unlike(packages: PackageSet) -> Iterator[tuple[PromisedFile, str]]:
    for promise in packages.promised:
        facts = promise.member.facts if promise.member else None
        if facts is None or facts.pe is None or facts.pe.version is None:
            continue
        if promised_name(promise.document) is not None:
            continue  # HF202: nobody knows what the component is
        version = str(facts.pe.version)
        if version != promise.component.identity.version and not is_another(promise):
            yield promise, version


def _count(number: int) -> str:
    return "1 program file has" if number == 1 else f"{number:,} program files have"


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield one note for all files of the package."""
    found = list(_unlike(packages))
    if found:
        promise, version = found[0]
        own = promise.component.identity.version
        yield Hit(
            where=packages.container.where,
            message=(
                f"{_count(len(found))} another version than the "
                f"component; {promise.file.name}, for one, has {version} in {own}"
            ),
        )


RULE = Rule(
    id="HF219",
    name="file-version-unlike",
    severity=Severity.NOTE,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
)
