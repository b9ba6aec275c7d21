"""Signers that are no PEM pair, and time-stamp authorities: the edge to both."""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from builder.errors import SignatureError, SignatureFault, reading
from builder.formats.timestamp_request import parse_response, serialize_request
from builder.keys import KeySigner, chain_of
from builder.pem_files import read_anchors
from builder.store import read_document

_LARGEST_SIGNATURE = 1 << 16
_LARGEST_ANSWER = 1 << 20
_LARGEST_STORE = 1 << 20


def read_pfx(path: Path, password: bytes | None = None) -> KeySigner:
    """Read a signer from a PKCS #12 file (.pfx, .p12).

    Args:
        path: Holds the key, its certificate and those above it.
        password: None where there is none.

    Raises:
        SignatureError: KEY: another file, a wrong password, or a key that is
            not RSA.
        StoreError: The file cannot be read.
    """
    data = read_document(path, limit=_LARGEST_STORE)
    with reading(str(path)):
        try:
            store = load_pkcs12(data, password)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _key_fault("no PKCS #12 file, or a wrong password") from error
        if not isinstance(store.key, RSAPrivateKey):
            raise _key_fault("no RSA key in this file")
        if store.cert is None:
            raise _key_fault("no certificate for the key in this file")
        leaf = store.cert.certificate
        if leaf.public_key() != store.key.public_key():
            raise _key_fault("the certificate is not for the key")
        others = [one.certificate for one in store.additional_certs]
        raw = [one.public_bytes(Encoding.DER) for one in (leaf, *others)]
        return KeySigner(certificates=chain_of(raw), key=store.key)


def _key_fault(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.KEY, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSigner:
    """A `Signer` whose key is behind a program: a device, or a service.

    The program gets the 32 bytes of a SHA-256 digest on its standard input,
    and writes the PKCS #1 v1.5 signature over it to its standard output.

    Attributes:
        certificates: The chain as DER, the signer's own certificate first.
        words: The program and its arguments.
        seconds: That it may take for one signature.
    """

    certificates: tuple[bytes, ...]
    words: tuple[str, ...] = field(repr=False)
    seconds: float = 120

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`.

        Raises:
            SignatureError: KEY: the program fails, takes too long, or writes
                something that is no signature.
        """
        program = self.words[0]
        try:
            done = subprocess.run(  # noqa: S603 - the user's own words, no shell
                self.words,
                input=sha256(message).digest(),
                stdout=subprocess.PIPE,
                timeout=self.seconds,
                check=False,
            )
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise _key_fault(f"{program} cannot be run: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise _key_fault(f"{program} took over {self.seconds:g} s") from error
        if done.returncode != 0:
            raise _key_fault(f"{program} failed with exit code {done.returncode}")
        if not 0 < len(done.stdout) <= _LARGEST_SIGNATURE:
            raise _key_fault(f"{program} wrote {len(done.stdout):,} bytes")
        return done.stdout


def command_signer(cert_path: Path, words: Sequence[str]) -> CommandSigner:
    """Return a signer behind a program.

    Args:
        cert_path: PEM: the signer's certificate first, then those above it.
        words: The program and its arguments.

    Raises:
        SignatureError: The file holds something else.
        StoreError: The file cannot be read.
    """
    found = read_anchors([cert_path])
    return CommandSigner(certificates=chain_of(found), words=tuple(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAuthority:
    """A `TimestampAuthority` that is asked over HTTP.

    Attributes:
        url: Starts with http:// or https://.
        seconds: That the authority may take for one answer.
    """

    url: str
    seconds: float = 30

    def stamp(self, digest: bytes) -> bytes:
        """Return the token over a digest.

        Raises:
            SignatureError: TIMESTAMP: the authority cannot be asked, or does
                not answer as it should.
        """
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise _stamp_fault(f"{self.url!r} is no address like http://host/path")
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            self.url,
            data=serialize_request(digest),
            headers={
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310 - as above
                data = answer.read(_LARGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise _stamp_fault(f"{self.url} answers {error.code}") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise _stamp_fault(f"{self.url} cannot be asked: {reason}") from error
        if len(data) > _LARGEST_ANSWER:
            raise _stamp_fault(f"{self.url} answers over {_LARGEST_ANSWER:,} bytes")
        with reading(self.url):
            return parse_response(data, digest)


def _stamp_fault(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.TIMESTAMP, reason)
