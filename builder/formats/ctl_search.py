"""Judge every member of a list, and read those that somebody asks for."""

from array import array
from collections.abc import Iterator

from builder.errors import CatalogError, LimitError
from builder.formats import der
from builder.formats.ctl import parse_extensions, parse_head
from builder.formats.ctl_entry import (
    SIZES,
    EntryReader,
    member_tag,
    parse_entry,
    require_tag,
)
from builder.formats.ctl_walk import Walker
from builder.model.catalog import CatalogMember
from builder.model.limits import DEFAULT_LIMITS, Limits


class ListedMembers:
    """The members of a list: judged at once, made into values when asked for.

    Holds the octets of the list, and eight octets for each member.

    Attributes:
        version: Of the list, 1 or 2.
    """

    __slots__ = (
        "_found",
        "_places",
        "_reader",
        "_sizes",
        "_stop",
        "_walker",
        "version",
    )

    def __init__(
        self, reader: EntryReader, walker: Walker, places: "array[int]", *, stop: int
    ) -> None:
        self._reader = reader
        self._walker = walker
        self._found: dict[bytes, CatalogMember | None] = {}
        self._places = places
        self._stop = stop
        self._sizes = {SIZES[name] for name in reader.algorithms.values()}
        if walker.version == 2:
            self._sizes.add(20)  # a tag that stands for itself
        self.version = walker.version

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[CatalogMember]:
        return map(self._member, self._places)

    def tags(self) -> Iterator[bytes]:
        """Yield the tag of every member, in their order."""
        return map(self._tag, self._places)

    def get(self, digest: bytes) -> CatalogMember | None:
        """Return the member with a digest; of several one with page hashes."""
        if len(digest) not in self._sizes:
            return None
        if digest not in self._found:
            self._found[digest] = self._look_up(digest)
        return self._found[digest]

    def _look_up(self, digest: bytes) -> CatalogMember | None:
        tag = member_tag(digest, version=self.version)
        first = self._walker.find(self._places, tag)
        found: CatalogMember | None = None
        for number in range(first, len(self._places)):
            place = self._places[number]
            if self._tag(place) != tag:
                break
            member = self._member(place)
            if member.has_page_hashes:
                return member
            found = found or member
        return found

    def _member(self, place: int) -> CatalogMember:
        return parse_entry(self._reader, place, self._stop, self.version)[0]

    def _tag(self, place: int) -> bytes:
        return _tag(self._reader.data, place, self._stop)


def list_members(
    data: bytes, *, start: int, stop: int, limits: Limits = DEFAULT_LIMITS
) -> ListedMembers:
    """Judge a list as `parse_ctl` does, and hold its tags to its digests.

    Raises:
        CatalogError: It is not the list of a catalog, or not DER, or a member's
            tag is not its digest.
        LimitError: It has more members than `limits` allow.
    """
    body, _, _, version = parse_head(der.Cursor(data, start, stop))
    cursor = body.enter(der.SEQUENCE, "members")
    reader = EntryReader(data)
    walker = Walker(reader, version=version, stop=cursor.stop)
    places = array("Q")
    at, end = cursor.at, cursor.stop
    while at < end:
        at = walker.step_over(at, places, limits.members)
        if at == end:
            break
        if len(places) == limits.members:
            raise LimitError(f"more than {limits.members} members", offset=at)
        member, after = parse_entry(reader, at, end, version)
        require_tag(member, version, offset=at)
        if places and member.tag < _tag(data, places[-1], end):
            raise CatalogError("members are not sorted by tag", offset=at)
        places.append(at)
        at = after
    parse_extensions(body)
    return ListedMembers(reader, walker, places, stop=end)


def _tag(data: bytes, place: int, stop: int) -> bytes:
    start, end = der.expect(data, place, stop, der.SEQUENCE, "member")
    at, after = der.expect(data, start, end, der.OCTET_STRING, "member tag")
    return data[at:after]
