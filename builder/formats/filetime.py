"""FILETIME: the time stamp of Windows files, indexes and deltas."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def parse_filetime(ticks: int) -> datetime:
    """Return the time that a FILETIME counts, in UTC.

    A datetime knows microseconds: the last decimal digit of the ticks is
    cut off, so `serialize_filetime` may not give it back.

    Args:
        ticks: Steps of 100 nanoseconds since 1601-01-01.

    Raises:
        ValueError: The count is negative, or lies behind the year 9999.

    Source: [MS-DTYP], FILETIME.
    """
    if ticks < 0:
        raise ValueError(f"{ticks} is before 1601")
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        raise ValueError(f"{ticks} is behind the year 9999") from None


def serialize_filetime(time: datetime) -> int:
    """Return the FILETIME of a time, a multiple of 10.

    Args:
        time: With a time zone, not before 1601.

    Raises:
        ValueError: The time has no zone, or lies before 1601.

    Source: [MS-DTYP], FILETIME.
    """
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    if time < _EPOCH:
        raise ValueError(f"{time} is before 1601")
    return (time - _EPOCH) // timedelta(microseconds=1) * 10
