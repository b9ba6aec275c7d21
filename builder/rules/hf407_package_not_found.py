"""No servicing package was found in the file.

What it checks: that a .msu or .cab leads to at least one .mum.  Where the names
in it say what it is instead, such as a driver, that is told: whoever signed it,
it is no package.  Nothing else in such a file is judged, but for manifests, which
may be what is left of a package.  Where a container inside is packed in a way that
is not decoded, it is a warning.

Why it matters: without a .mum there is nothing that Windows could install,
and nothing that could be proven: the file must not pass as valid.

How to fix it: name the right file, or the folder in which `update.mum` lies; a
driver or program cabinet is no servicing package.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import INVALID_PACKAGE, Answer
from builder.model.subject import Opened
from builder.model.unpacked import SCAN_CABINET, Kind, Member
from builder.rules.core import Rule
from builder.rules.windows import CBS_ERRORS

_OTHERS = (
    (".inf", "a driver"),
    (".msi", "a program to install"),
    (".msp", "a patch of a program"),
    (".exe", "a program"),
)


def _what(opened: Opened) -> str:
    names = [m.name for container in opened.containers for m in container.members]
    for suffix, words in _OTHERS:
        for name in names:
            if name.casefold().endswith(suffix):
                return f"no servicing package, but {words} ({name})"
    return "no servicing package"


def _deeper(opened: Opened) -> str | None:
    """Return a .mum that lies in a folder of what was opened, where none is read."""
    return next(
        (
            member.name
            for container in opened.containers
            for member in container.members
            if member.key.endswith(".mum") and member.kind is not Kind.MUM
        ),
        None,
    )


def _waiting(opened: Opened) -> Member | None:
    """Return a container inside that is packed in a way that is not decoded."""
    return next(
        (
            member
            for container in opened.containers
            for member in container.members
            if member.kind is Kind.CABINET
            and member.waits is not None
            and container.where[-1].casefold() != SCAN_CABINET
        ),
        None,
    )


def check(opened: Opened) -> Iterator[Hit]:
    """Yield a hit for a file without a package, unless damage explains it."""
    found = opened.packages or opened.stores
    if found or not opened.containers[0].is_cabinet:
        return
    damaged = any(
        container.damage is not None
        or container.index_damage is not None
        or any(member.damage is not None for member in container.members)
        for container in opened.containers
    )
    waiting = _waiting(opened)
    if waiting is not None:
        message = f"holds no .mum that could be read: {waiting.waits}"
        yield Hit(where=waiting.where, message=message, severity=Severity.WARNING)
    elif not damaged:
        deeper = _deeper(opened)
        message = f"holds no .mum: this is {_what(opened)}"
        if deeper is not None:
            message = f"holds no .mum but in folders ({deeper}): judge the folder"
        yield Hit(where=opened.containers[0].where, message=message)


RULE = Rule(
    id="HF407",
    name="package-not-found",
    severity=Severity.ERROR,
    subject=Opened,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=INVALID_PACKAGE, source=CBS_ERRORS),),
)
