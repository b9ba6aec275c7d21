"""What a package says about its files, and the catalogs that list them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.model.catalog import CatalogMember
from builder.model.custody import Membership
from builder.model.inventory import Facts
from builder.model.subject import JudgedCatalog, PackageSet, PromisedFile
from builder.steps.membership import fits, hashes, index_members

Listed = tuple[JudgedCatalog, Membership]
"""A catalog, and how it lists a file."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """What a package says about its files, found by file.

    Attributes:
        promises: The `file` elements that a member answers, by the member's id.
        catalogs: Those of the package, by their place.
        entries: The entries of readable catalogs, by the digest that they
            stand for, each with its catalog's position; of a catalog's
            entries with one digest, one.
        order: Catalogs by position; those that were verified come first.
    """

    packages: PackageSet
    promises: Mapping[int, Sequence[PromisedFile]]
    catalogs: Mapping[tuple[str, ...], JudgedCatalog]
    entries: Mapping[bytes, Mapping[int, CatalogMember]]
    order: Sequence[JudgedCatalog]

    @classmethod
    def of(cls, packages: PackageSet) -> "Register":
        """Index a package, in time linear in its size."""
        promises: dict[int, list[PromisedFile]] = {}
        for promise in packages.promised:
            if promise.member is not None:
                promises.setdefault(id(promise.member), []).append(promise)
        order = [c for c in packages.catalogs if c.catalog is not None]
        order.sort(key=lambda judged: judged.verified is None)
        entries: dict[bytes, dict[int, CatalogMember]] = {}
        for position, judged in enumerate(order):
            if judged.catalog is not None:
                for digest, entry in index_members(judged.catalog).items():
                    entries.setdefault(digest, {})[position] = entry
        return cls(
            packages=packages,
            promises=promises,
            catalogs={c.member.where: c for c in packages.catalogs},
            entries=entries,
            order=order,
        )

    def find(self, facts: Facts) -> Sequence[Listed]:
        """Find a file in the catalogs, in each by its strongest hash."""
        found: dict[int, Membership] = {}
        for digest, hashed, algorithm in hashes(facts):
            for position, entry in self.entries.get(digest, {}).items():
                if position not in found and fits(entry, facts):
                    found[position] = Membership(
                        member=entry, hashed=hashed, algorithm=algorithm
                    )
        return [(self.order[position], found[position]) for position in sorted(found)]
