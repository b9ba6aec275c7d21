"""Every bit of three small genuine catalogs, turned over one at a time.

Two of them are of driver kits and one of a third party, so that each is
believed here by anchors and a policy of its own; every other catalog below
10 kB is unsigned.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.errors import LimitError, SignatureError
from builder.formats.certificate import parse_certificate
from builder.formats.cms import SignedData, parse_signed_data
from builder.formats.verify import verify_catalog
from builder.model.trust import AUTHENTICODE, TrustPolicy

pytestmark = pytest.mark.genuine

CATALOGS = Path(__file__).parents[2].parent / "shared" / "data" / "catalogs"


@dataclass(frozen=True, kw_only=True)
class Terms:
    at: datetime
    policy: TrustPolicy = AUTHENTICODE


WEAK = replace(
    AUTHENTICODE,
    rsa_bits=1024,
    digests=AUTHENTICODE.digests | {"sha1"},
    legacy_digests=frozenset(),
)
SMALL = {
    "08_v1_sha1_RFC3161.cat": Terms(at=datetime(2017, 6, 1, tzinfo=UTC)),
    "09_v1_sha1_none.cat": Terms(at=datetime(2015, 8, 1, tzinfo=UTC), policy=WEAK),
    "13_v1_sha256_none.cat": Terms(at=datetime(2015, 8, 1, tzinfo=UTC)),
}


def read(name: str) -> bytes:
    path = CATALOGS / name
    if not path.is_file():
        pytest.skip(f"there is no catalogs/{name} in ../shared/data")
    return path.read_bytes()


def anchors(signed: SignedData) -> tuple[bytes, ...]:
    """Everything in the file is accepted, so that only the flip is at fault."""
    tokens = [
        value
        for attribute in signed.signers[0].unsigned_attributes
        for value in attribute.values
    ]
    inside = [
        raw
        for value in tokens
        for raw in parse_signed_data(value, inner=True).certificates
    ]
    every = [*map(parse_certificate, (*signed.certificates, *inside))]
    subjects = {certificate.subject for certificate in every}
    return tuple(
        c.raw for c in every if c.issuer not in subjects or c.issuer == c.subject
    )


def covered(data: bytes, signed: SignedData) -> Iterator[int]:
    """Yield every offset of the content, the attributes and the signature."""
    signer = signed.signers[0]
    yield from range(signed.content_start, signed.content_stop)
    assert signer.signed_octets is not None
    for octets in (signer.signed_octets[1:], signer.signature):
        assert data.count(octets) == 1
        start = data.index(octets)
        yield from range(start, start + len(octets))


@pytest.mark.parametrize("name", SMALL)
def test_every_flipped_bit_is_refused(name: str) -> None:
    data, terms = read(name), SMALL[name]
    assert len(data) < 10_000
    signed = parse_signed_data(data)
    trusted = anchors(signed)
    right = verify_catalog(data, anchors=trusted, at=terms.at, policy=terms.policy)
    assert right.catalog.members
    believed, count = [], 0
    for at in covered(data, signed):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            count += 1
            try:
                verify_catalog(
                    bytes(flipped), anchors=trusted, at=terms.at, policy=terms.policy
                )
            except (SignatureError, LimitError):
                continue
            believed.append((at, bit))
    assert believed == []
    assert count > 6_000
