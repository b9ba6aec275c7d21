"""Step over the members of a list that have a common form, and fast.

Nothing is refused here.  A member is passed over if everything about it is
known to be as `builder.formats.ctl_entry` demands it, and its tag is its
digest; at any other the walk ends, and that module judges it.  What members
share (subjects, algorithms, kinds) is taken for good only where the tables of
the reader say that the same octets were parsed before.
"""

from array import array
from typing import Final

from builder.formats import oids
from builder.formats.ctl_entry import (
    ATTRIBUTES,
    INDIRECT,
    NAME_VALUE,
    SIZES,
    EntryReader,
    member_tag,
)

COMPILED: Final = not __file__.endswith((".py", ".pyc"))
# The same for this module alone, which makes it an integer of C.
_COMPILED: Final = COMPILED

_MOST: Final = ATTRIBUTES
_OID: Final = len(INDIRECT)
# Object identifiers in two numbers, which C compares at once.
_HALF: Final = 8
_FIRST: Final = int.from_bytes(INDIRECT[:8], "big")
_INDIRECT: Final = int.from_bytes(INDIRECT[8:], "big")
_NAME_VALUE: Final = int.from_bytes(NAME_VALUE[8:], "big")

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_BMP: Final = 0x1E
_SEQUENCE: Final = 0x30
_SET: Final = 0x31

# Attributes that a member has at most once, and those that nobody parsed.
_INFO, _KIND, _STRANGE = 1, 2, 4


