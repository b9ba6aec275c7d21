"""A file of a delta package is not what the index promises.

What it checks: for every file that the index names, that its source is in
the package and has the hash that the index gives, that its basis is a file of
the index, that the delta can be applied, and that length and hash of the
result are those of the index.  Of files that rest on a damaged one, only that
one is named.  Where what a delta does is not known in full, the files are counted
as a warning: they may be sound, or changed together with their index, and only
their publisher's signature over the cabinet tells.

Why it matters: Windows restores the file in the same way and refuses the
package; whoever trusts the index alone believes a file that is not there.

How to fix it: download the package again, or make the deltas again.

Source: observed in packages of Windows Vista to 8.1.
"""

from collections import Counter
from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield each file that could not be restored, but not those based on it."""
    targets = [m for m in container.members if m.promise is not None]
    is_damaged = container.damage is not None
    for member in targets:
        damage = member.damage
        if damage is not None:
            is_damaged = True
            yield Hit(where=member.where, message=damage.reason, offset=damage.offset)
    if is_damaged:
        return  # whatever waits may wait for these
    reasons = Counter(m.waits for m in targets if m.waits is not None)
    for reason, count in reasons.items():
        files = "1 file" if count == 1 else f"{count:,} files"
        yield Hit(
            where=container.where,
            message=f"{files} not restored, and known from the index alone: {reason}",
            severity=Severity.WARNING,
        )


RULE = Rule(
    id="HF411",
    name="target-not-restored",
    severity=Severity.ERROR,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
    outweighed=Severity.WARNING,
)
