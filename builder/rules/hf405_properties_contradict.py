"""The property list of a .msu contradicts the package.

What it checks: a .msu has exactly one `-pkgProperties.txt`, whose "KB Article
Number" and "Processor Architecture" are those of `update.mum`.

Why it matters: deployment tools read the list instead of the package, and no
catalog covers it.

How to fix it: build the .msu again; if it was downloaded, do not install it.

Source: observed in genuine .msu files of Windows 6.0 to 8.1, each of which has
one list with both properties.
"""

from collections.abc import Iterator, Mapping

from builder.errors import FormatError, LimitError
from builder.formats.msu import parse_properties
from builder.model.finding import Hit, Severity
from builder.model.identity import Architecture
from builder.model.subject import Msu, PackageSet
from builder.model.unpacked import Kind, Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf404_unattend_differs import has_unattend
from builder.rules.number import kb_number

_NUMBER, _ARCHITECTURE = "KB Article Number", "Processor Architecture"


def _promised(packages: PackageSet) -> dict[str, str]:
    """Return what the package says, where it says one thing."""
    promised = {}
    number = kb_number(packages)
    if number is not None:
        promised[_NUMBER] = str(number)
    root = packages.root
    architecture = Architecture.of(root.identity.architecture) if root else None
    if architecture is not None:
        promised[_ARCHITECTURE] = architecture.value
    return promised


def _contradictions(
    properties: Mapping[str, str], msu: Msu, member: Member
) -> Iterator[Hit]:
    for name in (_NUMBER, _ARCHITECTURE):
        if name not in properties:
            yield Hit(where=member.where, message=f'has no "{name}"')
    if len(msu.packages) != 1:
        return
    for name, promised in _promised(msu.packages[0]).items():
        written = properties.get(name)
        if written is not None and written.lower() != promised.lower():
            yield Hit(
                where=member.where,
                message=f'"{name}" is {written}; the package says {promised}',
            )


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each property that contradicts the only package."""
    if not has_unattend(msu):
        return
    lists: dict[str, Member] = {}
    for member in msu.container.members:
        if member.kind is Kind.PROPERTIES:
            lists.setdefault(member.key, member)
    if not lists:
        message = "has no property list (-pkgProperties.txt)"
        yield Hit(where=msu.container.where, message=message)
    for at, member in enumerate(lists.values()):
        if at:
            message = "is one more property list; a .msu has one"
            yield Hit(where=member.where, message=message)
        elif member.data is not None:
            try:
                properties = parse_properties(member.data)
            except (FormatError, LimitError) as error:
                yield Hit(where=member.where, message=error.reason, line=error.line)
                continue
            yield from _contradictions(properties, msu, member)


RULE = Rule(
    id="HF405",
    name="properties-contradict",
    severity=Severity.ERROR,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
