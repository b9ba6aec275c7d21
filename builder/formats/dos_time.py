"""DOS date and time pairs, which count seconds in twos."""

from datetime import datetime


def parse_dos_time(date: int, time: int) -> datetime:
    """Decode a DOS date and time pair.

    The format knows no time zone; the result is naive on purpose.

    Args:
        date: 16 bits: year - 1980 (7), month (4), day (5).
        time: 16 bits: hour (5), minute (6), second / 2 (5).

    Returns:
        A naive datetime from 1980-01-01 to 2107-12-31, to 2 seconds.

    Raises:
        ValueError: A field is out of range, such as month 0 or second 62.

    Source: [MS-CAB], CFFILE.date and CFFILE.time.
    """
    return datetime(  # noqa: DTZ001 - the format knows no time zone
        1980 + (date >> 9),
        date >> 5 & 0xF,
        date & 0x1F,
        time >> 11,
        time >> 5 & 0x3F,
        (time & 0x1F) * 2,
    )


def serialize_dos_time(moment: datetime) -> tuple[int, int]:
    """Encode a naive datetime as a DOS date and time; odd seconds round down.

    Raises:
        ValueError: The year is outside 1980 to 2107, or there is a time zone.

    Source: [MS-CAB], CFFILE.date and CFFILE.time.
    """
    if moment.tzinfo is not None:
        raise ValueError(f"{moment} has a time zone, DOS times have none")
    if not 1980 <= moment.year <= 2107:
        raise ValueError(f"{moment} lies outside 1980 to 2107")
    date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return date, moment.hour << 11 | moment.minute << 5 | moment.second // 2
