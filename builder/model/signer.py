"""The seam behind which private keys live: files today, other stores later."""

from typing import Protocol


class Signer(Protocol):
    """Somebody who can sign with RSA, PKCS #1 v1.5 and SHA-256.

    The messages are the signed attributes of one signature, some 200 bytes, so a
    device that wants the digest only can compute it from them.
    """

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The chain as DER: the signer's own first, each followed by its issuer."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""


class TimestampAuthority(Protocol):
    """Somebody who states when a digest was there, by RFC 3161."""

    def stamp(self, digest: bytes) -> bytes:
        """Return the time-stamp token, as DER, over a SHA-256 digest."""
