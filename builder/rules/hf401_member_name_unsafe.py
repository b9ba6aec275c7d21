"""A member's name could leave the folder it is unpacked to.

What it checks: no member is named with a drive, a root, `..`, an empty part,
a reserved device name, a colon, a control character, or a part that ends in
a dot or a blank.

Why it matters: a tool that joins such a name to a folder writes elsewhere.

How to fix it: pack the file under a plain relative name.

Source: naming rules of the Windows file systems; observed: no genuine package
has such a name.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.names import unsafe
from builder.model.unpacked import Container
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(container: Container) -> Iterator[Hit]:
    """Yield each unsafe member name."""
    if container.is_cabinet:
        for member in container.members:
            reason = unsafe(member.name)
            if reason is not None:
                message = f"unsafe name: {reason}"
                yield Hit(where=member.where, message=message, is_moved=True)


RULE = Rule(
    id="HF401",
    name="member-name-unsafe",
    severity=Severity.ERROR,
    subject=Container,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
