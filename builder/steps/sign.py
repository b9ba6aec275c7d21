"""List a package's files in catalogs, and sign these."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from builder.errors import PlanError
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl_member import (
    derive_list_id,
    flat_member,
    os_attribute,
    pe_member,
)
from builder.model.artefact import Artefact
from builder.model.catalog import Catalog, CatalogMember
from builder.model.inventory import Facts
from builder.model.plan import Plan
from builder.model.signer import Signer


def list_files(
    plan: Plan,
    documents: tuple[Artefact, ...],
    observed: Mapping[str, Facts],
) -> dict[str, tuple[CatalogMember, ...]]:
    """Say which catalog lists what, by the catalog's name.

    Each .mum is listed in the catalog of its own name; the leaf's catalog
    lists the component manifests and the payload as well.

    Source: observed in genuine packages of the era; members by SHA-1.
    """
    flat = {a.name: flat_member(hashlib.sha1(a.data).digest()) for a in documents}
    manifests = [m for name, m in flat.items() if name.endswith(".manifest")]
    payload = [_payload_member(name, observed) for name in _payload(plan)]
    found: dict[str, tuple[CatalogMember, ...]] = {}
    for package in plan.packages:
        own = [flat[package.name]]
        extra = [*manifests, *payload] if package.is_leaf else []
        members = {member.tag: member for member in (*own, *extra)}
        name = f"{package.name.removesuffix('.mum')}.cat"
        found[name] = tuple(members[tag] for tag in sorted(members))
    return found


def _payload(plan: Plan) -> list[str]:
    return [entry.name.casefold() for _, entry in plan.payload]


def _payload_member(name: str, observed: Mapping[str, Facts]) -> CatalogMember:
    facts = observed.get(name)
    if facts is None:
        raise PlanError(f"{name} was not observed")
    if facts.pe is None:
        return flat_member(facts.sha1)
    return pe_member(facts.pe.sha1.padded)


def sign(
    plan: Plan,
    documents: tuple[Artefact, ...],
    observed: Mapping[str, Facts],
    *,
    signer: Signer | None,
    time: datetime,
) -> tuple[Artefact, ...]:
    """Make the catalogs of one architecture, sorted by name.

    Args:
        signer: None leaves the catalogs unsigned.
        time: Written into the lists, in UTC.
    """
    artefacts = []
    for name, members in sorted(list_files(plan, documents, observed).items()):
        catalog = Catalog(
            version=1,
            list_id=derive_list_id(members, name.encode()),
            issued=time,
            members=members,
            attributes=(os_attribute(plan.era.os_versions),),
        )
        data = (
            unsigned_catalog(catalog)
            if signer is None
            else sign_catalog(catalog, signer)
        )
        artefacts.append(Artefact(name=name, data=data))
    return tuple(artefacts)
