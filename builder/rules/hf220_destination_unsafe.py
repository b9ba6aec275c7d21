r"""A component installs a file somewhere that is no folder of Windows.

What it checks: the `destinationPath` of a `file` starts with a macro, such as
`$(runtime.system32)`, or is relative; no part of it is `..`; and the `name` stays
below it: it has no root, no drive, no stream and no `..`.  What starts with a
single separator, at the root of whatever drive is meant, is a warning.

Why it matters: what writes files while Windows services itself may write
anywhere.  A path that climbs out of its folder replaces files of other
components, and one with a share or a drive asks for a place that the package does
not know.

How to fix it: write the macro of the folder that is meant, and no more than a name
or a path below it.

Source: Microsoft, "Windows Universal OEM Package Schema", macros; all genuine
manifests that were seen.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from builder.model.finding import Hit, Severity
from builder.model.package import Component, PackagedFile
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule

_MACRO = re.compile(r"\$\([^)]*\)")
_FIXED = re.compile(r"[\\/]{2}|[A-Za-z]:")
_OF_A_DRIVE = "starts at the root of a drive"
_CLIMBS = re.compile(r"(^|[\\/])\.\.($|[\\/])")


@lru_cache(maxsize=1024)
def _leaves(path: str) -> str | None:
    """Return how a path leaves the folder that it starts from, or None."""
    if _CLIMBS.search(path):
        return "climbs out of its folder"
    if _FIXED.match(path):
        return "leads to a fixed place"
    return _OF_A_DRIVE if path.startswith(("\\", "/")) else None


@lru_cache(maxsize=1024)
def _strays(destination: str) -> str | None:
    """Return how a destination is wrong, or None."""
    macro = _MACRO.match(destination)
    if macro is None:
        return _leaves(destination)
    below = destination[macro.end() :].lstrip("\\/")
    return _leaves(below)


def _clause(file: PackagedFile) -> str | None:
    """Return what is wrong with where a file is put, or None."""
    destination = file.destination_path
    wrong = None if destination is None else _strays(destination)
    if wrong is not None:
        return f"{file.name} is installed to {destination}, which {wrong}"
    wrong = _leaves(file.name)
    if wrong is None and ":" in file.name:
        wrong = "names a stream"
    return (
        None if wrong is None else f"a file is installed as {file.name}, which {wrong}"
    )


def check(document: Document) -> Iterator[Hit]:
    """Yield each file with such a destination or name."""
    component = document.value
    if not isinstance(component, Component):
        return
    for file in component.files:
        clause = _clause(file)
        if clause is not None:
            is_sure = not clause.endswith(_OF_A_DRIVE)
            yield Hit(
                where=document.member.where,
                message=clause,
                line=file.line,
                severity=None if is_sure else Severity.WARNING,
            )


RULE = Rule(
    id="HF220",
    name="destination-unsafe",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
