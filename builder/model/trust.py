"""What a signature must be to be believed."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """Requirements that the verification procedure applies.

    Attributes:
        name: As reports cite it.
        usages: Extended key usages, as object identifiers, that the signer and
            every certificate between it and the anchor must allow.
        digests: Digest algorithms that may be signed with.
        legacy_digests: Accepted as well, but only with a verified
            countersignature made before `legacy_until`.
        legacy_until: In UTC.
        rsa_bits: Smallest modulus; every key of the packages observed has 2048.
        rsa_exponent: Smallest exponent; every key observed has 65537.
        curve_bits: Smallest elliptic curve.
        chain_length: Most certificates from signer to anchor, both counted.
    """

    name: str = "authenticode"
    usages: tuple[str, ...] = ("1.3.6.1.5.5.7.3.3",)
    digests: frozenset[str] = frozenset({"sha256", "sha384", "sha512"})
    legacy_digests: frozenset[str] = frozenset({"sha1"})
    legacy_until: datetime = datetime(2021, 1, 1, tzinfo=UTC)
    rsa_bits: int = 2048
    rsa_exponent: int = 65537
    curve_bits: int = 256
    chain_length: int = 8


DEFAULT_POLICY = TrustPolicy()
