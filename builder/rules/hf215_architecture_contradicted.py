"""A reference names an architecture that cannot go with the package.

What it checks: parents, packages and drivers have the architecture of the
package that names them; packages for wow64 and arm64.x86 go with those of the
system that they run on, and these with them.  Components may also be those that
run beside it: x86, wow64 and msil on amd64 and ia64; arm, x86, amd64 and their
twins on arm64; msil everywhere.

Why it matters: a parent of another architecture is never installed, so the
package is never applicable; a component of another one does not run.

How to fix it: take the identity for this architecture.

Source: observed in all genuine packages; the architectures that Windows on
ARM64 emulates, and the names of features on demand for wow64, are documented.
"""

from collections.abc import Iterator, Mapping

from builder.model.finding import Hit, Severity
from builder.model.hresult import NOT_APPLICABLE, Answer
from builder.model.identity import Architecture, AssemblyIdentity
from builder.model.subject import Document, PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import CBS_LOGS

_A = Architecture
_BESIDE: Mapping[Architecture, frozenset[Architecture]] = {
    _A.X86: frozenset({_A.X86, _A.MSIL}),
    _A.AMD64: frozenset({_A.AMD64, _A.X86, _A.WOW64, _A.MSIL}),
    _A.IA64: frozenset({_A.IA64, _A.X86, _A.WOW64, _A.MSIL}),
    _A.WOW64: frozenset(_A) - {_A.ARM},
    _A.ARM: frozenset({_A.ARM, _A.MSIL}),
    _A.ARM64: frozenset(_A) - {_A.IA64},
}
_ANY = frozenset(_A)
_EMULATED = frozenset({_A.WOW64, _A.ARM64_X86})
_NATIVE = frozenset({_A.AMD64, _A.IA64, _A.ARM64})

_Place = tuple[Document, int | None, str, str | None, AssemblyIdentity]


def _references(packages: PackageSet) -> Iterator[_Place]:
    """Yield what is referred to, with the architecture of who refers."""
    absent = {absence.name for absence in packages.absences}
    for referral in packages.referrals:
        value = referral.document.value
        if value is not None and referral.name not in absent:  # HF203, HF204
            own = value.identity.architecture
            yield (
                referral.document,
                referral.line,
                referral.kind,
                own,
                referral.identity,
            )
    for document, package in packages.packages:
        own = package.identity.architecture
        for parent in package.parents:
            for identity in parent.identities:
                yield document, identity.line, "package", own, identity
        for update in package.updates:
            for condition in update.applicable:
                for identity in condition.identities:
                    yield document, identity.line, "component", own, identity


def _fits(kind: str, own: Architecture, other: Architecture) -> bool:
    if own is other:
        return True
    if kind == "driver":
        return False
    if kind == "package":
        return bool({own, other} & _EMULATED and {own, other} & _NATIVE)
    return other in _BESIDE.get(own, _ANY)


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each reference to an architecture that does not fit."""
    faulty = {
        (document.member.key, fault.line)
        for document in packages.documents
        for fault in document.faults
    }
    for document, line, kind, written, identity in _references(packages):
        if identity.architecture == written:
            continue
        own = Architecture.of(written)
        other = Architecture.of(identity.architecture)
        if own is None or other is None or (document.member.key, line) in faulty:
            continue  # HF102, HF201
        if not _fits(kind, own, other):
            yield Hit(
                where=document.member.where,
                message=f"refers to {identity.name} for {other}; this is for {own}",
                line=line,
            )


RULE = Rule(
    id="HF215",
    name="architecture-contradicted",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=NOT_APPLICABLE, source=CBS_LOGS),),
    yields=Yields.TO_CATALOG,
)
