"""The property list of a .msu contradicts the package.

What it checks: a .msu has exactly one `-pkgProperties.txt`, whose "KB Article
Number", "Processor Architecture" and "Package Type" are those of `update.mum`, and
whose "Support Link" names the same article; a list without one of the first two
is a warning.  A .msu whose packages are named by metadata in a cabinet may have
none.  Where the installation document contradicts the package in the same way,
the package is another one: HF404.

Why it matters: deployment tools read the list instead of the package, and no
catalog covers it.

How to fix it: build the .msu again; if it was downloaded, do not install it.

Source: observed in genuine .msu files of Windows 6.0 to 8.1, each of which has
one list with all four properties.
"""

from collections.abc import Iterator, Mapping

from builder.formats.msu import parse_properties
from builder.model.finding import Hit, Severity
from builder.model.identity import Architecture, package_name
from builder.model.subject import Msu, PackageSet
from builder.model.unpacked import Kind, Member
from builder.model.vouched import Yields
from builder.rules.clause import sound_root
from builder.rules.core import Rule
from builder.rules.hf217_attributes_contradict import odd_release_type
from builder.rules.number import (
    kb_number,
    number_of_name,
    number_of_support,
)
from builder.rules.outer import installation, judge_document

_NUMBER, _ARCHITECTURE = "KB Article Number", "Processor Architecture"
_TYPE, _LINK = "Package Type", "Support Link"


def _promised(packages: PackageSet) -> dict[str, tuple[str, ...]]:
    """Return what the package says, where it says one thing, as it is spelled."""
    promised: dict[str, tuple[str, ...]] = {}
    number = kb_number(packages)
    if number is not None:
        promised[_NUMBER] = (str(number), f"kb{number}")
    root = sound_root(packages)
    if root is not None and root.release_type is not None:
        kinds = root.release_type, odd_release_type(packages, root)  # else HF217
        promised[_TYPE] = (kinds[0], *(kind.lower() for kind in kinds if kind))
    architecture = Architecture.of(root.identity.architecture) if root else None
    if architecture is not None:
        promised[_ARCHITECTURE] = (architecture.value, architecture.word)
    return promised


def _claimed(msu: Msu) -> tuple[str, ...]:
    """Return what the installation document says where it contradicts: HF404."""
    unattend, start = installation(msu), msu.packages[0].start
    if unattend is None or start is None or len(unattend.packages) != 1:
        return ()
    (install,) = unattend.packages
    if package_name(install.identity) == package_name(start[1].identity):
        return ()
    architecture = Architecture.of(install.identity.architecture)
    number = number_of_name(install.identity.name)
    words = () if architecture is None else (architecture.value, architecture.word)
    return (*words, str(number), f"kb{number}")


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
    claimed, told = _claimed(msu), set[str]()
    for name, promised in _promised(msu.packages[0]).items():
        written = properties.get(name)
        if written is None or written.lower() in (*promised, *claimed):
            continue
        told.add(name)
        yield Hit(
            where=member.where,
            message=f'"{name}" is {written}; the package says {promised[0]}',
        )
    number, link = kb_number(msu.packages[0]), properties.get(_LINK)
    if number is None or number_of_support(link) in (None, number):
        return
    if _NUMBER not in told and str(number_of_support(link)) not in claimed:
        message = f'"{_LINK}" is {link}; the package says {number}'
        yield Hit(where=member.where, message=message)


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
