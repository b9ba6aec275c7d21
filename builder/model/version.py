"""File and assembly versions."""

from typing import NamedTuple, Self


class FileVersion(NamedTuple):
    """A four-part Windows version: compares as numbers, prints with dots."""

    major: int
    minor: int
    build: int
    revision: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "6.0.6001.22375".

        Raises:
            ValueError: Not four decimal numbers of 0 to 65535 with dots.
        """
        parts = text.split(".")
        if len(parts) != 4 or not all(p.isascii() and p.isdigit() for p in parts):
            raise ValueError(f"{text!r} is not four numbers with dots")
        if max(map(len, parts)) > 5 or max(map(int, parts)) > 0xFFFF:
            raise ValueError(f"{text!r} has a part above 65535")
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return ".".join(map(str, self))
