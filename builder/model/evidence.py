"""What a verified signature rests on: chain, time stamp, policy."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from builder.errors import LocatedError


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerCertificate:
    """A certificate of a verified chain, as people name it.

    Attributes:
        subject: RFC 4514 text.
        sha256: Fingerprint of its DER, 64 hexadecimal digits.
        weak: What its own signature uses that only a countersignature from
            before the policy's date excuses, such as "sha1"; None otherwise,
            and for an anchor, whose signature is not judged.
    """

    subject: str
    sha256: str
    not_before: datetime
    not_after: datetime
    weak: str | None = None

    @property
    def common_name(self) -> str:
        """The common name of the subject, or all of it."""
        parts = [p[3:] for p in self.subject.split(",") if p.startswith("CN=")]
        return parts[0] if parts else self.subject


class TimestampKind(StrEnum):
    """The two forms of a countersignature."""

    PKCS9 = "PKCS #9"
    RFC3161 = "RFC 3161"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedTimestamp:
    """A countersignature that was verified; only the procedure makes one.

    Attributes:
        time: When the signature was seen, in UTC.
        chain: Of the time-stamp authority, leaf first, anchor last.
        digest_algorithm: Of the countersignature itself.
        revocation_checked: Every certificate of the chain but the anchor was
            looked up in a given revocation list.
        revocation_gap: As in `VerifiedSignature`, of this chain alone.
    """

    kind: TimestampKind
    time: datetime
    chain: tuple[SignerCertificate, ...]
    digest_algorithm: str
    revocation_checked: bool
    revocation_gap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedSignature:
    """A second signature that an unsigned attribute of the first one carries.

    Attributes:
        covers: What it signs: "the same content" or what else.
        verified: The evidence; None where `fault` says what is wrong.
        fault: Why it is not believed.
    """

    covers: str
    verified: "VerifiedSignature | None" = None
    fault: LocatedError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSignature:
    """A signature that was verified; only the procedure makes one.

    Attributes:
        chain: Leaf first, anchor last.
        judged_at: The time at which validity was judged, in UTC.
        timestamp: The countersignature that `judged_at` comes from, if any.
        digest_algorithm: Of the signature, "sha1" or "sha256" and so on.
        revocation_checked: Every certificate of the chain but the anchor was
            looked up in a given revocation list.
        revocation_gap: Which certificate no given list speaks of, of this
            chain or the countersignature's, and why; None where all were
            looked up or no list was given.
        policy: Name of the policy that was applied.
        met: Names of all named policies whose demands are met.
        nested: Further signatures inside this one, each judged by itself.
    """

    chain: tuple[SignerCertificate, ...]
    judged_at: datetime
    timestamp: VerifiedTimestamp | None
    digest_algorithm: str
    revocation_checked: bool
    policy: str
    met: tuple[str, ...]
    nested: tuple[NestedSignature, ...] = ()
    revocation_gap: str | None = None

    @property
    def timestamped(self) -> bool:
        """Whether `judged_at` comes from a verified countersignature."""
        return self.timestamp is not None

    @property
    def weak(self) -> tuple[str, ...]:
        """What is accepted only because of the countersignature's date."""
        found = []
        if self.digest_algorithm == "sha1":
            found.append("the signature uses sha1")
        stamped = () if self.timestamp is None else self.timestamp.chain
        for certificate in (*self.chain, *stamped):
            if certificate.weak is not None:
                name = certificate.subject
                found.append(f"the certificate of {name} uses {certificate.weak}")
        if self.timestamp is not None and self.timestamp.digest_algorithm == "sha1":
            found.append("the countersignature uses sha1")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedFile:
    """A file whose own signature was verified; only the procedure makes one.

    Attributes:
        digest: Of the file, as its format defines it.
        algorithm: Of `digest`: "sha1" or "sha256".
        padding: Octets behind the signature, where only a few zeros belong.
        pages: Page hashes that were compared, 0 where there are none.
    """

    signature: VerifiedSignature
    digest: bytes
    algorithm: str
    padding: int = 0
    pages: int = 0
