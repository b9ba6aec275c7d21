"""What the bytes of a portable executable say, taken in one forward pass.

The image hash covers the file without its CheckSum field, the security
directory's entry and the certificate table.  Bytes behind the certificate
table are hashed, so that appending to a signed file changes its image hash.

Source: "Windows Authenticode Portable Executable Signature Format",
calculating the PE image hash; observed: catalogs of genuine packages hold the
hash of the file padded with zeros to a multiple of 8.
"""

import hashlib
from collections.abc import Iterator

from builder.errors import PeError
from builder.formats.pe import TABLE_LIMIT, PeHeaders, Span
from builder.formats.pe_version import Search, search_version
from builder.model.inventory import ImageHash, PeFacts
from builder.model.version import FileVersion

WINDOW = 1 << 20
"""Bytes that are held of the section with the resources, from its start."""

_PADDING = 8


class ImageObserver:
    """Observe a portable executable whose headers are known.

    Feed it the whole file, from its first byte on.
    """

    __slots__ = (
        *("_gaps", "_headers", "_position", "_sha1", "_sha256", "_table"),
        "_version",
    )

    def __init__(self, headers: PeHeaders) -> None:
        gaps = (headers.checksum, headers.security, headers.certificates)
        self._gaps = tuple(gap for gap in gaps if gap is not None)
        self._headers = headers
        self._position = 0
        self._table = bytearray()
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._version = _VersionObserver(headers)

    def feed(self, chunk: memoryview) -> None:
        """Take the next bytes of the file."""
        for part in _without(self._gaps, chunk, self._position):
            self._sha1.update(part)
            self._sha256.update(part)
        if self._version.is_searching:
            self._version.feed(chunk, self._position)
        table = self._headers.certificates
        if table is not None and _length(table) <= TABLE_LIMIT:
            start, end = max(table.start - self._position, 0), table.end
            self._table += chunk[start : max(end - self._position, 0)]
        self._position += len(chunk)

    def finish(self) -> PeFacts:
        """Return the facts, the bytes fed so far being the whole file.

        Raises:
            PeError: The file is shorter than its headers say.
        """
        table, size = self._headers.certificates, self._position
        if table is not None and table.end > size:
            raise PeError(f"certificate table ends at byte {table.end:#x} of {size:#x}")
        for section in self._headers.sections:
            if section.used_end > size:
                raise PeError(
                    f"a section ends at byte {section.used_end:#x} of {size:#x}"
                )
        padding = bytes(-(size - _length(table)) % _PADDING)
        return PeFacts(
            machine=self._headers.machine,
            version=self._version.found,
            signed=table is not None,
            sha1=_image_hash(self._sha1, padding),
            sha256=_image_hash(self._sha256, padding),
            version_damage=self._version.finish(),
            table=bytes(self._table),
            is_managed=self._headers.is_managed,
        )


def _length(span: Span | None) -> int:
    return 0 if span is None else span.end - span.start


def _image_hash(running: "hashlib._Hash", padding: bytes) -> ImageHash:
    padded = running.copy()
    padded.update(padding)
    return ImageHash(padded=padded.digest(), unpadded=running.digest())


def _without(
    gaps: tuple[Span, ...], chunk: memoryview, position: int
) -> Iterator[memoryview]:
    """Yield the parts of a chunk outside the gaps; these are in file order."""
    start, end = position, position + len(chunk)
    for gap in gaps:
        if start < gap.end and gap.start < end:
            if start < gap.start:
                yield chunk[start - position : gap.start - position]
            start = min(gap.end, end)
    if start < end:
        yield chunk[start - position :]


class _VersionObserver:
    """Drive the search for the version with what passes by.

    A span is served from the window (the first bytes of the section that
    holds the resource directory) or taken from the stream; one outside the
    window and before the end of an earlier one is out of reach.  That order
    depends on the file alone, so chunk sizes do not matter.
    """

    __slots__ = (
        "_frontier",
        "_part",
        "_search",
        "_wanted",
        "_window",
        "_window_start",
        "damage",
        "found",
    )

    def __init__(self, headers: PeHeaders) -> None:
        self.found: FileVersion | None = None
        self.damage: str | None = None
        self._frontier = 0
        self._part = bytearray()
        self._window = bytearray()
        self._window_start = 0
        self._wanted: Span | None = None
        self._search: Search = search_version(headers)
        if headers.resources is not None:
            try:
                section = headers.section_of(headers.resources)
            except PeError as error:
                self.damage = f"resources: {error.reason}"
                return
            self._window_start = section.raw.start
        self._advance(None)

    @property
    def is_searching(self) -> bool:
        return self._wanted is not None

    def finish(self) -> str | None:
        """Return what is wrong with the version resource, if anything."""
        if self._wanted is None:
            return self.damage
        return f"resources: bytes up to {self._wanted.end:#x} are not in the file"

    def feed(self, chunk: memoryview, position: int) -> None:
        window_end = self._window_start + len(self._window)
        if len(self._window) < WINDOW and window_end < position + len(chunk):
            start = window_end - position
            self._window += chunk[start : start + WINDOW - len(self._window)]
        while (wanted := self._wanted) is not None:
            data = self._take(wanted, chunk, position)
            if data is None:
                return
            self._frontier = max(self._frontier, wanted.end)
            self._advance(data)

    def _take(self, wanted: Span, chunk: memoryview, position: int) -> bytes | None:
        """Return the bytes of a span, or None where some are still to come."""
        start, end = wanted.start - self._window_start, wanted.end - self._window_start
        if start >= 0 and end <= WINDOW:
            return bytes(self._window[start:end]) if end <= len(self._window) else None
        begin = wanted.start + len(self._part) - position
        if 0 <= begin < len(chunk):
            self._part += chunk[begin : wanted.end - position]
        if len(self._part) < _length(wanted):
            return None
        data = bytes(self._part)
        self._part.clear()
        return data

    def _advance(self, data: bytes | None) -> None:
        self._wanted = None
        try:
            wanted = self._search.send(data)  # type: ignore[arg-type]  # the first is None
        except StopIteration as stop:
            self.found = stop.value
        except PeError as error:
            self.damage = f"resources: {error.reason}"
        else:
            if self._is_reachable(wanted):
                self._wanted = wanted
            else:
                self.damage = (
                    f"resources: bytes at {wanted.start:#x} are out of reach"
                    " in one forward pass"
                )

    def _is_reachable(self, wanted: Span) -> bool:
        in_window = (
            wanted.start >= self._window_start
            and wanted.end <= self._window_start + WINDOW
        )
        return in_window or wanted.start >= self._frontier
