"""What a signature must be to be believed.

Named policies: `windows-component` and `whql` demand a chain to a pinned
Microsoft root and the usage that Windows asks of its own components and of
tested drivers; `authenticode` demands a chain to any accepted anchor that may
sign code; `development` is the same under an anchor that is not Microsoft's,
and claims no more.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_CODE_SIGNING = "1.3.6.1.5.5.7.3.3"
_WINDOWS_COMPONENT = "1.3.6.1.4.1.311.10.3.6"
_WHQL = "1.3.6.1.4.1.311.10.3.5"


class Anchorage(StrEnum):
    """Which accepted anchors a policy takes."""

    ANY = "any"
    MICROSOFT = "microsoft"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """Requirements that the verification procedure applies.

    Attributes:
        name: As reports cite it.
        usages: Extended key usages, as object identifiers, that the signer and
            every certificate between it and the anchor must allow.
        anchorage: Whether the accepted anchor must be, or must not be, one of
            the pinned Microsoft roots.
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
    usages: tuple[str, ...] = (_CODE_SIGNING,)
    anchorage: Anchorage = Anchorage.ANY
    digests: frozenset[str] = frozenset({"sha256", "sha384", "sha512"})
    legacy_digests: frozenset[str] = frozenset({"sha1"})
    legacy_until: datetime = datetime(2021, 1, 1, tzinfo=UTC)
    rsa_bits: int = 2048
    rsa_exponent: int = 65537
    curve_bits: int = 256
    chain_length: int = 8


AUTHENTICODE = TrustPolicy()
DEVELOPMENT = TrustPolicy(name="development", anchorage=Anchorage.OTHER)
WHQL = TrustPolicy(
    name="whql", usages=(_CODE_SIGNING, _WHQL), anchorage=Anchorage.MICROSOFT
)
WINDOWS_COMPONENT = TrustPolicy(
    name="windows-component",
    usages=(_CODE_SIGNING, _WINDOWS_COMPONENT),
    anchorage=Anchorage.MICROSOFT,
)

POLICIES = (WINDOWS_COMPONENT, WHQL, AUTHENTICODE, DEVELOPMENT)
"""From the most demanding to the least."""

DEFAULT_POLICY = AUTHENTICODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What signatures are judged by.

    Attributes:
        anchors: Accepted root certificates, each as DER.
        at: The time of judgement, in UTC; certificates have to be valid at
            it where no countersignature says another time.
        crls: Revocation lists, each as DER.
        policy: What is demanded of catalogs.
        file_policy: What is demanded of signatures on files.
    """

    anchors: tuple[bytes, ...]
    at: datetime
    crls: tuple[bytes, ...] = ()
    policy: TrustPolicy = DEFAULT_POLICY
    file_policy: TrustPolicy = DEFAULT_POLICY
