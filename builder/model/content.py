"""Bytes that are held, or lie where they can be read again."""

from typing import Protocol


class Content(Protocol):
    """Bytes that lie elsewhere than in our memory."""

    def read(self) -> bytes:
        """Return all of them."""
        ...


def bytes_of(content: bytes | Content) -> bytes:
    """Return bytes, wherever they lie."""
    return content if isinstance(content, bytes) else content.read()
