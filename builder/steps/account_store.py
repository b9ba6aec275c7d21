"""What an answer about a folder of many packages rests on."""

from collections.abc import Iterable, Iterator

from builder.model.subject import PackageStore
from builder.model.unpacked import Kind
from builder.rules.coverage import digests, member_digest, own_catalog


def stored_keys(stores: Iterable[PackageStore]) -> Iterator[tuple[str, ...]]:
    """Yield the places of .mum files that their own verified catalog lists."""
    for store in stores:
        listed = {
            judged.member.key: {
                member_digest(m) for m in judged.verified.catalog.members
            }
            for judged in store.catalogs
            if judged.verified is not None
        }
        for member in store.container.members:
            if member.kind is not Kind.MUM or member.facts is None:
                continue
            own = listed.get(own_catalog(member.key), set())
            if any(digest in own for digest, _ in digests(member.facts)):
                yield member.where
