"""Texts that repeat by the million: one of each is held."""

from typing import Final, TypeVar

_MOST: Final = 1 << 14
_Row = TypeVar("_Row", bound=tuple[str | None, ...])
_known: dict[tuple[str | None, ...], tuple[str | None, ...]] = {}


def shared(row: _Row) -> _Row:
    """Return equal texts: those of an equal row that was given of late."""
    if len(_known) >= _MOST:
        _known.clear()
    return _known.setdefault(row, row)  # type: ignore[return-value]  # an equal row has the same types


def forget() -> None:
    """Let go of all texts, once what repeats them has been read."""
    _known.clear()
