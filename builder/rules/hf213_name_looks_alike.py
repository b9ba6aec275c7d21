"""A name looks like another one, or like one that it is not.

What it checks: names of identities and of files: letters of another script
among Latin ones, letters that only look Latin, and invisible characters are
errors.  Two names in one package that people cannot tell apart, such as
`Client1` and `Clientl`, are a warning.

Why it matters: whoever reviews the package reads one name, and Windows
installs another.

How to fix it: write the name in ASCII, and give different things names that
look different.

Source: Unicode UTS #39; observed: all genuine names are ASCII.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.lookalike import disguise, shape
from builder.model.names import unsafe
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule


def _names(packages: PackageSet) -> Iterator[tuple[str, tuple[str, ...], int | None]]:
    """Yield names of identities, each with its place."""
    for document, package in packages.packages:
        identity = package.identity
        yield identity.name, document.member.where, identity.line
    for document, component in packages.components:
        identity = component.identity
        yield identity.name, document.member.where, identity.line


def _alike(packages: PackageSet) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for name, where, line in _names(packages):
        other = first.setdefault(shape(name), name)
        if other.casefold() != name.casefold():
            yield Hit(
                where=where,
                message=f"the name {name} looks like {other}",
                line=line,
                severity=Severity.WARNING,
            )


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each name that is disguised, or that looks like an earlier one."""
    for name, where, line in _names(packages):
        reason = disguise(name)
        if reason is not None:
            yield Hit(where=where, message=f"the name has {reason}", line=line)
    for member in packages.container.members:
        reason = disguise(member.name)
        if reason is not None and unsafe(member.name) is None:  # else HF401
            yield Hit(where=member.where, message=f"the name has {reason}")
    yield from _alike(packages)


RULE = Rule(
    id="HF213",
    name="name-looks-alike",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
