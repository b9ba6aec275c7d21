"""X.509 certificates, as far as chains and signatures need them.

Serial numbers stay octets: one genuine certificate has a number that is not
positive, and libraries that turn it into a number refuse the certificate.

Source: RFC 5280, 4.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from builder.errors import CatalogError
from builder.formats import der, oids
from builder.formats.cms import Algorithm, parse_algorithm

_VERSION = der.context(0)
_ISSUER_ID = der.context(1, constructed=False)
_SUBJECT_ID = der.context(2, constructed=False)
_EXTENSIONS = der.context(3)
_LARGEST = 1 << 16  # bytes; genuine certificates have at most 2 kB
_MOST_EXTENSIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A certificate extension; `value` is what its OCTET STRING holds."""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicConstraints:
    """Whether a certificate may issue others, and how many levels of them."""

    is_ca: bool
    path_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An X.509 certificate.

    Attributes:
        raw: The whole certificate as DER.
        signed: The part that the issuer signed, as DER.
        version: 1 to 3.
        serial: Content octets of the serial number.
        issuer: Name as DER.
        subject: Name as DER.
        not_before: In UTC.
        not_after: In UTC.
        public_key: SubjectPublicKeyInfo as DER.
    """

    raw: bytes
    signed: bytes
    version: int
    serial: bytes
    issuer: bytes
    subject: bytes
    not_before: datetime
    not_after: datetime
    public_key: bytes
    signature_algorithm: Algorithm
    signature: bytes
    extensions: tuple[Extension, ...]

    def __hash__(self) -> int:
        """Hash what all else was read from; equal are only those equal in all."""
        return hash(self.raw)

    @property
    def sha256(self) -> str:
        """The fingerprint: 64 hexadecimal digits."""
        return sha256(self.raw).hexdigest()

    @property
    def is_self_issued(self) -> bool:
        """Whether issuer and subject have the same name."""
        return self.issuer == self.subject

    def extension(self, oid: str) -> Extension | None:
        """Return the extension of this type, or None."""
        return next((e for e in self.extensions if e.oid == oid), None)


@lru_cache(maxsize=64)  # the catalogs of a package share four or five
def parse_certificate(raw: bytes) -> Certificate:
    """Read a certificate that fills the buffer exactly.

    Raises:
        CatalogError: It is not one, is not DER, has an extension twice, or its
            two signature algorithms differ.
    """
    whole = _whole(raw)
    start = whole.at
    body = whole.enter(der.SEQUENCE, "certificate body")
    signed = raw[start : whole.at]
    algorithm_at = whole.at
    algorithm = parse_algorithm(whole, "certificate signature algorithm")
    signature = _bits(whole, "certificate signature")
    whole.finish("certificate")
    version = _version(body)
    serial = body.content(der.INTEGER, "serial number")
    if parse_algorithm(body, "certificate signature algorithm") != algorithm:
        raise CatalogError("two signature algorithms differ", offset=algorithm_at)
    issuer = body.raw("issuer", der.SEQUENCE)
    validity = body.enter(der.SEQUENCE, "validity")
    not_before = validity.time("not before")
    not_after = validity.time("not after")
    validity.finish("validity")
    subject = body.raw("subject", der.SEQUENCE)
    public_key = body.raw("public key", der.SEQUENCE)
    return Certificate(
        raw=raw,
        signed=signed,
        version=version,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        public_key=public_key,
        signature_algorithm=algorithm,
        signature=signature,
        extensions=_extensions(body, version),
    )


def _whole(raw: bytes) -> der.Cursor:
    if len(raw) > _LARGEST:
        raise CatalogError(f"a certificate of {len(raw)} bytes", offset=0)
    der.check(raw)
    outer = der.Cursor(raw)
    whole = outer.enter(der.SEQUENCE, "certificate")
    outer.finish("certificate")
    return whole


def _version(body: der.Cursor) -> int:
    if not body.next_is(_VERSION):
        return 1
    at = body.at
    wrapper = body.enter(_VERSION, "certificate version")
    version = wrapper.integer("certificate version") + 1
    wrapper.finish("certificate version")
    if version not in {2, 3}:
        raise CatalogError(f"certificate version {version}", offset=at)
    return version


def _bits(cursor: der.Cursor, what: str) -> bytes:
    at = cursor.at
    octets = cursor.content(der.BIT_STRING, what)
    if octets[:1] != b"\0":
        raise CatalogError(f"{what}: not whole octets", offset=at)
    return octets[1:]


def _extensions(body: der.Cursor, version: int) -> tuple[Extension, ...]:
    for tag in (_ISSUER_ID, _SUBJECT_ID):
        if version >= 2 and body.next_is(tag):
            body.raw("unique identifier")
    extensions: list[Extension] = []
    if version == 3 and body.next_is(_EXTENSIONS):
        wrapper = body.enter(_EXTENSIONS, "certificate extensions")
        cursor = wrapper.enter(der.SEQUENCE, "certificate extensions")
        wrapper.finish("certificate extensions")
        while cursor:
            at = cursor.at
            extensions.append(_extension(cursor))
            if len(extensions) > _MOST_EXTENSIONS:
                raise CatalogError("too many extensions", offset=at)
            if extensions[-1].oid in {e.oid for e in extensions[:-1]}:
                raise CatalogError("an extension stands twice", offset=at)
    body.finish("certificate body")
    return tuple(extensions)


def _extension(cursor: der.Cursor) -> Extension:
    body = cursor.enter(der.SEQUENCE, "certificate extension")
    oid = body.oid("certificate extension")
    critical = body.next_is(der.BOOLEAN) and body.boolean("criticality")
    value = body.content(der.OCTET_STRING, "certificate extension")
    body.finish("certificate extension")
    return Extension(oid=oid, critical=critical, value=value)


def _value(certificate: Certificate, oid: str) -> der.Cursor | None:
    extension = certificate.extension(oid)
    if extension is None:
        return None
    der.check(extension.value)
    return der.Cursor(extension.value)


def basic_constraints(certificate: Certificate) -> BasicConstraints | None:
    """Return the basic constraints, or None where there are none.

    Raises:
        CatalogError: The extension is malformed.
    """
    cursor = _value(certificate, oids.BASIC_CONSTRAINTS)
    if cursor is None:
        return None
    body = cursor.enter(der.SEQUENCE, "basic constraints")
    cursor.finish("basic constraints")
    is_ca = body.next_is(der.BOOLEAN) and body.boolean("basic constraints")
    path_length = body.integer("path length") if body else None
    body.finish("basic constraints")
    if path_length is not None and (path_length < 0 or not is_ca):
        raise CatalogError("a path length where none belongs")
    return BasicConstraints(is_ca=is_ca, path_length=path_length)


DIGITAL_SIGNATURE, CERTIFICATE_SIGNING, LIST_SIGNING = 0, 5, 6


def key_usage(certificate: Certificate) -> frozenset[int] | None:
    """Return the numbers of the key usage bits, or None without the extension.

    Raises:
        CatalogError: The extension is malformed.
    """
    cursor = _value(certificate, oids.KEY_USAGE)
    if cursor is None:
        return None
    octets = cursor.content(der.BIT_STRING, "key usage")
    cursor.finish("key usage")
    if not 2 <= len(octets) <= 3 or octets[0] > 7:
        raise CatalogError("key usage: not a bit string of at most 16 bits")
    bits = int.from_bytes(octets[1:], "big") >> octets[0]
    count = 8 * (len(octets) - 1) - octets[0]
    return frozenset(n for n in range(count) if bits >> (count - 1 - n) & 1)


def extended_key_usages(certificate: Certificate) -> tuple[str, ...] | None:
    """Return the extended key usages, or None without the extension.

    Raises:
        CatalogError: The extension is malformed or empty.
    """
    cursor = _value(certificate, oids.EXTENDED_KEY_USAGE)
    if cursor is None:
        return None
    body = cursor.enter(der.SEQUENCE, "extended key usage")
    cursor.finish("extended key usage")
    usages = []
    while body:
        usages.append(body.oid("extended key usage"))
    if not usages:
        raise CatalogError("extended key usage: empty")
    return tuple(usages)


def subject_key_identifier(certificate: Certificate) -> bytes | None:
    """Return the subject key identifier, or None without the extension.

    Raises:
        CatalogError: The extension is malformed.
    """
    cursor = _value(certificate, oids.KEY_IDENTIFIER)
    if cursor is None:
        return None
    octets = cursor.content(der.OCTET_STRING, "subject key identifier")
    cursor.finish("subject key identifier")
    return octets