class Walker:
    """Steps over plain members of one list.

    Args:
        reader: The buffer, and what was parsed of it before; others fill its
            tables while this steps on.
        version: Of the list.
        stop: Where the last member ends.
    """

    __slots__ = (
        *("algorithm", "algorithm_end", "algorithms", "attributes", "data"),
        *("digest", "seen", "size", "stop", "subject", "subject_end", "subjects"),
        *("version", "view"),
    )

    def __init__(self, reader: EntryReader, *, version: int, stop: int) -> None:
        self.data = reader.data
        self.view = reader.data  # what C reads `data` by
        self.subjects = reader.subjects
        self.algorithms = reader.algorithms
        self.attributes = reader.attributes
        self.version = version
        self.stop = stop
        self.digest = -1  # where that of the member starts that is looked at
        self.seen = 0  # its attributes of which one is enough
        # The last subject and algorithm that were known: members repeat them.
        self.subject = self.subject_end = 0
        self.algorithm = self.algorithm_end = self.size = 0

    def step_over(self, at: int, places: "array[int]", most: int) -> int:
        """Step over members that are plain and in the order of their tags.

        Args:
            at: Where a member starts.
            places: Where the members before `at` start; grows.
            most: Members that `places` may have.

        Returns:
            Where the first member starts that is not plain, or the end.
        """
        last = places[-1] if places else -1
        while at < self.stop and len(places) < most:
            end = self._plain(at)
            if end < 0 or (last >= 0 and self._is_unsorted(last, at)):
                break
            places.append(at)
            last = at
            at = end
        return at

    def find(self, places: "array[int]", tag: bytes) -> int:
        """Return how many members have a lower tag; `places` is where all start."""
        low, high = 0, len(places)
        while low < high:
            middle = (low + high) // 2
            at = self._start(places[middle])
            stop = self._end(at, self.stop, _OCTETS)
            if self._is_below(self._start(at), stop, tag):
                low = middle + 1
            else:
                high = middle
        return low

    def _is_below(self, at: int, stop: int, tag: bytes) -> bool:
        if not _COMPILED:
            return self.data[at:stop] < tag
        for place in range(min(stop - at, len(tag))):
            if self.view[at + place] != tag[place]:
                return self.view[at + place] < tag[place]
        return stop - at < len(tag)

    def _plain(self, at: int) -> int:
        """Return where a plain member ends, or -1."""
        end = self._end(at, self.stop, _SEQUENCE)
        if end < 0:
            return -1
        tag = self._start(at)
        place = self._end(tag, end, _OCTETS)
        if place < 0 or self._end(place, end, _SET) != end:
            return -1
        self.digest, self.seen = -1, _STRANGE
        size = self._attributes(self._start(place), end)
        if size < 0:
            return -1
        at = self._start(tag)
        if self.digest < 0:
            return end if self.version == 2 and place - at == 20 else -1
        return end if self._is_tag(at, place, size) else -1

    def _attributes(self, at: int, end: int) -> int:
        """Return the size of the digest among the attributes, or -1."""
        before, count, size = -1, 0, 0
        while at < end:
            after = self._end(at, end, _SEQUENCE)
            count += 1
            if after < 0 or count > _MOST:
                return -1
            if before >= 0 and self._compare(before, at, at, after) >= 0:
                return -1
            kind = self._type(self._start(at), after)
            if kind == _INDIRECT and self.digest < 0:
                self.digest = self._find_digest(self._start(at) + _OID, after)
                size = after - self.digest
                if self.digest < 0:
                    return -1
            elif kind == _INDIRECT or not self._is_known(kind, at, after):
                return -1
            before, at = at, after
        return size

    def _type(self, at: int, stop: int) -> int:
        """Return a number for the type of an attribute, 0 for an unknown one."""
        if at + _OID > stop or self._number(at, at + _HALF) != _FIRST:
            return 0
        return self._number(at + _HALF, at + _OID)

    def _number(self, at: int, stop: int) -> int:
        if not _COMPILED:
            return int.from_bytes(self.data[at:stop], "big")
        number = 0
        for place in range(at, stop):
            number = number << 8 | self.view[place]
        return number

    def _is_known(self, kind: int, at: int, stop: int) -> bool:
        """Whether an attribute is a name and value, or was parsed before."""
        if kind == _NAME_VALUE and self._is_name(self._start(at) + _OID, stop):
            return True
        parsed = self.attributes.get(self.data[at:stop])
        bit = _STRANGE
        if parsed is not None:
            oid = parsed[0]
            bit = 0
            if oid == oids.MEMBER_INFO:
                bit = _INFO
            elif oid == oids.MEMBER_KIND_V2:
                bit = _KIND
        if self.seen & bit:
            return False
        self.seen |= bit
        return True

    def _end(self, at: int, stop: int, tag: int) -> int:
        """Return where an element ends.

        Returns -1 where it has another tag, is not DER, has 64 KiB or more, or
        crosses `stop`.
        """
        if at + 2 > stop or self.view[at] != tag:
            return -1
        start, length, least = at + 2, self.view[at + 1], 0
        if length == 0x81 and start < stop:
            length, start, least = self.view[at + 2], at + 3, 0x80
        elif length == 0x82 and start + 1 < stop:
            length = self.view[at + 2] << 8 | self.view[at + 3]
            start, least = at + 4, 0x100
        elif length >= 0x80:
            return -1
        if length < least or start + length > stop:
            return -1
        return start + length

    def _start(self, at: int) -> int:
        """Return where the content starts of an element that has an end."""
        length = self.view[at + 1]
        return at + 2 if length < 0x80 else at + 2 + (length & 0x7F)

    def _inside(self, at: int, stop: int, tag: int) -> int:
        """Return where the content of an element starts that fills a place, or -1."""
        return self._start(at) if self._end(at, stop, tag) == stop else -1

    def _find_digest(self, at: int, stop: int) -> int:
        """Return where the digest starts that ends at `stop`, or -1."""
        at = self._inside(at, stop, _SET)
        if at >= 0:
            at = self._inside(at, stop, _SEQUENCE)
        after = -1 if at < 0 else self._end(at, stop, _SEQUENCE)
        if after < 0 or not self._is_subject(at, after):
            return -1
        at = self._inside(after, stop, _SEQUENCE)
        after = -1 if at < 0 else self._end(at, stop, _SEQUENCE)
        if after < 0 or not self._is_algorithm(at, after):
            return -1
        at = self._inside(after, stop, _OCTETS)
        return at if at >= 0 and stop - at == self.size else -1

    def _is_subject(self, at: int, stop: int) -> bool:
        """Whether octets are a subject that was parsed before."""
        if not self._compare(at, stop, self.subject, self.subject_end):
            return True
        if self.data[at:stop] not in self.subjects:
            return False
        self.subject, self.subject_end = at, stop
        return True

    def _is_algorithm(self, at: int, stop: int) -> bool:
        """Whether octets are an algorithm that was parsed before; keep its size."""
        if not self._compare(at, stop, self.algorithm, self.algorithm_end):
            return True
        algorithm = self.algorithms.get(self.data[at:stop])
        if algorithm is None:
            return False
        self.algorithm, self.algorithm_end = at, stop
        self.size = SIZES[algorithm]
        return True

    def _is_name(self, at: int, stop: int) -> bool:
        """Whether the values of a CAT_NAMEVALUE attribute are one, and in DER."""
        at = self._inside(at, stop, _SET)
        if at >= 0:
            at = self._inside(at, stop, _SEQUENCE)
        after = -1 if at < 0 else self._end(at, stop, _BMP)
        if after < 0 or not self._is_text(self._start(at), after, 0):
            return False
        at = self._end(after, stop, _INTEGER)
        if at < 0 or not self._is_integer(after + 2, at):
            return False
        at = self._inside(at, stop, _OCTETS)
        if at < 0 or stop - at < 2 or self.view[stop - 1] or self.view[stop - 2]:
            return False
        return self._is_text(at, stop, 1)

    def _is_integer(self, at: int, stop: int) -> bool:
        """Whether octets are an integer of one to eight, in its shortest form."""
        if not 0 < stop - at <= 8:
            return False
        if stop - at == 1:
            return True
        first = self.view[at] << 8 | self.view[at + 1]
        return 0x80 <= first < 0xFF80

    def _is_text(self, at: int, stop: int, high: int) -> bool:
        """Whether octets are UTF-16; `high` is 1 where it is little-endian."""
        if not _COMPILED:
            try:
                self.data[at:stop].decode("utf-16-le" if high else "utf-16-be")
            except UnicodeDecodeError:
                return False
            return True
        view, is_open = self.view, 0  # a high surrogate went before
        while at + 1 < stop:
            part = view[at + high] & 0xFC
            if (part == 0xDC) != is_open:
                return False
            is_open = part == 0xD8
            at += 2
        return at == stop and not is_open

    def _is_tag(self, at: int, stop: int, size: int) -> bool:
        """Whether a tag is that of the digest."""
        digest = self.digest
        if not _COMPILED:
            wanted = self.data[digest : digest + size]
            return self.data[at:stop] == member_tag(wanted, version=self.version)
        if self.version != 1:
            return self._compare(at, stop, digest, digest + size) == 0
        view = self.view
        if stop - at != 4 * size + 2 or view[stop - 1] or view[stop - 2]:
            return False
        for place in range(digest, digest + size):
            high, low = view[place] >> 4, view[place] & 15
            high += 48 if high < 10 else 55  # an upper-case digit
            low += 48 if low < 10 else 55
            if view[at] != high or view[at + 2] != low:
                return False
            if view[at + 1] or view[at + 3]:
                return False
            at += 4
        return True

    def _is_unsorted(self, one: int, other: int) -> bool:
        """Whether the tag of a member is above that of the next."""
        one, other = self._start(one), self._start(other)
        one_stop = self._end(one, self.stop, _OCTETS)
        other_stop = self._end(other, self.stop, _OCTETS)
        one, other = self._start(one), self._start(other)
        return self._compare(one, one_stop, other, other_stop) > 0

    def _compare(self, one: int, one_stop: int, other: int, other_stop: int) -> int:
        """Return a number below, at or above 0, as octets sort."""
        if not _COMPILED:
            left, right = self.data[one:one_stop], self.data[other:other_stop]
            return (left > right) - (left < right)
        while one < one_stop and other < other_stop:
            if self.view[one] != self.view[other]:
                return self.view[one] - self.view[other]
            one += 1
            other += 1
        return (one < one_stop) - (other < other_stop)
