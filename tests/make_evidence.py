"""Evidence of verified signatures for rules and reports, without a signature."""

from datetime import UTC, datetime

from builder.model.evidence import (
    NestedSignature,
    SignerCertificate,
    TimestampKind,
    VerifiedFile,
    VerifiedSignature,
    VerifiedTimestamp,
)

START = datetime(2010, 1, 1, tzinfo=UTC)
END = datetime(2015, 1, 1, tzinfo=UTC)
STAMPED = datetime(2011, 9, 21, 11, 6, tzinfo=UTC)


def certificate(name: str, *, weak: str | None = None) -> SignerCertificate:
    return SignerCertificate(
        subject=f"CN={name}",
        sha256="ab" * 32,
        not_before=START,
        not_after=END,
        weak=weak,
    )


def timestamp(digest: str = "sha256") -> VerifiedTimestamp:
    return VerifiedTimestamp(
        kind=TimestampKind.PKCS9,
        time=STAMPED,
        chain=(certificate("stamper"), certificate("root")),
        digest_algorithm=digest,
        revocation_checked=False,
    )


def signature(
    digest: str = "sha256",
    *,
    stamp: VerifiedTimestamp | None = None,
    weak: str | None = None,
    nested: tuple[NestedSignature, ...] = (),
) -> VerifiedSignature:
    return VerifiedSignature(
        chain=(certificate("signer", weak=weak), certificate("root")),
        judged_at=STAMPED,
        timestamp=stamp,
        digest_algorithm=digest,
        revocation_checked=False,
        policy="authenticode",
        met=("authenticode", "development"),
        nested=nested,
    )


def file_evidence() -> VerifiedFile:
    return VerifiedFile(signature=signature(), digest=bytes(32), algorithm="sha256")
