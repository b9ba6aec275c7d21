"""Room outside our own memory, and what is kept there once there is much of it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from builder.formats.buffer import Buffer


class Spool(Protocol):
    """Room for bytes outside our own memory."""

    def write(self, data: bytes, /) -> int:
        """Append."""
        ...

    def buffer(self) -> Buffer:
        """Return what was written; nothing is written afterwards."""
        ...


@dataclass(slots=True)
class _Piece:
    """A part of a spool; nothing is appended to one that was read."""

    spool: Spool
    end: int = 0
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a document in a spool; a `builder.model.content.Content`."""

    piece: _Piece
    start: int
    end: int

    def read(self) -> bytes:
        """Return a copy of them."""
        self.piece.is_read = True
        return bytes(memoryview(self.piece.spool.buffer())[self.start : self.end])


class Keeper:
    """Keeps what it is given; may be shared by threads.

    Args:
        room: Makes a spool.
        most: Bytes that are held in memory, in total.
    """

    def __init__(self, room: Callable[[], Spool], *, most: int) -> None:
        self._room = room
        self._left = most
        self._lock = Lock()
        self._piece: _Piece | None = None

    def keep(self, data: bytes) -> bytes | Kept:
        """Return the bytes, or where they lie."""
        with self._lock:
            if len(data) <= self._left:
                self._left -= len(data)
                return data
            self._left = 0  # one document after the other lies in one place
            if self._piece is None or self._piece.is_read:
                self._piece = _Piece(self._room())
            piece, start = self._piece, self._piece.end
            piece.spool.write(data)
            piece.end += len(data)
            return Kept(piece, start, piece.end)
