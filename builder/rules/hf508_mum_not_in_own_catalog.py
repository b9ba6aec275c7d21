"""A .mum is not listed in the catalog of its own name.

What it checks: beside each .mum lies a .cat of the same name, and it lists
the .mum.  A .cat beside no .mum is a note.

Why it matters: Windows looks up a package in the catalog that is named like
it.

How to fix it: sign the catalogs again.

Source: observed in all genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import NO_SIGNATURE, Answer
from builder.model.subject import PackageSet
from builder.model.unpacked import Kind
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import Coverage, catalogless, own_catalog
from builder.rules.hf202_name_differs_from_identity import is_misnamed
from builder.rules.hf207_update_mum_absent import has_start
from builder.rules.windows import CHECKSUR


def check(coverage: Coverage) -> Iterator[Hit]:
    """Yield each .mum that only other catalogs list, or that has none."""
    packages, holders = coverage.packages, coverage.holders
    if not packages.catalogs:
        return  # HF505 says so once
    lacking = {member.where for member in catalogless(packages)}
    for member in packages.container.members:
        if member.kind is not Kind.MUM or member.where in coverage.explained:
            continue
        own = own_catalog(member.key)
        if member.where in lacking:
            yield Hit(where=member.where, message=f"has no catalog {own}")
        elif own in packages.unread:
            continue  # HF504
        elif holders.get(member.key) and own not in holders[member.key]:
            yield Hit(where=member.where, message=f"is not listed in {own}")
    yield from _left_over(packages)


def _left_over(packages: PackageSet) -> Iterator[Hit]:
    """Yield the catalogs of no package, unless something else explains them."""
    if catalogless(packages) or packages.absences or not has_start(packages):
        return  # its .mum was deleted, or it was renamed
    found = [
        judged.member
        for judged in packages.catalogs
        if "\\" not in judged.member.key
        if f"{judged.member.key.removesuffix('.cat')}.mum" not in packages.members
    ]
    if found and any(is_misnamed(document) for document in packages.documents):
        return  # HF202
    for member in found:
        message = "is the catalog of no .mum in the package"
        yield Hit(where=member.where, message=message, severity=Severity.NOTE)


RULE = Rule(
    id="HF508",
    name="mum-not-in-own-catalog",
    severity=Severity.ERROR,
    subject=Coverage,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=NO_SIGNATURE, source=CHECKSUR),),
    yields=Yields.TO_SEAL,
)
