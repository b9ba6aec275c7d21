"""List a package's files in catalogs, and sign these."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from builder.errors import PlanError
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl_member import (
    derive_list_id,
    flat_member,
    members_v2,
    os_attribute,
    pe_member,
)
from builder.model.artefact import Artefact
from builder.model.catalog import Catalog, CatalogMember, MemberForm
from builder.model.inventory import Facts
from builder.model.plan import Plan
from builder.model.signer import Signer, TimestampAuthority


def list_files(
    plan: Plan,
    documents: tuple[Artefact, ...],
    observed: Mapping[str, Facts],
) -> dict[str, tuple[CatalogMember, ...]]:
    """Say which catalog lists what, by the catalog's name.

    Each .mum is listed in the catalog of its own name; a leaf's catalog lists
    its component manifests and their payload as well.

    Source: observed in genuine packages of the eras: members by SHA-1 up to
    6.1, by SHA-256 with a twin by SHA-1 from then on.
    """
    version = plan.era.catalog_version
    made = {a.name: _document_members(a.data, version) for a in documents}
    payload = {
        component.stem: [
            member
            for file in component.payload
            for member in _payload_members(file.key, observed, version)
        ]
        for component in plan.components
    }
    found: dict[str, tuple[CatalogMember, ...]] = {}
    for package in plan.packages:
        listed = list(made[package.name])
        for stem in package.stems:
            listed += made[f"{stem}.manifest"]
            listed += payload[stem]
        members = {member.tag: member for member in listed}
        name = f"{package.name.removesuffix('.mum')}.cat"
        found[name] = tuple(members[tag] for tag in sorted(members))
    return found


def _document_members(data: bytes, version: int) -> tuple[CatalogMember, ...]:
    sha1 = hashlib.sha1(data).digest()
    if version == 1:
        return (flat_member(sha1),)
    return members_v2(sha1, hashlib.sha256(data).digest(), form=MemberForm.FLAT)


def _payload_members(
    key: str, observed: Mapping[str, Facts], version: int
) -> tuple[CatalogMember, ...]:
    facts = observed.get(key)
    if facts is None:
        raise PlanError(f"{key} was not observed")
    return file_members(facts, version=version)


def file_members(facts: Facts, *, version: int) -> tuple[CatalogMember, ...]:
    """Return the members of any file: programs by their image hash."""
    pe = facts.pe
    if version == 1:
        return (flat_member(facts.sha1) if pe is None else pe_member(pe.sha1.padded),)
    if pe is None:
        return members_v2(facts.sha1, facts.sha256, form=MemberForm.FLAT)
    return members_v2(pe.sha1.padded, pe.sha256.padded, form=MemberForm.PE_IMAGE)


def sign(
    plan: Plan,
    documents: tuple[Artefact, ...],
    observed: Mapping[str, Facts],
    *,
    signer: Signer | None,
    time: datetime,
    authority: TimestampAuthority | None = None,
) -> tuple[Artefact, ...]:
    """Make the catalogs of one architecture, sorted by name.

    Args:
        signer: None leaves the catalogs unsigned.
        time: Written into the lists, in UTC.
        authority: Who states the time of each signature; None: nobody.
    """
    artefacts = []
    for name, members in sorted(list_files(plan, documents, observed).items()):
        catalog = Catalog(
            version=plan.era.catalog_version,
            list_id=derive_list_id(members, name.encode()),
            issued=time,
            members=members,
            attributes=(os_attribute(plan.era.os_versions),),
        )
        data = (
            unsigned_catalog(catalog)
            if signer is None
            else sign_catalog(catalog, signer, authority=authority)
        )
        artefacts.append(Artefact(name=name, data=data))
    return tuple(artefacts)
