"""The installation document names another package or another cabinet.

What it checks: the `package` of the unattend XML in a .msu: its identity is
that of `update.mum` in the inner cabinet, its action is to install, and its
source is that cabinet.

Why it matters: Windows installs what this document names.

How to fix it: build the .msu again.

Source: observed in genuine .msu files of Windows 6.0 to 8.1.
"""

from collections.abc import Iterator

from builder.errors import FormatError, LimitError
from builder.formats.msu import Servicing, parse_unattend
from builder.model.finding import Hit, Severity
from builder.model.identity import package_name
from builder.model.subject import Msu
from builder.model.unpacked import Kind
from builder.rules.core import Rule
from builder.rules.hf201_identity_malformed import schema_speaks


def _contradictions(
    install: Servicing, roots: set[str], cabinets: set[str]
) -> Iterator[str]:
    if install.action != "install":
        yield f"has the action {install.action!r}, not 'install'"
    name = package_name(install.identity)
    if roots and name.casefold() not in roots:
        yield f"installs {name}, which is no package in this file"
    cabinet = install.location.replace("/", "\\").rpartition("\\")[2]
    if not cabinet:
        yield "names no cabinet to install from"
    elif cabinet.casefold() not in cabinets:
        yield f"installs from {cabinet}, which is not in this file"


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each contradiction between the document and the packages."""
    members = msu.container.members
    if any(member.kind is Kind.MUM for member in members):
        return  # a package with packages inside has no such document
    cabinets = {member.key for member in members}
    roots = {
        package_name(packages.start[1].identity).casefold()
        for packages in msu.packages
        # An identity that the schema refuses is HF102.
        if packages.start is not None and not schema_speaks(packages.start[0])
    }
    for member in members:
        if member.kind is not Kind.UNATTEND or member.data is None:
            continue
        try:
            unattend = parse_unattend(member.data)
        except (FormatError, LimitError) as error:
            yield Hit(where=member.where, message=error.reason, line=error.line)
            continue
        if not unattend.packages:
            yield Hit(where=member.where, message="installs nothing")
        for install in unattend.packages:
            for message in _contradictions(install, roots, cabinets):
                yield Hit(where=member.where, message=message, line=install.line)


RULE = Rule(
    id="HF404",
    name="unattend-differs",
    severity=Severity.ERROR,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
)
