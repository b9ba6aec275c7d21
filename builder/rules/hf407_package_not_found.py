"""No servicing package was found in the file.

What it checks: that a .msu or .cab leads to at least one .mum.

Why it matters: without a .mum there is nothing that Windows could install,
and nothing that could be proven: the file must not pass as valid.

How to fix it: name the right file; a driver or program cabinet is no
servicing package.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import INVALID_PACKAGE, Answer
from builder.model.subject import Opened
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import CBS_ERRORS


def check(opened: Opened) -> Iterator[Hit]:
    """Yield a hit for a file without a package, unless damage explains it."""
    found = opened.packages or opened.stores
    if opened.containers[0].is_cabinet and not found:
        damaged = any(
            container.damage is not None
            or container.index_damage is not None
            or any(member.damage is not None for member in container.members)
            for container in opened.containers
        )
        if not damaged:
            yield Hit(
                where=opened.containers[0].where,
                message="holds no .mum: this is no servicing package",
            )


RULE = Rule(
    id="HF407",
    name="package-not-found",
    severity=Severity.ERROR,
    subject=Opened,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=INVALID_PACKAGE, source=CBS_ERRORS),),
    yields=Yields.TO_SEAL,
)
