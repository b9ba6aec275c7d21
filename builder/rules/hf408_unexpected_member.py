"""A .msu carries a file that does not belong there.

What it checks: a .msu holds its installation document, the cabinets which that
document installs, its property list, `WSUSSCAN.cab`, which is no package, and
nothing else.

Why it matters: no catalog covers what lies beside the cabinet, and who unpacks
the .msu finds it among files that are trusted.

How to fix it: build the .msu again; if it was downloaded, do not install it.

Source: observed in genuine .msu files of Windows 6.0 to 8.1.  Those of Windows
10 are known to carry a servicing stack, deployment cabinets, metadata and
express payload (`.psf`) as well: under their usual names these are notes.  So
are programs (`.msix`) in those that are WIM files, of which only lists were
seen: all else is a warning there.
"""

import re
from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.names import unsafe
from builder.model.subject import Msu
from builder.model.unpacked import SCAN_CABINET, Form, Kind
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf404_unattend_differs import source_of
from builder.rules.outer import has_metadata, has_outer_documents, installation

_LATER = re.compile(
    r"ssu-[^\\]+\.cab|desktopdeployment[^\\]*\.cab"
    r"|[^\\]*aggregatedmetadata[^\\]*\.cab|[^\\]+\.psf"
)
_IMAGE = ".wim"
_PROGRAM = ".msix"
_ELSEWHERE = (Kind.UNATTEND, Kind.PROPERTIES)  # HF404, HF405


def _named(msu: Msu) -> set[str] | None:
    """Return the cabinets that the document names; None where HF404 speaks."""
    unattend = installation(msu)
    if unattend is None:
        return None
    cabinets = {m.key for m in msu.container.members if m.kind is Kind.CABINET}
    named = {source_of(install) for install in unattend.packages}
    return {name for name in named if name} if named and named <= cabinets else None


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each member that is none of those that genuine files have."""
    if not has_outer_documents(msu):
        return
    named = _named(msu)
    is_described = has_metadata(msu)
    packages = {packages.container.where for packages in msu.packages}
    is_wim = msu.container.form is Form.WIM
    severity = Severity.WARNING if is_wim else None
    for member in msu.container.members:
        is_scan = member.key == SCAN_CABINET and member.where not in packages
        if member.kind in _ELSEWHERE or (is_scan and member.kind is Kind.CABINET):
            continue
        if unsafe(member.name) is not None:
            continue  # HF401
        is_usual = (
            (is_described and member.key.endswith(_IMAGE))
            or (is_wim and member.key.endswith(_PROGRAM))
            or _LATER.fullmatch(member.key)
        )
        if is_usual:
            message = "is what .msu files since Windows 10 carry as well"
            yield Hit(where=member.where, message=message, severity=Severity.NOTE)
        elif member.kind is not Kind.CABINET:
            message = "does not belong into a .msu"
            yield Hit(
                where=member.where, message=message, severity=severity, is_moved=True
            )
        elif named is not None and member.key not in named:
            message = "is a cabinet that the installation document does not name"
            yield Hit(
                where=member.where, message=message, severity=severity, is_moved=True
            )


RULE = Rule(
    id="HF408",
    name="unexpected-member",
    severity=Severity.ERROR,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
