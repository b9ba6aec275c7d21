"""Look for a few members in a list of many, without reading the others."""

from collections.abc import Iterable

from builder.errors import CatalogError, LimitError
from builder.formats import der
from builder.formats.ctl import member_tag, parse_extensions, parse_head
from builder.formats.ctl_entry import EntryReader, parse_entry
from builder.model.catalog import CatalogMember
from builder.model.limits import DEFAULT_LIMITS, Limits


def find_members(
    data: bytes,
    digests: Iterable[bytes],
    *,
    start: int,
    stop: int,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[int, int, dict[bytes, CatalogMember]]:
    """Look for entries in a list, and read no others but for their tags.

    Returns:
        The version, the number of all entries, and what was found by digest;
        of entries with one tag the last.

    Raises:
        CatalogError: As `parse_ctl`, for what was looked at.
        LimitError: It has more members than `limits` allow.
    """
    body, _, _, version = parse_head(der.Cursor(data, start, stop))
    cursor = body.enter(der.SEQUENCE, "members")
    parse_extensions(body)
    wanted = {member_tag(digest, version=version): digest for digest in digests}
    reader = EntryReader(data)
    found: dict[bytes, CatalogMember] = {}
    count, at, end, previous = 0, cursor.at, cursor.stop, b""
    while at < end:
        after, tag = _tag(data, at, end)
        if tag < previous:
            raise CatalogError("members are not sorted by tag", offset=at)
        digest = wanted.get(tag)
        if digest is not None:
            found[digest], _ = parse_entry(reader, at, end, version)
        previous = tag
        count += 1
        at = after
    if count > limits.members:
        raise LimitError(f"more than {limits.members} members", offset=cursor.at)
    return version, count, found


def _tag(data: bytes, at: int, stop: int) -> tuple[int, bytes]:
    """Return where a member ends, and its tag; inlined for speed."""
    if data[at] == der.SEQUENCE and at + 4 < stop:
        form, high, low = data[at + 1 : at + 4]
        if form == 0x82 and high:  # the common case, and so the short way
            start, after = at + 4, at + 4 + (high << 8 | low)
        elif form == 0x81 and high > 0x7F:
            start, after = at + 3, at + 3 + high
        else:
            start, after = der.expect(data, at, stop, der.SEQUENCE, "member")
        if after <= stop:
            tag, end = der.expect(data, start, after, der.OCTET_STRING, "member tag")
            return after, data[tag:end]
    start, after = der.expect(data, at, stop, der.SEQUENCE, "member")
    tag, end = der.expect(data, start, after, der.OCTET_STRING, "member tag")
    return after, data[tag:end]
