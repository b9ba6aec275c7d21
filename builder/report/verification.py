"""What verifying one signed file said, for people and for machines."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from builder.model.catalog import VerifiedMembers
from builder.model.custody import Link, Lookup
from builder.model.escaped import printable
from builder.model.evidence import VerifiedFile
from builder.report.custody import link_json, render_links

SCHEMA = "https://hotfix-builder.invalid/schemas/verification-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""

Verified = VerifiedMembers | VerifiedFile


def render_refusal(path: str, links: Sequence[Link]) -> Iterator[str]:
    """Yield lines without line ends."""
    yield f"{printable(path)}: refused"
    yield from render_links(links, level=1)


def render_verified(path: str, found: Verified, links: Sequence[Link]) -> Iterator[str]:
    """Yield lines without line ends."""
    place = printable(path)
    if isinstance(found, VerifiedMembers):
        yield f"{place}: verified: {found.count:,} members"
    else:
        yield f"{place}: verified: {found.algorithm} {found.digest.hex()}"
        if found.pages:
            yield f"  page hashes: {found.pages:,} compared"
        if found.padding:
            yield (
                f"  padding: {found.padding:,} octets behind the signature, which "
                "nothing covers (CVE-2013-3900)"
            )
    yield from render_links(links, level=1)


def render_lookup(lookup: Lookup) -> Iterator[str]:
    """Yield lines without line ends."""
    how = "not listed" if lookup.entry is None else f"listed: {lookup.entry}"
    yield f"{printable(lookup.path)}: {how}"
    if lookup.pages is not None:
        yield from render_links([lookup.pages], level=1)


def render_refusal_json(path: str, links: Sequence[Link]) -> Iterator[str]:
    """Yield JSON in ASCII with a final line end."""
    yield _text(path, "refused", links)


def render_verified_json(
    path: str, found: Verified, links: Sequence[Link], lookups: Sequence[Lookup]
) -> Iterator[str]:
    """Yield JSON in ASCII with a final line end."""
    facts: dict[str, Any] = {}
    if isinstance(found, VerifiedMembers):
        facts["members"] = found.count
    else:
        digest = {"algorithm": found.algorithm, "value": found.digest.hex()}
        facts = {"digest": digest, "pages": found.pages, "padding": found.padding}
    facts["files"] = [_lookup(lookup) for lookup in lookups]
    yield _text(path, "verified", links, **facts)


def _text(path: str, verdict: str, links: Sequence[Link], **facts: object) -> str:
    value = {
        "schema": SCHEMA,
        "path": path,
        "verdict": verdict,
        "members": None,
        "digest": None,
        "pages": 0,
        "padding": 0,
        "links": [link_json(link) for link in links],
        "files": [],
    }
    return json.dumps(value | facts, indent=2, ensure_ascii=True) + "\n"


def _lookup(lookup: Lookup) -> dict[str, Any]:
    entry = lookup.entry
    return {
        "path": lookup.path,
        "hashed": None if entry is None else entry.hashed,
        "algorithm": None if entry is None else entry.algorithm,
        "pages": None if lookup.pages is None else link_json(lookup.pages),
    }
