"""SignedData of PKCS #7 and CMS, as Authenticode and RFC 3161 use it.

The parser keeps every signed octet as it was found: nothing that a signature
covers is ever encoded again.  What signs the content are its content octets
*without* tag and length: PKCS #7 hashes them so for any type, and CMS for the
OCTET STRING that it demands.

Source: RFC 2315, 9; RFC 5652, 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from builder.errors import CatalogError, LimitError
from builder.formats import der, oids
from builder.formats.buffer import Buffer
from builder.model.limits import DEFAULT_LIMITS, Limits

_EXPLICIT = der.context(0)
_SIGNED_ATTRIBUTES = der.context(0)
_UNSIGNED_ATTRIBUTES = der.context(1)
_CERTIFICATES = der.context(0)
_REVOCATION_LISTS = der.context(1)
_KEY_IDENTIFIER = der.context(0, constructed=False)
_NULL = der.encode(der.NULL)

# Octets and numbers beside the content; genuine signatures have 29 kB, five
# certificates and two unsigned attributes.
_ENVELOPE = 1 << 20
_CERTIFICATE_COUNT = 64
_SIGNER_COUNT = 16
_ATTRIBUTE_COUNT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """An AlgorithmIdentifier.

    Attributes:
        parameters: As DER; empty where there are none.
    """

    oid: str
    parameters: bytes = _NULL

    @property
    def is_plain(self) -> bool:
        """Whether the parameters are absent or NULL."""
        return self.parameters in {b"", _NULL}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureAttribute:
    """A signed or unsigned attribute.

    Attributes:
        values: Each as DER.
        offset: Of the attribute in the buffer.
    """

    oid: str
    values: tuple[bytes, ...]
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """One signature over the content.

    Attributes:
        issuer: Name of the signer's issuer as DER; None where the signer is
            named by `key_identifier`.
        serial: Content octets of the signer's serial number, or None.
        key_identifier: Subject key identifier of the signer, or None.
        signed_octets: What the signature covers where there are signed
            attributes: the SET OF them, octet for octet.
        signature: The signature value.
        offset: Of the SignerInfo in the buffer.
    """

    version: int
    issuer: bytes | None
    serial: bytes | None
    key_identifier: bytes | None
    digest_algorithm: Algorithm
    signed_attributes: tuple[SignatureAttribute, ...]
    signed_octets: bytes | None
    signature_algorithm: Algorithm
    signature: bytes
    unsigned_attributes: tuple[SignatureAttribute, ...]
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """A SignedData.

    Attributes:
        data: The whole buffer, of which the content is a part.
        content_inner: Where the octets of the content start, behind its
            identifier and length.
        has_content: False where the signature is detached from its content.
        content_start: Where the content's identifier octet stands.
        content_stop: Where the content ends.
        certificates: X.509 certificates, each as DER.
        other_certificates: Attribute certificates and others, each as DER.
        revocation_lists: Each as DER.
        is_sorted: Certificates and lists stand in DER order.  Those of
            time-stamp tokens do not, nor those of files signed before 2010.
        offset: Of the SignedData in the buffer.
    """

    version: int
    digest_algorithms: tuple[Algorithm, ...]
    content_type: str
    data: bytes = field(repr=False)
    content_inner: int
    has_content: bool
    content_start: int
    content_stop: int
    certificates: tuple[bytes, ...]
    other_certificates: tuple[bytes, ...]
    revocation_lists: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
    is_sorted: bool
    offset: int

    @property
    def content(self) -> memoryview:
        """The content octets, which the message digest covers; may be empty."""
        return memoryview(self.data)[self.content_inner : self.content_stop]

    @property
    def content_raw(self) -> bytes:
        """The content with identifier and length; empty where there is none."""
        return self.data[self.content_start : self.content_stop]


def parse_signed_data(
    data: Buffer,
    *,
    limits: Limits = DEFAULT_LIMITS,
    inner: bool = False,
) -> SignedData:
    """Read a ContentInfo that holds a SignedData and fills the buffer exactly.

    What the content holds is not looked into; all else is DER throughout, but
    for the order of certificates and lists, which `is_sorted` tells.

    Args:
        data: The ContentInfo, and nothing else.
        inner: It stands inside another signature.  Some nested signatures have
            no content, which is refused elsewhere.

    Raises:
        CatalogError: It is not such a structure, or not DER.
        LimitError: It is larger than `limits` or a genuine one can be.
    """
    if len(data) > limits.held:
        raise LimitError(f"{len(data)} bytes; the limit is {limits.held}")
    outer = der.Cursor(bytes(data))
    info = outer.enter(der.SEQUENCE, "content info")
    outer.finish("file")
    at = info.at
    if (oid := info.oid("content type")) != oids.SIGNED_DATA:
        raise CatalogError(f"content type {oid} is not signed data", offset=at)
    wrapper = info.enter(_EXPLICIT, "content")
    info.finish("content info")
    offset = wrapper.at
    body = wrapper.enter(der.SEQUENCE, "signed data")
    wrapper.finish("content")
    return _signed_data(body, offset, inner=inner)


def _signed_data(body: der.Cursor, offset: int, *, inner: bool) -> SignedData:
    version = body.integer("signed data version")
    digest_algorithms = _digest_algorithms(body)
    content_info = body.enter(der.SEQUENCE, "encapsulated content")
    content_type = content_info.oid("encapsulated content type")
    has_content = bool(content_info) or not inner
    content_start = content_stop = start = end = body.at
    if has_content:
        wrapper = content_info.enter(_EXPLICIT, "encapsulated content")
        content_info.finish("encapsulated content")
        content_start, content_stop = wrapper.at, wrapper.stop
        _, start, end = der.header(body.data, content_start, content_stop)
    if end != content_stop:
        raise CatalogError("octets after the content", offset=end)
    if body.stop - content_stop > _ENVELOPE:
        raise LimitError(f"a signature of more than {_ENVELOPE} bytes", offset=body.at)
    der.check(body.data, body.at, body.stop)
    certificates = _elements(body, _CERTIFICATES, "certificates")
    lists = _elements(body, _REVOCATION_LISTS, "revocation lists")
    signers = _signers(body)
    return SignedData(
        version=version,
        digest_algorithms=digest_algorithms,
        content_type=content_type,
        data=body.data,
        content_inner=start,
        has_content=has_content,
        content_start=content_start,
        content_stop=content_stop,
        certificates=tuple(e for e in certificates if e[0] == der.SEQUENCE),
        other_certificates=tuple(e for e in certificates if e[0] != der.SEQUENCE),
        revocation_lists=lists,
        is_sorted=_ascend(certificates) and _ascend(lists),
        signers=signers,
        offset=offset,
    )


def _signers(body: der.Cursor) -> tuple[SignerInfo, ...]:
    at = body.at
    cursor = body.enter(der.SET, "signers")
    body.finish("signed data")
    signers: list[SignerInfo] = []
    while cursor:
        signers.append(_signer(cursor))
        if len(signers) > _SIGNER_COUNT:
            raise LimitError(f"more than {_SIGNER_COUNT} signers", offset=at)
    return tuple(signers)


def _digest_algorithms(body: der.Cursor) -> tuple[Algorithm, ...]:
    at = body.at
    cursor = body.enter(der.SET, "digest algorithms")
    if cursor.stop - at > _ENVELOPE:
        raise LimitError("too many digest algorithms", offset=at)
    der.check(body.data, at, cursor.stop)
    algorithms = []
    while cursor:
        algorithms.append(parse_algorithm(cursor, "digest algorithm"))
    return tuple(algorithms)


def parse_algorithm(cursor: der.Cursor, what: str) -> Algorithm:
    """Step over an AlgorithmIdentifier."""
    body = cursor.enter(der.SEQUENCE, what)
    oid = body.oid(what)
    parameters = body.raw(what) if body else b""
    body.finish(what)
    return Algorithm(oid=oid, parameters=parameters)


def _elements(body: der.Cursor, tag: int, what: str) -> tuple[bytes, ...]:
    """Step over an implicitly tagged, optional SET OF."""
    if not body.next_is(tag):
        return ()
    at = body.at
    cursor = body.enter(tag, what)
    elements: list[bytes] = []
    while cursor:
        elements.append(cursor.raw(what))
        if len(elements) > _CERTIFICATE_COUNT:
            raise LimitError(f"more than {_CERTIFICATE_COUNT} {what}", offset=at)
    return tuple(elements)


def _ascend(elements: Sequence[bytes]) -> bool:
    """Tell whether a SET OF is in DER order (X.690, 11.6), none of it twice."""
    return all(one < other for one, other in pairwise(elements))


def parse_signer(raw: bytes) -> SignerInfo:
    """Read a SignerInfo that fills the buffer, such as a countersignature.

    Raises:
        CatalogError: It is not one, or not DER.
        LimitError: It is larger than a genuine one can be.
    """
    if len(raw) > _ENVELOPE:
        raise LimitError(f"a countersignature of {len(raw)} bytes")
    der.check(raw)
    cursor = der.Cursor(raw)
    signer = _signer(cursor)
    cursor.finish("signer")
    return signer


def _signer(signers: der.Cursor) -> SignerInfo:
    offset = signers.at
    body = signers.enter(der.SEQUENCE, "signer")
    version = body.integer("signer version")
    issuer = serial = key_identifier = None
    if body.next_is(_KEY_IDENTIFIER):
        key_identifier = body.content(_KEY_IDENTIFIER, "signer key identifier")
    else:
        name = body.enter(der.SEQUENCE, "signer name")
        issuer = name.raw("signer's issuer", der.SEQUENCE)
        serial = name.content(der.INTEGER, "signer's serial number")
        name.finish("signer name")
    digest_algorithm = parse_algorithm(body, "signer's digest algorithm")
    signed_octets = None
    signed_attributes: tuple[SignatureAttribute, ...] = ()
    if body.next_is(_SIGNED_ATTRIBUTES):
        start = body.at
        signed_attributes = _attributes(body, _SIGNED_ATTRIBUTES)
        signed_octets = bytes((der.SET,)) + body.data[start + 1 : body.at]
    signature_algorithm = parse_algorithm(body, "signature algorithm")
    signature = body.content(der.OCTET_STRING, "signature")
    unsigned_attributes: tuple[SignatureAttribute, ...] = ()
    if body.next_is(_UNSIGNED_ATTRIBUTES):
        unsigned_attributes = _attributes(body, _UNSIGNED_ATTRIBUTES)
    body.finish("signer")
    return SignerInfo(
        version=version,
        issuer=issuer,
        serial=serial,
        key_identifier=key_identifier,
        digest_algorithm=digest_algorithm,
        signed_attributes=signed_attributes,
        signed_octets=signed_octets,
        signature_algorithm=signature_algorithm,
        signature=signature,
        unsigned_attributes=unsigned_attributes,
        offset=offset,
    )


def _attributes(body: der.Cursor, tag: int) -> tuple[SignatureAttribute, ...]:
    at = body.at
    cursor = body.enter(tag, "attributes")
    attributes: list[SignatureAttribute] = []
    previous = b""
    while cursor:
        offset = cursor.at
        raw = cursor.raw("attribute", der.SEQUENCE)
        if raw <= previous:
            raise CatalogError("attributes are not in DER order", offset=offset)
        previous = raw
        whole = der.Cursor(body.data, offset, cursor.at).enter(
            der.SEQUENCE, "attribute"
        )
        oid = whole.oid("attribute type")
        values = whole.enter(der.SET, "attribute values")
        whole.finish("attribute")
        found: list[bytes] = []
        while values and len(found) <= _ATTRIBUTE_COUNT:
            found.append(values.raw("attribute value"))
        attributes.append(
            SignatureAttribute(oid=oid, values=tuple(found), offset=offset)
        )
        if max(len(attributes), len(found)) > _ATTRIBUTE_COUNT:
            raise LimitError(f"more than {_ATTRIBUTE_COUNT} attributes", offset=at)
    return tuple(attributes)
