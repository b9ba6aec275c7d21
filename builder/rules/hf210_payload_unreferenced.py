"""A file in the package belongs to no component.

What it checks: every file below a component's folder is named by a `file`
element of a manifest; what lies beside the folders is no copy of such a file, which
catalogs would list.  Of a file that is there twice, the other is told: no
catalog shows that it was copied.

Why it matters: Windows never installs it.  It is dead weight, or a manifest
has lost an element.

How to fix it: name the file in a manifest, or leave it out.

Source: observed in genuine packages without delta compression.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import delta_target
from builder.model.unpacked import Kind, Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import Coverage


def _unnamed(coverage: Coverage) -> Iterator[Member]:
    """Yield the payload that no manifest names, nor may name."""
    packages = coverage.packages
    promised = {promise.path for promise in packages.promised}
    unread = {key.removesuffix(".manifest") for key in packages.unread}
    absent = packages.missed  # HF204 and HF208: a file may lie elsewhere
    unread |= {name.removesuffix(".manifest") for name in absent}
    uncovered = {member.where for member in coverage.uncovered}
    uncovered |= coverage.explained  # HF505 and others: one cause, one finding
    missed = {p.file.digest for p in packages.promised if p.member is None}
    for member in packages.payload():
        folder, _, rest = member.key.partition("\\")
        name = rest.rpartition("\\")[2]
        known = member.key in promised or folder in unread or name in absent
        known = known or delta_target(member.key) in promised
        if member.facts is not None:  # HF208 says where it lies
            known = known or not missed.isdisjoint(
                (member.facts.sha256, member.facts.sha1)
            )
        if not known and member.where not in uncovered:
            yield member


def _misplaced(coverage: Coverage) -> Iterator[Member]:
    """Yield the copies of payload that lie beside the components' folders."""
    packages = coverage.packages
    promised = {p.file.digest for p in packages.promised if p.member is not None}
    for member in packages.container.members:
        if member.kind is Kind.OTHER and "\\" not in member.key and member.facts:
            is_told = member.where in coverage.explained
            if not is_told and member.facts.sha256 in promised:
                yield member


def check(coverage: Coverage) -> Iterator[Hit]:
    """Yield each payload file that no manifest names."""
    unnamed = (*_unnamed(coverage), *_misplaced(coverage))
    named: dict[bytes, str] = {}
    for promise in coverage.packages.promised if unnamed else ():
        if promise.member is not None and promise.member.facts is not None:
            named.setdefault(promise.member.facts.sha256, promise.member.name)
    for member in unnamed:
        twin = None if member.facts is None else named.get(member.facts.sha256)
        of = "" if twin is None else f"; it is a copy of {twin}"
        yield Hit(
            where=member.where,
            message=f"no manifest names this file{of}",
            is_moved=twin is not None,
        )


RULE = Rule(
    id="HF210",
    name="payload-unreferenced",
    severity=Severity.WARNING,
    subject=Coverage,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
