"""The directory tree of a WIM image: a metadata resource to its files."""

from collections.abc import Iterator
from struct import Struct
from typing import Final

from builder.errors import LimitError, WimError
from builder.formats.filetime import parse_filetime
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.wim import FOLDER, WimFile

# length, attributes, security, subfolder, two unused, created, accessed,
# written, SHA-1, unused, reparse or link group, streams, two lengths of names.
_DENTRY: Final = Struct("<QIi6Q20sIQ3H")
# length, unused, SHA-1, length of the name.
_STREAM: Final = Struct("<QQ20sH")
_EMPTY: Final = bytes(20)
_LONGEST: Final = 32_767
"""Characters of a path that Windows can handle."""


def parse_tree(
    metadata: bytes, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[WimFile, ...]:
    """List the files and folders of an image, each folder before what it holds.

    Args:
        metadata: The unpacked metadata resource.
        limits: `members` bounds the entries, `held` the length of all names.

    Raises:
        WimError: An entry is cut off, its name is none, or two folders are
            the same list of entries, which a cycle would be.
        LimitError: Larger than `limits` allow.
    """
    return tuple(_Tree(metadata, limits).files())


class _Tree:
    """One walk over the lists of entries, without recursion."""

    __slots__ = ("_count", "_data", "_limits", "_named", "_seen")

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._count = 0
        self._named = 0
        self._seen: set[int] = set()

    def files(self) -> Iterator[WimFile]:
        root = self._after_security()
        length = self._number(root, 8)
        if length < _DENTRY.size or root + length > len(self._data):
            raise WimError("no root folder", offset=root)
        fields = _DENTRY.unpack_from(self._data, root)
        if not fields[1] & FOLDER:
            raise WimError("the root is no folder", offset=root)
        waiting = [("", fields[3])] if fields[3] else []
        while waiting:
            prefix, place = waiting.pop()
            if place in self._seen:
                raise WimError("a folder holds itself or is held twice", offset=place)
            self._seen.add(place)
            inner = []
            for file, subfolder in self._list(prefix, place):
                yield file
                if file.is_folder and not file.is_link and subfolder:
                    inner.append((f"{file.name}\\", subfolder))
            waiting.extend(reversed(inner))

    def _number(self, place: int, size: int) -> int:
        if place + size > len(self._data):
            raise WimError("the directory tree is cut off", offset=place)
        return int.from_bytes(self._data[place : place + size], "little")

    def _after_security(self) -> int:
        """Skip the security descriptors: total length, count, lengths, bytes."""
        total, count = self._number(0, 4), self._number(4, 4)
        if total > len(self._data) or (count and 8 + 8 * count > total):
            raise WimError("the security descriptors do not fit", offset=0)
        return (max(total, 8) + 7) & ~7

    def _list(self, prefix: str, place: int) -> Iterator[tuple[WimFile, int]]:
        """Yield the entries of one folder, each with the list that it leads to."""
        while True:
            length = self._number(place, 8)
            if length <= 8:  # the end of the list
                return
            if length < _DENTRY.size or place + length > len(self._data):
                raise WimError(f"an entry of {length} bytes", offset=place)
            self._count += 1
            if self._count > self._limits.members:
                raise LimitError(
                    f"more than {self._limits.members} entries in the directory tree"
                )
            end, file, subfolder = self._entry(prefix, place, length)
            yield file, subfolder
            place = end

    def _entry(self, prefix: str, place: int, length: int) -> tuple[int, WimFile, int]:
        fields = _DENTRY.unpack_from(self._data, place)
        attributes, subfolder, written, sha1 = (
            fields[1],
            fields[3],
            fields[8],
            fields[9],
        )
        count, size = fields[12], fields[14]
        name = prefix + self._name(place + _DENTRY.size, size, place + length)
        self._named += len(name)
        if len(name) > _LONGEST or self._named > self._limits.held:
            raise LimitError(f"{self._named:,} characters of names", offset=place)
        end = place + (length + 7 & ~7)
        streams = []
        for _ in range(count):
            end, stream, digest = self._stream(end)
            if stream:
                streams.append(stream)
            elif digest != _EMPTY:
                sha1 = digest
        try:
            modified = parse_filetime(written)
        except ValueError:
            modified = None
        file = WimFile(
            name=name,
            attributes=attributes,
            modified=modified,
            sha1=None if sha1 == _EMPTY else sha1,
            streams=tuple(streams),
        )
        return end, file, subfolder

    def _stream(self, place: int) -> tuple[int, str, bytes]:
        length = self._number(place, 8)
        if length < _STREAM.size or place + length > len(self._data):
            raise WimError(f"a stream entry of {length} bytes", offset=place)
        self._count += 1
        if self._count > self._limits.members:
            raise LimitError(f"more than {self._limits.members} streams")
        _, _, sha1, size = _STREAM.unpack_from(self._data, place)
        end = place + length
        name = self._name(place + _STREAM.size, size, end) if size else ""
        self._named += len(name)
        return place + (length + 7 & ~7), name, sha1

    def _name(self, place: int, size: int, end: int) -> str:
        if size == 0 or size % 2 or place + size > end:
            raise WimError(f"a name of {size} bytes", offset=place)
        try:
            name = self._data[place : place + size].decode("utf-16-le")
        except UnicodeDecodeError as error:
            raise WimError(
                "a name is not UTF-16", offset=place + error.start
            ) from error
        if "\\" in name or "/" in name or "\0" in name:
            raise WimError(f"the name {name!r} is several parts", offset=place)
        return name
