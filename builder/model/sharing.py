"""Texts that repeat by the million: one of each is held."""

from typing import Final, TypeVar

from builder.model.construct import constructor
from builder.model.identity import AssemblyIdentity

_MOST: Final = 1 << 14
_Row = TypeVar("_Row", bound=tuple[str | None, ...])
_identity = constructor(AssemblyIdentity)
_identities: dict[tuple[str | None, ...], AssemblyIdentity] = {}
_known: dict[tuple[str | None, ...], tuple[str | None, ...]] = {}


def shared(row: _Row) -> _Row:
    """Return equal texts: those of an equal row that was given of late."""
    if len(_known) >= _MOST:
        _known.clear()
    return _known.setdefault(row, row)  # type: ignore[return-value]  # an equal row has the same types


def shared_identity(row: tuple[str | None, ...]) -> AssemblyIdentity:
    """Return the identity of a row of texts; equal rows have one between them.

    Args:
        row: The fields of an identity in their order, without the line.
    """
    identity = _identities.get(row)
    if identity is None:
        if len(_identities) >= _MOST:
            _identities.clear()
        identity = _identities[row] = _identity(*row, None)
    return identity


def forget() -> None:
    """Let go of all texts, once what repeats them has been read."""
    _known.clear()
    _identities.clear()
