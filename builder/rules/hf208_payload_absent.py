"""A file that a component installs is not there.

What it checks: each `file` of a manifest lies in the container at the
manifest's name without its suffix, then `sourceName`, unless the package has
deltas of it or an index of payload that lies elsewhere.  Where the file lies under
another name, or in another component's folder, that is told.

Why it matters: Windows cannot stage the component.

How to fix it: add the file at that place, or correct `sourceName`.

Source: observed in all genuine packages without delta compression.
"""

from collections.abc import Iterator, Mapping

from builder.model.finding import Hit, Severity
from builder.model.hresult import SOURCE_MISSING, Answer
from builder.model.subject import PackageSet, is_payload
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def _misplaced(packages: PackageSet) -> Mapping[tuple[str, bytes], str]:
    """Return where files that no manifest names lie, by name and digest.

    Without a name, the first one of any name.
    """
    promised = {promise.path for promise in packages.promised}
    found: dict[tuple[str, bytes], str] = {}
    for member in packages.container.members:
        if member.facts is not None and member.key not in promised:
            name = member.key.rpartition("\\")[2]
            for digest in (member.facts.sha256, member.facts.sha1):
                found.setdefault((name, digest), member.name)
                if is_payload(member):
                    found.setdefault(("", digest), member.name)
    return found


def _is_near(place: str, folder: str, name: str) -> bool:
    """Tell a file deeper or higher in its own folder: perhaps published so."""
    parts = place.casefold().replace("/", "\\").split("\\")
    return parts[0] == folder and parts[-1] == name


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each promised file that is absent."""
    absent = [
        promise
        for promise in packages.promised
        if promise.member is None and not packages.is_apart(promise)  # HF413
    ]
    misplaced = _misplaced(packages) if absent else {}
    for promise in absent:
        name = promise.path.rpartition("\\")[2]
        digest = promise.file.digest or b""
        place = misplaced.get((name, digest), misplaced.get(("", digest)))
        elsewhere = "" if place is None else f"; it lies at {place}"
        folder = promise.path.partition("\\")[0]
        is_near = place is None or _is_near(place, folder, name)
        yield Hit(
            where=promise.document.member.where,
            message=f"{promise.path} is not in the package{elsewhere}",
            line=promise.file.line,
            is_moved=not is_near,
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
