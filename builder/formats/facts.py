"""Facts about any file, taken in one forward pass over its bytes."""

import hashlib
from collections.abc import Iterable

from builder.errors import PeError
from builder.formats.buffer import Buffer
from builder.formats.pe import headers_length, parse_headers
from builder.formats.pe_image import ImageObserver
from builder.formats.stand_in import LABEL
from builder.model.inventory import Facts, PeFacts

_MAGIC = b"MZ"
_LABELS = (LABEL.encode("ascii"), LABEL.encode("utf-16-le"))
# Stand-ins start with the label: in the DOS program or the first line; their
# version resource follows the headers.
_LABELLED = 1 << 16


class Observer:
    """Take facts from a file that comes in chunks of any size.

    Holds the headers of a portable executable (1 MiB at most) and a window of
    its resources (1 MiB at most); of other files the first 64 KiB, to look for
    the label of stand-ins.  A file that starts
    like a portable executable and is none is no error: `Facts.damage` says
    why, and the hashes of the whole file are there.
    """

    __slots__ = (
        *("_damage", "_head", "_image", "_needed", "_sha1", "_sha256", "_size"),
        "_start",
    )

    def __init__(self) -> None:
        self._size = 0
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._head: bytearray | None = bytearray()
        self._needed = len(_MAGIC)
        self._image: ImageObserver | None = None
        self._damage: str | None = None
        self._start = bytearray()

    def feed(self, chunk: Buffer) -> None:
        """Take the next bytes of the file."""
        view = memoryview(chunk)
        self._sha1.update(view)
        self._sha256.update(view)
        self._size += len(view)
        missing = _LABELLED - len(self._start)
        if missing > 0:
            self._start += view[:missing]
        if self._head is not None:
            view = self._feed_head(self._head, view)
        if self._image is not None:
            self._image.feed(view)

    def finish(self) -> Facts:
        """Return the facts, the bytes fed so far being the whole file.

        May be called at any time, and more than once.
        """
        pe, damage = self._finish_image()
        return Facts(
            size=self._size,
            sha1=self._sha1.digest(),
            sha256=self._sha256.digest(),
            pe=pe,
            damage=damage,
            is_stand_in=any(label in self._start for label in _LABELS),
        )

    def _feed_head(self, head: bytearray, view: memoryview) -> memoryview:
        """Collect headers; return the rest of the chunk once they are complete."""
        while self._head is not None and len(view):
            missing = self._needed - len(head)
            head += view[:missing]
            view = view[missing:]
            if len(head) == self._needed:
                self._grow(head)
        return view

    def _grow(self, head: bytearray) -> None:
        """Find out how much more to collect, or start on the image."""
        if not head.startswith(_MAGIC):
            self._head = None
            return
        try:
            self._needed = headers_length(head)
            if self._needed <= len(head):
                self._head = None
                self._image = ImageObserver(parse_headers(head))
                self._image.feed(memoryview(head))
        except PeError as error:
            self._head = None
            self._damage = _sentence(error)

    def _finish_image(self) -> tuple[PeFacts | None, str | None]:
        if self._image is not None:
            try:
                return self._image.finish(), None
            except PeError as error:
                return None, _sentence(error)
        if self._head is not None and self._head.startswith(_MAGIC):
            return None, f"ends inside the headers, which need {self._needed} bytes"
        return None, self._damage


def _sentence(error: PeError) -> str:
    if error.offset is None:
        return error.reason
    return f"{error.reason} (byte {error.offset:#x})"


def observe(chunks: Iterable[Buffer]) -> Facts:
    """Take the facts of a file, given its bytes in order.

    Source: the size and the two hashes are what every file has; for portable
    executables see `builder.formats.pe_image`.
    """
    observer = Observer()
    for chunk in chunks:
        observer.feed(chunk)
    return observer.finish()
