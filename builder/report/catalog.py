"""Lists of catalogs, for people and for machines, member by member."""

import json
from collections.abc import Iterator
from typing import Any

from builder.formats.ctl_subject import parse_page_hashes
from builder.model.catalog import Catalog, CatalogMember, MemberName
from builder.model.escaped import printable

SCHEMA = "https://hotfix-builder.invalid/schemas/catalog-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def render_catalog(catalog: Catalog) -> Iterator[str]:
    """Yield lines without line ends: the list, then each member."""
    yield (
        f"version {catalog.version}, list {catalog.list_id.hex()}, "
        f"issued {catalog.issued:%Y-%m-%dT%H:%M:%SZ}, "
        f"{len(catalog.members):,} members"
    )
    for attribute in catalog.attributes:
        yield f"  {_named(attribute)}"
    if catalog.unknown:
        yield f"  {len(catalog.unknown)} extensions that are not known"
    for member in catalog.members:
        yield _line(member)


def _named(attribute: MemberName) -> str:
    return printable(f"{attribute.name}={attribute.value}")


def _line(member: CatalogMember) -> str:
    digest, algorithm = _digest(member)
    parts = [digest, algorithm, member.form.value, *map(_named, member.attributes)]
    pages = page_summary(member)
    if pages is not None:
        parts.append(f"{pages[1]:,} page hashes by {pages[0]}")
    return " ".join(parts)


def _digest(member: CatalogMember) -> tuple[str, str]:
    """Return what a member stands for; the SHA-1 twin of version 2 is its tag."""
    if member.digest is None:
        return member.tag.hex(), "sha1" if len(member.tag) == 20 else "unknown"
    return member.digest.hex(), member.algorithm or "unknown"


def page_summary(member: CatalogMember) -> tuple[str, int] | None:
    """Return the algorithm and number of a member's page hashes, if any."""
    found = None if member.subject is None else parse_page_hashes(member.subject)
    if found is None:
        return None
    algorithm, table = found
    return algorithm, len(table) // (4 + {"sha1": 20, "sha256": 32}[algorithm])


def render_catalog_json(catalog: Catalog) -> Iterator[str]:
    """Yield JSON in ASCII, piece by piece, with a final line end."""
    head = {
        "schema": SCHEMA,
        "version": catalog.version,
        "list_id": catalog.list_id.hex(),
        "issued": f"{catalog.issued:%Y-%m-%dT%H:%M:%SZ}",
        "attributes": _attributes(catalog.attributes),
        "unknown": [raw.hex() for raw in catalog.unknown],
    }
    text = json.dumps(head, indent=2, ensure_ascii=True).removesuffix("\n}")
    yield f'{text},\n  "members": ['
    for number, member in enumerate(catalog.members):
        comma = "," if number else ""
        yield f"{comma}\n    {json.dumps(_member(member), ensure_ascii=True)}"
    yield "\n  ]\n}\n" if catalog.members else "]\n}\n"


def _attributes(names: tuple[MemberName, ...]) -> list[dict[str, Any]]:
    return [{"name": n.name, "value": n.value, "flags": n.flags} for n in names]


def _member(member: CatalogMember) -> dict[str, Any]:
    digest, algorithm = _digest(member)
    pages = page_summary(member)
    info = member.info
    return {
        "tag": member.tag.hex(),
        "digest": digest,
        "algorithm": algorithm,
        "form": member.form.value,
        "attributes": _attributes(member.attributes),
        "guid": None if info is None else info.guid,
        "kind": member.kind,
        "page_hashes": None
        if pages is None
        else {"algorithm": pages[0], "count": pages[1]},
    }
