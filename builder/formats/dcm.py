"""Compressed manifests of installed images: a signature, then a delta.

Source: observed in images of Windows 8 and later.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from builder.errors import DeltaError, LocatedError
from builder.formats.buffer import Buffer
from builder.formats.pa30 import decode_pa30, parse_pa30_header
from builder.model.delta import DeltaHeader
from builder.model.limits import DEFAULT_LIMITS, Limits

_SIGNATURE = b"DCM\x01"
_RELATIVES = {
    b"DCN\x01": "a delta without a base",
    b"DCD\x01": "a delta against a file",
    b"DCS\x01": "LZMS",
    b"DCH\x01": "a header alone",
}


def is_compressed_manifest(data: Buffer) -> bool:
    """Whether the bytes start like a compressed manifest."""
    return bytes(memoryview(data)[:4]) == _SIGNATURE


def parse_dcm_header(data: Buffer) -> DeltaHeader:
    """Read what a compressed manifest says about its text.

    Raises:
        DeltaError: Another form, or damaged.
    """
    with _behind_signature(data) as delta:
        return parse_pa30_header(delta)


@contextmanager
def _behind_signature(data: Buffer) -> Iterator[memoryview]:
    """Yield the delta; errors inside count from the start of the manifest."""
    view = memoryview(data)
    signature = bytes(view[:4])
    if signature in _RELATIVES:
        raise DeltaError(
            f"{signature[:3].decode()}: {_RELATIVES[signature]}, not supported",
            offset=0,
        )
    if signature != _SIGNATURE:
        raise DeltaError("not a compressed manifest", offset=0)
    try:
        yield view[4:]
    except LocatedError as error:
        if error.offset is not None:
            error.offset += len(_SIGNATURE)
        raise


def decode_dcm(data: Buffer, base: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Turn a compressed manifest into XML.

    Args:
        base: The base manifest of the Windows build that wrote `data`: the
            resource of type 0x266 and name 1 in its wcp.dll.

    Returns:
        The manifest.  These deltas have no hash of their target, so a base
        of another build gives other text, and nobody can tell here.

    Raises:
        DeltaError: Another form, damaged, or not made against this base.
        LimitError: Larger than `limits.held` allows.
    """
    with _behind_signature(data) as delta:
        return decode_pa30(delta, base, limits=limits, most=limits.held)
