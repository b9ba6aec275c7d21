"""A file has another date or time than its row in the KB article.

What it checks: the time stamp in the cabinet, to the minute, against the
"Date" and "Time" columns.  Articles give UTC; cabinets name no time zone.  If
most files of the package are off by the same number of quarter hours, the
cabinet was packed in local time, and times are read as such: see HF307.

Why it matters: another time means another build or another file.

How to fix it: pack the file with the promised time, or correct the
specification if the article was revised.

Source: the "File information" section of the KB article; [MS-CAB], CFFILE.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import Delivery
from builder.rules.core import Rule
from builder.rules.promise import foremost
from builder.rules.times import minute, offset


def check(delivery: Delivery) -> Iterator[Hit]:
    """Yield each file whose time differs under the reading that fits most."""
    shift = offset(delivery)
    for entry, member in delivery.pairs:
        if member is None or member.modified is None:
            continue
        is_another = foremost(delivery, entry, member) is not None
        if is_another or member.where in delivery.explained:
            continue  # another file has another date
        promised = minute(entry.modified.replace(tzinfo=None))
        if minute(member.modified) - promised != shift:
            yield Hit(
                where=member.where,
                message=(
                    f"dated {member.modified:%Y-%m-%d %H:%M}; "
                    f"the article says {promised:%Y-%m-%d %H:%M} UTC"
                ),
            )


RULE = Rule(
    id="HF303",
    name="file-date-differs",
    severity=Severity.ERROR,
    subject=Delivery,
    check=check,
    since="0.1",
    page=__doc__,
)
