"""The property list of a .msu contradicts the package.

What it checks: a .msu has exactly one `-pkgProperties.txt`, whose "KB Article
Number" and "Processor Architecture" are those of `update.mum`; a list without
them is a warning.  A .msu whose packages are named by metadata in a cabinet may
have none.

Why it matters: deployment tools read the list instead of the package, and no
catalog covers it.

How to fix it: build the .msu again; if it was downloaded, do not install it.

Source: observed in genuine .msu files of Windows 6.0 to 8.1, each of which has
one list with both properties.
"""

from collections.abc import Iterator, Mapping

from builder.formats.msu import parse_properties
from builder.model.finding import Hit, Severity
from builder.model.identity import Architecture
from builder.model.subject import Msu, PackageSet
from builder.model.unpacked import Kind, Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.number import kb_number
from builder.rules.outer import judge_document

_NUMBER, _ARCHITECTURE = "KB Article Number", "Processor Architecture"


def _promised(packages: PackageSet) -> dict[str, tuple[str, ...]]:
    """Return what the package says, where it says one thing, as it is spelled."""
    promised: dict[str, tuple[str, ...]] = {}
    number = kb_number(packages)
    if number is not None:
        promised[_NUMBER] = (str(number), f"kb{number}")
    root = packages.root
    architecture = Architecture.of(root.identity.architecture) if root else None
    if architecture is not None:
        promised[_ARCHITECTURE] = (architecture.value, architecture.word)
    return promised


def _contradictions(
    properties: Mapping[str, str], msu: Msu, member: Member
) -> Iterator[Hit]:
    for name in (_NUMBER, _ARCHITECTURE):
        if name not in properties:
            message = f'has no "{name}"'
            severity = Severity.WARNING
            yield Hit(where=member.where, message=message, severity=severity)
    if len(msu.packages) != 1:
        return
    for name, promised in _promised(msu.packages[0]).items():
        written = properties.get(name)
        if written is not None and written.lower() not in promised:
            yield Hit(
                where=member.where,
                message=f'"{name}" is {written}; the package says {promised[0]}',
            )


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each property that contradicts the only package."""

    def compare(properties: Mapping[str, str], member: Member) -> Iterator[Hit]:
        yield from _contradictions(properties, msu, member)

    words = "property list (-pkgProperties.txt)"
    yield from judge_document(msu, Kind.PROPERTIES, words, parse_properties, compare)


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
