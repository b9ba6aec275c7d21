"""Compressed manifests (DCM) to XML, with base manifests to try."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from builder.errors import DeltaError, LocatedError
from builder.formats.facts import Observer
from builder.model.limits import Limits
from builder.model.unpacked import Expanded

_SIGNATURE = b"DCM\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A manifest that others may be compressed against; the name is for people."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document, decoded if it has to be and can be.

    Attributes:
        expanded: What is known of it if it was decoded.
        waits: Why it could not be decoded, or None.
    """

    data: bytes
    expanded: Expanded | None = None
    waits: str | None = None


def text_of(data: bytes, name: str, bases: Sequence[Base], *, limits: Limits) -> Text:
    """Decode a manifest if it is a compressed one and there are bases to try.

    Args:
        name: Of the file, without a folder.
    """
    if not bases or not data.startswith(_SIGNATURE):
        return Text(data=data)
    try:
        text, base = expand(data, name, bases, limits=limits)
    except DeltaError as error:
        return Text(data=data, waits=f"compressed (DCM); {error.reason}")
    observer = Observer()
    observer.feed(text)
    return Text(data=text, expanded=Expanded(base=base.name, facts=observer.finish()))


def expand(
    data: bytes, name: str, bases: Sequence[Base], *, limits: Limits
) -> tuple[bytes, Base]:
    """Decode a compressed manifest with the base that fits.

    Such a delta gives the length of its target, and hardly ever the hash.
    Where there is none, a base fits if a component's manifest comes out; one
    whose identity makes the name of the file counts more.

    Args:
        name: Of the file, without a folder.

    Returns:
        The manifest, and the base that it was decoded with.

    Raises:
        DeltaError: None of the bases fits, or several do and give different
            texts.
    """
    # Slow to import, and hardly anything is compressed.
    from builder.formats.dcm import decode_dcm, parse_dcm_header  # noqa: PLC0415

    fits: dict[bytes, Base] = {}
    named: dict[bytes, Base] = {}
    reason = ""
    for base in bases:
        try:
            text = decode_dcm(data, base.data, limits=limits)
            if parse_dcm_header(data).algorithm is not None:
                return text, base
            own_name = _name_inside(text, limits)
        except LocatedError as error:
            reason = reason or f"{base.name} is not its base: {error.reason}"
            continue
        digest = hashlib.sha256(text).digest()
        fits.setdefault(digest, base)
        if own_name.casefold() == name.casefold():
            named.setdefault(digest, base)
    found = list((named or fits).values())
    if len(found) == 1:
        return decode_dcm(data, found[0].data, limits=limits), found[0]
    if found:
        names = " and ".join(base.name for base in found[:2])
        reason = f"{names} give different texts"
    elif len(bases) > 1:
        reason = f"none of {len(bases)} base manifests fits"
    raise DeltaError(reason)


def _name_inside(text: bytes, limits: Limits) -> str:
    """Return the file name that a component's identity makes.

    Raises:
        XmlError: The text is no component's manifest.
    """
    from builder.formats.manifest import parse_manifest  # noqa: PLC0415 - as above
    from builder.model.identity import keyform  # noqa: PLC0415 - as above

    return f"{keyform(parse_manifest(text, limits=limits).identity)}.manifest"
