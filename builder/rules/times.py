"""How the times of a cabinet relate to those of an article."""

from collections import Counter
from datetime import datetime, timedelta

from builder.model.subject import Delivery

_QUARTER = timedelta(minutes=15)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)


def minute(moment: datetime) -> datetime:
    """Cut a time down to the whole minute."""
    return moment.replace(second=0, microsecond=0)


def offset(delivery: Delivery) -> timedelta:
    """Return what the cabinet's times are ahead of UTC, zero if they are UTC.

    Another offset than zero is believed only if more than half of the rows,
    and at least two, agree on it, and it is a whole number of quarter hours
    from 12 hours behind to 14 ahead: then the producer packed in local time.
    """
    differences = Counter(
        minute(member.modified) - minute(entry.modified.replace(tzinfo=None))
        for entry, member in delivery.pairs
        if member is not None and member.modified is not None
    )
    if not differences:
        return timedelta(0)
    shift, count = differences.most_common(1)[0]
    is_usual = count >= 2 and count * 2 > differences.total()
    is_zone = not shift % _QUARTER and _WEST <= shift <= _EAST
    return shift if is_usual and is_zone else timedelta(0)
