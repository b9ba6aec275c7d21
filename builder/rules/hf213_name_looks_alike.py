"""A name looks like another one, or like one that it is not.

What it checks: names of identities and of files: letters of another script
among Latin ones, letters that only look Latin, and invisible characters are
errors.  Two names in one package that people cannot tell apart, such as
`Client1` and `Clientl`, are a warning; names of files, only where one of the two
is not ASCII.  A document is named like its identity: it is told once.

Why it matters: whoever reviews the package reads one name, and Windows
installs another.

How to fix it: write the name in ASCII, and give different things names that
look different.

Source: Unicode UTS #39; observed: all genuine names are ASCII.
"""

import re
from collections.abc import Iterable, Iterator

from builder.model.finding import Hit, Severity
from builder.model.lookalike import disguise, shape
from builder.model.names import unsafe
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule

_SUFFIX = re.compile(r"\.(mum|cat|manifest)$")
_Name = tuple[str, tuple[str, ...], int | None]


def _names(packages: PackageSet) -> Iterator[_Name]:
    """Yield names of identities, each with its place."""
    for document, package in packages.packages:
        identity = package.identity
        yield identity.name, document.member.where, identity.line
    for document, component in packages.components:
        identity = component.identity
        yield identity.name, document.member.where, identity.line


def _alike(names: Iterable[_Name], *, of_files: bool = False) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for name, where, line in names:
        if disguise(name) is not None:
            continue  # told already
        other = first.setdefault(shape(name), name)
        is_plain = name.isascii() and other.isascii()
        if other.casefold() != name.casefold() and not (of_files and is_plain):
            yield Hit(
                where=where,
                message=f"the name {name} looks like {other}",
                line=line,
                severity=Severity.WARNING,
            )


def _disguised(names: Iterable[_Name]) -> Iterator[Hit]:
    for name, where, line in names:
        reason = disguise(name)
        if reason is not None:
            yield Hit(where=where, message=f"the name has {reason}", line=line)


def _files(packages: PackageSet, told: set[str]) -> tuple[_Name, ...]:
    """Return the names of files, if one of them may be disguised."""
    if all(member.name.isascii() for member in packages.container.members):
        return ()
    found: dict[str, _Name] = {}
    for member in packages.container.members:
        stem = _SUFFIX.sub("", member.key.partition("\\")[0])
        if stem not in told and unsafe(member.name) is None:  # else HF401
            # Of names that fold together HF402 tells.
            found.setdefault(member.key, (member.name, member.where, None))
    return tuple(found.values())


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each name that is disguised, or that looks like an earlier one."""
    names = tuple(_names(packages))
    hits = (*_disguised(names), *_alike(names))
    yield from hits
    files = _files(packages, {_SUFFIX.sub("", h.where[-1].casefold()) for h in hits})
    yield from _disguised(files)
    yield from _alike(files, of_files=True)


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
