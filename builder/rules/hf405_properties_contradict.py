"""The property list of a .msu contradicts the package.

What it checks: "KB Article Number" and "Processor Architecture" of the
`-pkgProperties.txt` against `update.mum`.

Why it matters: deployment tools read the list instead of the package.

How to fix it: build the .msu again.

Source: observed in genuine .msu files of Windows 6.0 to 8.1.
"""

from collections.abc import Iterator

from builder.errors import FormatError, LimitError
from builder.formats.msu import parse_properties
from builder.model.finding import Hit, Severity
from builder.model.identity import Architecture
from builder.model.subject import Msu, PackageSet
from builder.model.unpacked import Kind
from builder.rules.core import Rule
from builder.rules.number import kb_number


def _promised(packages: PackageSet) -> dict[str, str]:
    """Return what the package says, where it says one thing."""
    promised = {}
    number = kb_number(packages)
    if number is not None:
        promised["KB Article Number"] = str(number)
    root = packages.root
    architecture = Architecture.of(root.identity.architecture) if root else None
    if architecture is not None:
        promised["Processor Architecture"] = architecture.value
    return promised


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each property that contradicts the only package."""
    for member in msu.container.members:
        if member.kind is not Kind.PROPERTIES or member.data is None:
            continue
        try:
            properties = parse_properties(member.data)
        except (FormatError, LimitError) as error:
            yield Hit(where=member.where, message=error.reason, line=error.line)
            continue
        if len(msu.packages) != 1:
            continue
        for name, promised in _promised(msu.packages[0]).items():
            written = properties.get(name)
            if written is not None and written.lower() != promised.lower():
                yield Hit(
                    where=member.where,
                    message=f'"{name}" is {written}; the package says {promised}',
                )


RULE = Rule(
    id="HF405",
    name="properties-contradict",
    severity=Severity.WARNING,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
)
