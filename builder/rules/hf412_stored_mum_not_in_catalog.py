"""A package in a folder of many is not in the catalog of its own name.

What it checks: in a folder such as `servicing/Packages`, which holds the .mum
and .cat files of many packages without their components: beside each .mum
lies a .cat of the same name, and it lists the .mum.

Why it matters: Windows looks up a package in the catalog that is named like
it, and reports the component store as damaged otherwise.

How to fix it: repair the component store of the system that the folder
belongs to.

Source: observed: in every genuine package each .mum is listed in its own
catalog.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import NO_SIGNATURE, STORE_CORRUPT, Answer
from builder.model.subject import PackageStore
from builder.model.unpacked import Kind
from builder.rules.core import Rule
from builder.rules.coverage import digests, member_digest, own_catalog
from builder.rules.windows import CHECKSUR, KB947821


def check(store: PackageStore) -> Iterator[Hit]:
    """Yield each .mum without a catalog, or that its catalog does not list."""
    unread = {c.member.key for c in store.catalogs if c.catalog is None}
    listed = {
        judged.member.key: {member_digest(entry) for entry in judged.catalog.members}
        for judged in store.catalogs
        if judged.catalog is not None
    }
    for member in store.container.members:
        own = own_catalog(member.key)
        if member.kind is not Kind.MUM or member.facts is None or own in unread:
            continue
        if own not in listed:
            yield Hit(where=member.where, message=f"has no catalog {own}")
        elif not any(digest in listed[own] for digest, _ in digests(member.facts)):
            yield Hit(where=member.where, message=f"is not listed in {own}")


RULE = Rule(
    id="HF412",
    name="stored-mum-not-in-catalog",
    severity=Severity.ERROR,
    subject=PackageStore,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(
        Answer(hresult=STORE_CORRUPT, source=KB947821),
        Answer(hresult=NO_SIGNATURE, source=CHECKSUR),
    ),
)
