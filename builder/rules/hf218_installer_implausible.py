"""A package asks for an installer that Windows does not have.

What it checks: an `installerAssembly` is Microsoft-Windows-ServicingStack,
neutral, of the package's architecture and with Microsoft's token.  Its version
is 6.0.0.0, or that of the least stack of Windows 10 that will do.

Why it matters: Windows looks the servicing stack up under this identity.

How to fix it: write the identity of the servicing stack.

Source: observed in 209 of 209 genuine .mum files that have one; Windows 11
has the same version still.  Cumulative updates for Windows 10, versions 1607 and
1809, are published with versions such as 10.0.14393.7692.
"""

import re
from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.package import Package
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule

_NAME = "Microsoft-Windows-ServicingStack"
_LEAST = re.compile(r"10\.0\.[0-9]+\.[0-9]+")
_EXPECTED = (
    ("name", _NAME.casefold()),
    ("version", "6.0.0.0"),
    ("language", "neutral"),
    ("public_key_token", "31bf3856ad364e35"),
)


def check(document: Document) -> Iterator[Hit]:
    """Yield a hit if the installer is another one than Windows has."""
    package = document.value
    if not isinstance(package, Package) or package.installer is None:
        return
    if document.faults:
        return  # HF102
    installer = package.installer
    expected = (*_EXPECTED, ("architecture", package.identity.architecture))
    for attribute, value in expected:
        written = getattr(installer, attribute)
        if attribute == "version" and _LEAST.fullmatch(written or ""):
            continue
        if written is not None and value is not None and written.lower() != value:
            yield Hit(
                where=document.member.where,
                message=f"the installer's {attribute} is {written}, not {value}",
                line=installer.line,
            )


RULE = Rule(
    id="HF218",
    name="installer-implausible",
    severity=Severity.WARNING,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
