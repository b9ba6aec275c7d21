"""What a time-stamp authority states: RFC 3161's TSTInfo.

TSTInfo ::= SEQUENCE { version, policy, messageImprint, serialNumber, genTime,
    accuracy, ordering, nonce, tsa [0], extensions [1] }

Source: RFC 3161, 2.4.2.
"""

from dataclasses import dataclass
from datetime import datetime

from builder.errors import CatalogError
from builder.formats import der
from builder.formats.cms import Algorithm, parse_algorithm

_AUTHORITY = der.context(0)
_EXTENSIONS = der.context(1)
_MOST_DIGITS = 9  # of a fraction of a second; what we keep are six


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampInfo:
    """A statement that an imprint existed at a time.

    Attributes:
        imprint: The digest of what was stamped.
        algorithm: Of `imprint`.
        time: In UTC.
    """

    imprint: bytes
    algorithm: Algorithm
    time: datetime


def parse_timestamp_info(octets: bytes) -> TimestampInfo:
    """Read a TSTInfo that fills the buffer exactly.

    Raises:
        CatalogError: It is not one, not DER, of another version, or has a
            critical extension.
    """
    der.check(octets)
    outer = der.Cursor(octets)
    body = outer.enter(der.SEQUENCE, "time stamp")
    outer.finish("time stamp")
    at = body.at
    if body.integer("time stamp version") != 1:
        raise CatalogError("time stamp: not of version 1", offset=at)
    body.oid("time stamp policy")
    imprint = body.enter(der.SEQUENCE, "imprint")
    algorithm = parse_algorithm(imprint, "imprint algorithm")
    digest = imprint.content(der.OCTET_STRING, "imprint")
    imprint.finish("imprint")
    body.content(der.INTEGER, "time stamp number")
    at = body.at
    time = _time(body.content(der.GENERALIZED_TIME, "time stamp's time"), at)
    if body.next_is(der.SEQUENCE):
        body.raw("accuracy")
    if body.next_is(der.BOOLEAN):
        body.boolean("ordering")
    if body.next_is(der.INTEGER):
        body.content(der.INTEGER, "nonce")
    if body.next_is(_AUTHORITY):
        body.raw("authority")
    if body.next_is(_EXTENSIONS):
        _refuse_critical(body.enter(_EXTENSIONS, "time stamp extensions"))
    body.finish("time stamp")
    return TimestampInfo(imprint=digest, algorithm=algorithm, time=time)


def _time(octets: bytes, at: int) -> datetime:
    """Read YYYYMMDDHHMMSS[.f]Z; genuine ones have three digits or none."""
    whole, point, fraction = octets.removesuffix(b"Z").partition(b".")
    if not octets.endswith(b"Z") or (
        point and not (fraction.isdigit() and len(fraction) <= _MOST_DIGITS)
    ):
        raise CatalogError("time stamp: not a time in UTC", offset=at)
    moment = der.parse_generalized_time(whole + b"Z", offset=at)
    return moment.replace(microsecond=int(fraction[:6].ljust(6, b"0")))


def _refuse_critical(extensions: der.Cursor) -> None:
    while extensions:
        at = extensions.at
        extension = extensions.enter(der.SEQUENCE, "time stamp extension")
        oid = extension.oid("time stamp extension")
        if extension.next_is(der.BOOLEAN) and extension.boolean("criticality"):
            raise CatalogError(
                f"time stamp: critical extension {oid} is refused", offset=at
            )
        extension.content(der.OCTET_STRING, "time stamp extension")
        extension.finish("time stamp extension")
