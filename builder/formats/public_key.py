"""Signature values and the keys that made them.

Source: RFC 8017, 8.2 (RSASSA-PKCS1-v1_5); RFC 3279 and 5758 (ECDSA).
"""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import (
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    HashAlgorithm,
)
from cryptography.hazmat.primitives.serialization import load_der_public_key

from builder.errors import SignatureError, SignatureFault
from builder.formats import oids
from builder.formats.cms import Algorithm
from builder.model.trust import TrustPolicy

_HASHES: dict[str, HashAlgorithm] = {
    "sha1": SHA1(),  # noqa: S303  (whether it is accepted is for the policy)
    "sha256": SHA256(),
    "sha384": SHA384(),
    "sha512": SHA512(),
}

# Larger keys take long, and a file may name many; genuine ones have 4096 and 17.
_MOST_BITS = 8192
_MOST_EXPONENT_BITS = 64

PublicKey = RSAPublicKey | EllipticCurvePublicKey


def public_key(info: bytes, policy: TrustPolicy, whose: str) -> PublicKey:
    """Return the key of a SubjectPublicKeyInfo that the policy accepts.

    Raises:
        SignatureError: ALGORITHM: unknown, malformed, too weak or too large.
    """
    try:
        key = load_der_public_key(info)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refused(f"the key of {whose} cannot be used: {error}") from error
    if isinstance(key, RSAPublicKey):
        exponent = key.public_numbers().e
        if key.key_size > _MOST_BITS or exponent.bit_length() > _MOST_EXPONENT_BITS:
            raise _refused(
                f"the key of {whose} is larger than is judged: RSA, {key.key_size} "
                f"bits, exponent of {exponent.bit_length()} bits"
            )
        if key.key_size < policy.rsa_bits or exponent < policy.rsa_exponent:
            raise _refused(
                f"the key of {whose} is too weak: RSA, {key.key_size} bits, "
                f"exponent {exponent}"
            )
        return key
    if isinstance(key, EllipticCurvePublicKey):
        if key.curve.key_size < policy.curve_bits:
            raise _refused(f"the key of {whose} is too weak: {key.curve.name}")
        return key
    raise _refused(f"the key of {whose} is neither RSA nor ECDSA")


def signature_digest(algorithm: Algorithm, digest: str | None, whose: str) -> str:
    """Return the digest that a signature algorithm uses.

    Args:
        algorithm: May name its digest or only its key type.
        digest: The digest algorithm that stands beside it; where both are
            named they must agree.
        whose: For the error.

    Raises:
        SignatureError: ALGORITHM: unknown, contradictory, or with parameters.
    """
    if not algorithm.is_plain:
        raise _refused(f"the signature of {whose} has parameters: {algorithm.oid}")
    named = oids.SIGNATURES.get(algorithm.oid, (None, None))[1]
    if named is None and algorithm.oid in {oids.RSA, oids.EC}:
        named = digest
    if named is None:
        raise _refused(f"the signature of {whose} is of kind {algorithm.oid}")
    if digest is not None and named != digest:
        raise _refused(f"the signature of {whose} is of {named}, its digest {digest}")
    return named


def require_digest(
    digest: str, policy: TrustPolicy, whose: str, *, legacy: bool
) -> None:
    """Require that the policy accepts a digest algorithm.

    Args:
        digest: Such as "sha256".
        policy: What is accepted.
        whose: For the error.
        legacy: A verified countersignature from before the policy's date is
            there, so that its legacy algorithms count.

    Raises:
        SignatureError: ALGORITHM.
    """
    if digest in policy.digests:
        return
    if digest not in policy.legacy_digests:
        raise _refused(f"{whose}: {digest} is refused")
    if not legacy:
        raise _refused(
            f"{whose}: {digest} is refused without a verified countersignature "
            f"from before {policy.legacy_until:%Y-%m-%d}"
        )


def verify_signature(
    key: PublicKey,
    signature: bytes,
    message: bytes,
    *,
    algorithm: Algorithm,
    digest: str,
    whose: str,
) -> None:
    """Verify a signature value over a message.

    Raises:
        SignatureError: SIGNATURE: it is not what the key makes of the message;
            ALGORITHM: key and algorithm are of different kinds.
    """
    kind = oids.SIGNATURES.get(algorithm.oid, ("",))[0]
    if not kind:
        kind = "rsa" if algorithm.oid == oids.RSA else "ec"
    try:
        if isinstance(key, RSAPublicKey) and kind == "rsa":
            key.verify(signature, message, PKCS1v15(), _HASHES[digest])
        elif isinstance(key, EllipticCurvePublicKey) and kind == "ec":
            key.verify(signature, message, ECDSA(_HASHES[digest]))
        else:
            raise _refused(f"the key of {whose} does not fit {algorithm.oid}")
    except InvalidSignature as error:
        raise SignatureError(
            SignatureFault.SIGNATURE, f"the signature of {whose} is wrong"
        ) from error


def _refused(reason: str) -> SignatureError:
    return SignatureError(SignatureFault.ALGORITHM, reason)
