"""Catalogs to parts: which files they list, by their names, and who signed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from builder.errors import CatalogError, FormatError, LimitError
from builder.formats.certificate import parse_certificate
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.distinguished_name import printable_name
from builder.formats.oids import DIGESTS
from builder.formats.verify import parse_catalog
from builder.model.catalog import Catalog
from builder.model.inventory import Facts
from builder.model.limits import Limits
from builder.model.portrait import BYTES, Part
from builder.model.unpacked import Container, Member


def portray_catalog(
    part: Part, member: Member, names: Mapping[bytes, str], *, limits: Limits
) -> Part:
    """Portray a catalog.

    Args:
        part: The file.
        names: What the files that it may list are matched by, by digest.
    """
    data = member.data or b""
    try:
        catalog = parse_catalog(data, limits=limits)
        signed = parse_signed_data(data, limits=limits)
    except (FormatError, LimitError) as error:
        return replace(part, facts=(*part.facts, ("unreadable", error.reason)))
    listed = tuple(_listed(catalog, names, member.where))
    return replace(part, facts=tuple(_facts(member, catalog, signed)), parts=listed)


def _facts(
    member: Member, catalog: Catalog, signed: SignedData
) -> Iterator[tuple[str, str]]:
    yield "version", str(catalog.version)
    yield "issued", f"{catalog.issued:%Y-%m-%dT%H:%M:%SZ}"
    for attribute in catalog.attributes:
        yield f"attribute {attribute.name}", attribute.value
    yield "signed by", _signers(signed) or "nobody"
    if member.modified is not None:
        yield "modified", f"{member.modified:%Y-%m-%dT%H:%M:%S}"
    if member.facts is not None:
        yield BYTES, member.facts.sha256.hex()


def _signers(signed: SignedData) -> str:
    """Name the certificates of the signers; nothing is verified here."""
    names = []
    for signer in signed.signers:
        shown = "somebody whose certificate is not there"
        for raw in signed.certificates:
            try:
                certificate = parse_certificate(raw)
            except CatalogError:
                continue
            if (certificate.issuer, certificate.serial) == (
                signer.issuer,
                signer.serial,
            ):
                shown = printable_name(certificate.subject)
        oid = signer.digest_algorithm.oid
        names.append(f"{shown}, {DIGESTS.get(oid, oid)}")
    return "; ".join(names)


def names_by_digest(
    container: Container, labels: Mapping[str, str]
) -> Mapping[bytes, str]:
    """Return what the files of a container are matched by, by their digests.

    Args:
        labels: What members of the container are matched by.
    """
    found: dict[bytes, str] = {}
    for member in container.members:
        if member.facts is None:
            continue
        label = labels.get(member.key, member.key)
        for digest in _digests(member.facts):
            found.setdefault(digest, label)
    return found


def _digests(facts: Facts) -> Iterator[bytes]:
    if facts.pe is None:
        yield from (facts.sha256, facts.sha1)
        return
    for image in (facts.pe.sha256, facts.pe.sha1):
        yield from (image.padded, image.unpadded)


def _listed(
    catalog: Catalog, names: Mapping[bytes, str], where: tuple[str, ...]
) -> Iterator[Part]:
    for member in catalog.members:
        digest = member.tag if member.digest is None else member.digest
        label = names.get(digest)
        facts = [("form", member.form.value)]
        if member.algorithm is not None:
            facts.append(("algorithm", member.algorithm))
        yield Part(
            kind="catalog member",
            key=label or digest.hex(),
            name=label or f"a file that is not there: {digest.hex()}",
            facts=tuple(facts),
            version=member.algorithm or "",
            where=where,
        )
