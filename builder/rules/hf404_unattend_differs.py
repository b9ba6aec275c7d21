"""The installation document of a .msu asks for something else than its package.

What it checks: a .msu has exactly one installation document, the unattend XML,
with nothing in it but `servicing`, `package`, `assemblyIdentity` and `source`.
Each package is installed; its source is `%configsetroot%` and a cabinet in
this file; its identity is that of `update.mum` in that cabinet.  A .msu whose
packages are named by metadata in a cabinet may have none.

Why it matters: Windows does what this document says, and no catalog covers it.
Other elements run programs or change settings; other sources install something
that lies elsewhere.

How to fix it: build the .msu again; if it was downloaded, do not install it.

Source: observed in genuine .msu files of Windows 6.0 to 8.1.
"""

from collections.abc import Iterator, Mapping

from builder.formats.msu import Servicing, Unattend, parse_unattend
from builder.model.finding import Hit, Severity
from builder.model.identity import package_name
from builder.model.subject import Msu
from builder.model.unpacked import Kind, Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf201_identity_malformed import schema_speaks
from builder.rules.outer import judge_document

_ROOT = "%configsetroot%\\"


def source_of(install: Servicing) -> str | None:
    """Return the folded name of the cabinet to install; None: it lies elsewhere."""
    folded = install.location.casefold()
    name = folded.removeprefix(_ROOT)
    is_beside = name != folded and name and not set(name) & set("\\/:")
    return name if is_beside else None


def _roots(msu: Msu) -> Mapping[str, str]:
    """Return the folded name of each package by the key of its cabinet."""
    return {
        packages.container.where[-1].casefold(): package_name(
            packages.start[1].identity
        ).casefold()
        for packages in msu.packages
        # An identity that the schema refuses is HF102.
        if packages.start is not None and not schema_speaks(packages.start[0])
    }


def _contradictions(
    install: Servicing, roots: Mapping[str, str], cabinets: set[str]
) -> Iterator[str]:
    if install.action != "install":
        yield f"has the action {install.action!r}, not 'install'"
    source = source_of(install)
    name = package_name(install.identity)
    allowed = set(roots.values())
    if source in cabinets:
        # Of the cabinet that is meant nothing may be known: other rules say why.
        allowed &= {roots.get(source or "", "")}
    if source is None:
        location = install.location or "nowhere"
        yield f"installs from {location}, not from {_ROOT} and a cabinet"
    elif source not in cabinets:
        yield f"installs from {install.location}, which is not in this file"
    elif allowed and name.casefold() not in allowed:
        yield f"installs {name}, which is no package in this file"


def _hits(
    member: Member, unattend: Unattend, roots: Mapping[str, str], cabinets: set[str]
) -> Iterator[Hit]:
    if not unattend.packages:
        yield Hit(where=member.where, message="installs nothing")
    for install in unattend.packages:
        for message in _contradictions(install, roots, cabinets):
            yield Hit(where=member.where, message=message, line=install.line)


def check(msu: Msu) -> Iterator[Hit]:
    """Yield each contradiction between the document and the packages."""
    cabinets = {m.key for m in msu.container.members if m.kind is Kind.CABINET}

    def compare(unattend: Unattend, member: Member) -> Iterator[Hit]:
        yield from _hits(member, unattend, _roots(msu), cabinets)

    words = "installation document (unattend XML)"
    yield from judge_document(msu, Kind.UNATTEND, words, parse_unattend, compare)


RULE = Rule(
    id="HF404",
    name="unattend-differs",
    severity=Severity.ERROR,
    subject=Msu,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
